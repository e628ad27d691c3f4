package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/notification"
	"quartier/web/page"
)

// noticesPage is how a person is told things.
func (s *Server) noticesPage(c *fiber.Ctx) error {
	return s.showNotices(c, fiber.StatusOK, func(*page.Notices) {})
}

// showNotices shows it, with what was typed.
func (s *Server) showNotices(c *fiber.Ctx, status int, change func(*page.Notices)) error {
	a := askedOf(c)
	d, err := s.notices.Desk(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	key, err := s.notices.PublicKey(c.UserContext())
	if err != nil {
		return err
	}
	ch := d.Choice
	n := page.Notices{CrossSite: crossSiteToken(c), Rhythm: string(ch.Rhythm), Mail: ch.Mail, Push: ch.Push, Hour: ch.Hour, Weekday: ch.Weekday, Quiet: ch.Quiet,
		QuietFrom: ch.QuietFrom, QuietTo: ch.QuietTo, Refused: d.Refused, Waiting: d.Waiting, Key: key, Saved: c.Query("done") == "saved"}
	for _, r := range notification.Rhythms {
		n.Rhythms = append(n.Rhythms, string(r))
	}
	for _, b := range d.Browsers {
		n.Browsers = append(n.Browsers, page.PushBrowser{ID: b.ID, Agent: b.Agent, Since: b.Since})
	}
	for _, t := range d.Told {
		what := a.language.Say("timeline."+t.Kind, nil)
		switch t.Kind {
		case "status":
			what = a.language.Say("status."+t.To, nil)
		case "due":
			what = a.language.Say("notice.due.some", nil)
		}
		n.Told = append(n.Told, page.NoticeTold{Report: t.Report, Title: t.Title, What: what, Channel: t.Channel, At: t.At})
	}
	change(&n)
	f := s.frameOf(c, a.language.Say("notice.title", nil), s.links.account)
	f.Path, f.Query = "/me/notifications", nil
	return render(c, status, page.NoticePage(f, n))
}

// chooseNotices keeps how the reader wants to be told.
func (s *Server) chooseNotices(c *fiber.Ctx) error {
	hour := func(name string) int { // what is none of the list is refused by the choice
		n, err := strconv.Atoi(sent(c, name))
		if err != nil {
			return -1
		}
		return n
	}
	choice := notification.Choice{Rhythm: notification.Rhythm(sent(c, "rhythm")), Mail: sent(c, "by_mail") != "", Push: sent(c, "by_push") != "",
		Hour: hour("hour"), Weekday: hour("weekday"), Quiet: sent(c, "quiet") != "", QuietFrom: hour("quiet_from"), QuietTo: hour("quiet_to")}
	err := s.notices.Choose(c.UserContext(), askedOf(c).actor, choice)
	if err == nil {
		return c.Redirect(s.to("/me/notifications?done=saved"), fiber.StatusSeeOther)
	}
	status, problem, wrong, ok := told(c, err)
	if !ok {
		return err
	}
	return s.showNotices(c, status, func(n *page.Notices) {
		n.Rhythm, n.Mail, n.Push, n.Hour, n.Weekday = string(choice.Rhythm), choice.Mail, choice.Push, choice.Hour, choice.Weekday
		n.Quiet, n.QuietFrom, n.QuietTo, n.Problem, n.Wrong = choice.Quiet, choice.QuietFrom, choice.QuietTo, problem, wrong
	})
}

// tryAddress has the reader's address written to again that was refused.
func (s *Server) tryAddress(c *fiber.Ctx) error {
	if err := s.notices.TryAgain(c.UserContext(), askedOf(c).actor); err != nil {
		return err
	}
	return c.Redirect(s.to("/me/notifications?done=saved"), fiber.StatusSeeOther)
}

// removeBrowser ends the pushes to one of the reader's browsers.
func (s *Server) removeBrowser(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err == nil {
		err = s.notices.Forget(c.UserContext(), askedOf(c).actor, id)
	}
	if err != nil {
		return err
	}
	return c.Redirect(s.to("/me/notifications?done=saved"), fiber.StatusSeeOther)
}

// stopPage asks whoever opened the link in a mail what is to end: programs that look at mails open links, and press no button.
func (s *Server) stopPage(c *fiber.Ctx) error {
	a, secret := askedOf(c), strings.Clone(c.Query("token"))
	if err := s.notices.Stoppable(c.UserContext(), secret); err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("notice.stop.title", nil), s.links.page)
	f.Query = nil
	return render(c, fiber.StatusOK, page.StopMails(f, crossSiteToken(c), secret))
}

