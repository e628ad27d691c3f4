package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/follow"
	"quartier/web/page"
)

// deviceCookie tells a browser from others, so that one flags a thing once. It says nothing of who uses it.
const deviceCookie = "device"

// device gives the keyed digest of what tells a browser from others: its cookie, or where there is none its network.
func (s *Server) device(ctx context.Context, a *asked, cookie string) ([]byte, error) {
	key, err := s.sealKey(ctx)
	if err != nil {
		return nil, err
	}
	if len(cookie) == account.SecretLength {
		return seal(key, "device", "cookie", cookie), nil
	}
	return seal(key, "device", "network", networkKey(a.address)), nil
}

// deviceOf is device of a browser that has its cookie; nil: it has none.
func (s *Server) deviceOf(ctx context.Context, a *asked) ([]byte, error) {
	if a.browser == "" {
		return nil, nil
	}
	return s.device(ctx, a, a.browser)
}

// rememberBrowser gives its cookie to a browser that has none, and no account.
func rememberBrowser(c *fiber.Ctx) {
	if a := askedOf(c); a.browser == "" && a.actor.Person == 0 && !a.keyed {
		a.browser = account.NewSecret()
		setCookie(c, deviceCookie, a.browser, 365*24*3600)
	}
}

// flagFields are those of the form.
func flagFields(c *fiber.Ctx) []page.Input {
	reasons := page.Input{Name: "reason", Word: "flag_reason", Type: "radio"}
	for _, r := range follow.FlagReasons {
		reasons.Choices = append(reasons.Choices, page.Choice{Value: r, Label: askedOf(c).language.Say(flagWord(r), nil)})
	}
	return []page.Input{reasons, {Name: "words", Word: "flag_words", Type: "area", Longest: follow.MaxFlagWords}}
}

// flagPage is the form by which anybody says that something is wrong with a report, or an entry of its timeline.
func (s *Server) flagPage(c *fiber.Ctx) error {
	a := askedOf(c)
	rememberBrowser(c)
	t := typedOf(c)
	t.Values.Set("entry", strings.Clone(c.Query("entry")))
	if c.Query("sent") != "" {
		id, err := number(c.Params("id"))
		if err != nil {
			return err
		}
		return render(c, fiber.StatusOK, page.Told(s.frameOf(c, a.language.Say("moderation.flag.title", nil), s.links.page),
			a.language.Say("moderation.flag.thanks", nil), "/reports/"+strconv.FormatInt(id, 10), a.language.Say("moderation.flag.back", nil)))
	}
	return s.showFlag(c, fiber.StatusOK, t)
}

func (s *Server) showFlag(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	body := ""
	if entry := t.Value("entry"); entry != "" {
		updates, err := s.Register.Timeline(c.UserContext(), a.actor, id)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if strconv.FormatInt(u.ID, 10) == entry {
				body = u.Body
			}
		}
	}
	f := s.frameOf(c, a.language.Say("moderation.flag.title", nil), s.links.page)
	return render(c, status, page.FlagForm(f, one.ID, one.Title, t.Value("entry"), body, flagFields(c), t))
}

// raiseFlag takes the form.
func (s *Server) raiseFlag(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	f := follow.Flag{Item: id, Reason: t.Value("reason"), Words: t.Value("words")}
	if text := t.Value("entry"); text != "" {
		if f.Entry, err = number(text); err != nil {
			return err
		}
	}
	if f.Device, err = s.device(c.UserContext(), a, strings.Clone(c.Cookies(a.cookie(deviceCookie)))); err != nil {
		return err
	}
	if err = s.limits.flags.check(c); err == nil {
		err = s.Register.Flag(c.UserContext(), a.actor, f)
	}
	if err != nil {
		return again(c, err, t, flagFields(c), func(status int, t page.Typed) error { return s.showFlag(c, status, t) })
	}
	return c.Redirect(s.to("/reports/"+strconv.FormatInt(id, 10)+"/flag?sent=1"), fiber.StatusSeeOther)
}

// flagBody is the body of POST /api/v1/reports/{id}/flags.
type flagBody struct {
	Reason string `json:"reason" enum:"personal,insult,place,spam,illegal,other" doc:"Personal data, an insult, the wrong place, spam, something illegal, other"`
	Words  string `json:"words,omitempty" maxLength:"1000" doc:"Wanted where the reason is other"`
	Entry  int64  `json:"entry,omitempty" doc:"An entry of the timeline, by its id, instead of the report"`
}

// registerFlags adds the call that flags.
func (s *Server) registerFlags(api huma.API) {
	op := operation(http.MethodPost, "/reports/{id}/flags", "flag-report", "Say that something is wrong with a report, or an entry of its timeline; the answer is the same for a flag that came before")
	op.RequestBody = bodyOf[flagBody](api)
	op.DefaultStatus = http.StatusNoContent
	op.MaxBodyBytes = maxBody
	huma.Register(api, op, func(ctx context.Context, in *struct {
		ID      string `path:"id"`
		RawBody []byte
	}) (*struct{}, error) {
		a := asking(ctx)
		id, err := number(in.ID)
		if err != nil {
			return nil, err
		}
		var body flagBody
		if err := decodeJSON(in.RawBody, &body); err != nil {
			return nil, err
		}
		device, err := s.device(ctx, a, "")
		if err != nil {
			return nil, err
		}
		return nil, s.Register.Flag(ctx, a.actor, follow.Flag{Item: id, Entry: body.Entry, Reason: body.Reason, Words: body.Words, Device: device})
	})
}
