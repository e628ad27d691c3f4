package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
	"quartier/web/page"
)

// wishPath is no page. It stands in the links that are mailed to who wants to follow something without an account yet: following begins when one signs in by
// it. Nobody else can lead a person who signs in there: safeNext.
const wishPath = "/follow/begin"

// wish gives what a link that is mailed says to follow.
func wish(values url.Values) string { return wishPath + "?" + values.Encode() }

// arrived does what waited for somebody to sign in, and gives the page to go on to: what the browser supported and follows is theirs now, and what the link says is followed.
func (s *Server) arrived(c *fiber.Ctx, secret, to string) (next string) {
	ctx, a := c.UserContext(), askedOf(c)
	next = safeNext(to)
	e, err := s.People.Enter(ctx, secret)
	if err != nil {
		return next // the next page says so
	}
	device, err := s.browserDevice(c)
	if err == nil && device != nil {
		err = s.Register.Adopt(ctx, e.Actor, device)
		if err == nil {
			err = s.notices.Adopt(ctx, e.Actor, device)
		}
	}
	if err != nil { // what was supported stays the browser's; whoever signs in is not kept waiting for that
		a.failed(fiber.StatusInternalServerError, err)
	}
	query, wished := strings.CutPrefix(to, wishPath+"?")
	if !wished {
		return next
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return next
	}
	if item, err := number(values.Get("item")); err == nil {
		if _, err := s.Register.Follow(ctx, e.Actor, reportFollow(item)); err != nil {
			return reportPath(item) + "/follow" // which tells what stands in the way, if there is anything to see
		}
		return reportPath(item) + "?done=follow#take-part"
	}
	var check fault.Check
	f := s.followOf(values, &check)
	if err := check.Err(); err == nil {
		_, err = s.Register.Follow(ctx, e.Actor, f)
		if err == nil {
			return "/me/follows?done=begun"
		}
	}
	return "/follow?" + values.Encode() // where all of it stands, to be sent again
}

func reportPath(id int64) string { return "/reports/" + strconv.FormatInt(id, 10) }

// reportFollow is how a report is followed unless its follower says otherwise: by mail, at once.
func reportFollow(id int64) follow.Follow {
	return follow.Follow{Item: id, Settings: follow.Settings{Rhythm: "now", ByMail: true}}
}

// reportFollowBy is how a report is followed by who asks: a browser without an account can be told by push only.
func reportFollowBy(id int64, device []byte) follow.Follow {
	f := reportFollow(id)
	if device != nil {
		f.Who.Device, f.ByMail, f.ByPush = device, false, true
	}
	return f
}

// pushDevice gives the keyed digest of a browser without an account that takes push messages; nil: who asks is none.
func (s *Server) pushDevice(ctx context.Context, a *asked) ([]byte, error) {
	device, err := s.deviceOf(ctx, a)
	if err != nil || device == nil || a.actor.Person != 0 {
		return nil, err
	}
	if takes, err := s.notices.Takes(ctx, device); err != nil || !takes {
		return nil, err
	}
	return device, nil
}

// hereOf gives what a form offers a browser without an account that is to be told by push.
func (s *Server) hereOf(c *fiber.Ctx) (h page.Here, err error) {
	a := askedOf(c)
	if a.actor.Person != 0 {
		return h, nil
	}
	if h.Key, err = s.notices.PublicKey(c.UserContext()); err == nil {
		var device []byte
		device, err = s.pushDevice(c.UserContext(), a)
		h.Takes = device != nil
	}
	return h, err
}

// browserDevice gives the keyed digest of the browser's own cookie; nil: it has none.
func (s *Server) browserDevice(c *fiber.Ctx) ([]byte, error) {
	return s.deviceOf(c.UserContext(), askedOf(c))
}

// takePart gives what the page of a report says of who supports and follows it. While that cannot be told the page does without.
func (s *Server) takePart(c *fiber.Ctx, one reports.Report) page.TakePart {
	a := askedOf(c)
	p := page.TakePart{CrossSite: crossSiteToken(c), Supports: one.Supports, Done: takenPart(c.Query("done"))}
	device, err := s.browserDevice(c)
	var standing follow.Standing
	if err == nil {
		standing, err = s.Register.Standing(c.UserContext(), a.actor, one.ID, device)
	}
	if err != nil {
		a.failed(fiber.StatusInternalServerError, err)
	}
	p.Supported, p.Followed, p.Followers = standing.Supports, standing.Follows, standing.Followers
	return p
}

// takenPart gives the word of what was just done about a report, if it is one of ours.
func takenPart(word string) string {
	switch word {
	case "support", "unsupport", "follow", "unfollow":
		return strings.Clone(word)
	}
	return ""
}