// oneClick ends what led to a mail when the mail program says so (RFC 8058, 3.1): without our page and without its token, by the secret in the address alone. Mail
// programs should say it as multipart/form-data, and may as an ordinary form (3.2).
func (s *Server) oneClick(c *fiber.Ctx) error {
	if c.FormValue("List-Unsubscribe") != "One-Click" || !cameFromUs(c) {
		return c.Next()
	}
	if err := s.notices.Stop(c.UserContext(), strings.Clone(c.Query("token")), false); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusOK)
}

// stopMails takes the press of the button.
func (s *Server) stopMails(c *fiber.Ctx) error {
	l := askedOf(c).language
	if err := s.notices.Stop(c.UserContext(), strings.Clone(sent(c, "token")), sent(c, "all") != ""); err != nil {
		return err
	}
	f := s.frameOf(c, l.Say("notice.stop.title", nil), s.links.page)
	f.Query = nil
	return render(c, fiber.StatusOK, page.Told(f, l.Say("notice.stop.done", nil), "/", l.Say("notice.stop.on", nil)))
}

// pushBody is what a browser says of where it takes push messages (Push API, PushSubscription.toJSON), without when it ends.
type pushBody struct {
	Endpoint string `json:"endpoint" maxLength:"2000" doc:"Of the browser's push service, over https"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys" doc:"RFC 8291"`
}

// endpointBody names a browser that takes no more.
type endpointBody struct {
	Endpoint string `json:"endpoint"`
}

type keyAnswer struct {
	Key string `json:"key" doc:"The server's public key (VAPID, RFC 8292), with which a browser subscribes"`
}

// pushKey tells what a browser subscribes with.
func (s *Server) pushKey(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	key, err := s.notices.PublicKey(c.UserContext())
	if err != nil {
		return err
	}
	return c.JSON(keyAnswer{key})
}

// subscribe has a browser told by push: the reader's, or that of nobody who is known, which then follows as a device.
func (s *Server) subscribe(c *fiber.Ctx) error {
	a := askedOf(c)
	if _, err := strictParameters(c); err != nil {
		return err
	}
	var body pushBody
	if err := decodeJSON(c.BodyRaw(), &body); err != nil {
		return err
	}
	cookie := strings.Clone(c.Cookies(a.cookie(deviceCookie)))
	if len(cookie) != account.SecretLength && a.actor.Person == 0 {
		cookie = account.NewSecret()
		setCookie(c, deviceCookie, cookie, 365*24*3600)
	}
	device, err := s.device(c.UserContext(), a, cookie)
	if err != nil {
		return err
	}
	err = s.notices.Subscribe(c.UserContext(), a.actor, device, notification.Subscription{Endpoint: body.Endpoint, P256dh: body.Keys.P256dh, Auth: body.Keys.Auth,
		Agent: agentOf(strings.Clone(c.Get(fiber.HeaderUserAgent))), Language: a.language.Tag})
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// unsubscribePush ends the pushes to a browser.
func (s *Server) unsubscribePush(c *fiber.Ctx) error {
	if _, err := strictParameters(c); err != nil {
		return err
	}
	var body endpointBody
	if err := decodeJSON(c.BodyRaw(), &body); err != nil {
		return err
	}
	if err := s.notices.Unsubscribe(c.UserContext(), body.Endpoint); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// documentPush describes these calls, which set a cookie and so are plain handlers.
func documentPush(api huma.API) {
	done := map[string]*huma.Response{"204": {Description: "No Content"}}
	key := operation(http.MethodGet, "/push", "get-push-key", "The key with which a browser subscribes to push messages")
	key.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: bodyOf[keyAnswer](api).Content}}
	begin := operation(http.MethodPost, "/push", "subscribe-push", "Have this browser told by push what its person, or it itself without an account, follows")
	begin.RequestBody, begin.Responses = bodyOf[pushBody](api), done
	end := operation(http.MethodDelete, "/push", "unsubscribe-push", "End the pushes to a browser")
	end.RequestBody, end.Responses = bodyOf[endpointBody](api), done
	for _, op := range []*huma.Operation{&key, &begin, &end} {
		api.OpenAPI().AddOperation(op)
	}
}