// support takes the button "me too" of a report: do=remove takes it back. With follow=1 it follows the report too, as far as it is known by whom.
func (s *Server) support(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), askedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	cookie := strings.Clone(c.Cookies(a.cookie(deviceCookie)))
	if a.actor.Person == 0 && len(cookie) != account.SecretLength {
		cookie = account.NewSecret()
		setCookie(c, deviceCookie, cookie, 365*24*3600)
	}
	var device []byte
	if len(cookie) == account.SecretLength {
		if device, err = s.device(ctx, a, cookie); err != nil {
			return err
		}
	}
	if sent(c, "do") == "remove" {
		if err := s.Register.TakeBack(ctx, a.actor, id, device); err != nil {
			return err
		}
		return s.tookPart(c, id, "unsupport")
	}
	if a.actor.Person == 0 {
		if wait := s.limits.voices.take(networkKey(a.address) + strconv.FormatInt(id, 36)); wait > 0 {
			return tooMany(wait)
		}
	}
	if err := s.Register.Support(ctx, a.actor, id, device); err != nil {
		return err
	}
	if sent(c, "follow") == "" || a.keyed {
		return s.tookPart(c, id, "support")
	}
	if a.actor.Person == 0 { // who is to be told must be asked
		return c.Redirect(s.to(reportPath(id)+"/follow?supported=1"), fiber.StatusSeeOther)
	}
	if _, err := s.Register.Follow(ctx, a.actor, reportFollow(id)); err != nil {
		return err
	}
	return s.tookPart(c, id, "follow")
}

// tookPart leads back to a report that somebody did something about.
func (s *Server) tookPart(c *fiber.Ctx, id int64, done string) error {
	return c.Redirect(s.to(reportPath(id)+"?done="+done+"#take-part"), fiber.StatusSeeOther)
}

// emailField is the address of somebody without an account.
var emailField = page.Input{Name: "email", Word: "follow_email", Type: "email", Longest: 254}

// followReportPage asks who is to be told about a report.
func (s *Server) followReportPage(c *fiber.Ctx) error {
	return s.showFollowReport(c, fiber.StatusOK, untyped(c, url.Values{}))
}

func (s *Server) showFollowReport(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	here, err := s.hereOf(c)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("follow.report", nil), s.links.page)
	f.Path, f.Query = reportPath(id)+"/follow", nil
	return render(c, status, page.FollowReport(f, id, one.Title, c.Query("supported") != "", emailField, here, t))
}

// followReport takes the button "follow": of who is signed in at once, and of a browser that takes push messages (by=device); of others by a link that is mailed
// to them. do=remove ends it.
func (s *Server) followReport(c *fiber.Ctx) error {
	ctx, a, t := c.UserContext(), askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	var device []byte
	if a.actor.Person == 0 {
		if device, err = s.pushDevice(ctx, a); err != nil {
			return err
		}
	}
	byDevice := t.Value("by") == "device" || t.Value("do") == "remove"
	switch {
	case a.actor.Person == 0 && byDevice && device == nil:
		if _, err := s.Register.Get(ctx, a.actor, id); err != nil {
			return err
		}
		return again(c, fault.New(fault.Conflict, "error.follow.device", nil), t, nil, func(status int, t page.Typed) error { return s.showFollowReport(c, status, t) })
	case a.actor.Person == 0 && !byDevice:
		if _, err = s.Register.Get(ctx, a.actor, id); err != nil {
			return err
		}
		return s.askToFollow(c, t, []page.Input{emailField}, url.Values{"item": {strconv.FormatInt(id, 10)}}, func(status int, t page.Typed) error { return s.showFollowReport(c, status, t) })
	case t.Value("do") == "remove":
		if err := s.Register.Unfollow(ctx, a.actor, id, device); err != nil {
			return err
		}
		return s.tookPart(c, id, "unfollow")
	}
	if _, err := s.Register.Follow(ctx, a.actor, reportFollowBy(id, device)); err != nil {
		return again(c, err, t, nil, func(status int, t page.Typed) error { return s.showFollowReport(c, status, t) })
	}
	return s.tookPart(c, id, "follow")
}

// askToFollow has a link mailed to who is to follow something; show shows the form again with what is wrong.
func (s *Server) askToFollow(c *fiber.Ctx, t page.Typed, fields []page.Input, values url.Values, show func(status int, t page.Typed) error) error {
	a := askedOf(c)
	if t.Value("website") != "" { // the trap that no person sees
		return c.Redirect(s.to("/sign-in/sent"), fiber.StatusSeeOther)
	}
	err := s.limits.links.check(c)
	if err == nil {
		err = s.mailLink(c, t.Value("email"), func(site string) error {
			return s.People.AskToFollow(c.UserContext(), t.Value("email"), wish(values), a.language, site)
		})
	}
	if err != nil {
		return again(c, err, t, fields, show)
	}
	return c.Redirect(s.to("/sign-in/sent"), fiber.StatusSeeOther)
}
