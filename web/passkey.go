package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/web/page"
)

// A passkey takes two steps: a script asks for the options, and the form is sent with what the browser made of them.

// site tells for which site passkeys are.
func (s *Server) site(c *fiber.Ctx) (account.Site, error) {
	town, err := s.town(c)
	return account.Site{Origin: askedOf(c).origin, Name: town}, err
}

// sendOptions answers the script, and gives the browser the secret of the step.
func sendOptions(c *fiber.Ctx, options []byte, step string) error {
	setCookie(c, passkeyCookie, step, int(account.StepLife.Seconds()))
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(options)
}

// passkeyStep gives the secret of the step, which is over when it was used.
func passkeyStep(c *fiber.Ctx) string {
	step := strings.Clone(c.Cookies(askedOf(c).cookie(passkeyCookie)))
	setCookie(c, passkeyCookie, "", -1)
	return step
}

// askPasskey gives the options to sign in.
func (s *Server) askPasskey(c *fiber.Ctx) error {
	site, err := s.site(c)
	if err != nil {
		return err
	}
	options, step, err := s.People.AskPasskey(c.UserContext(), site, safeNext(sent(c, "next")))
	if err != nil {
		return err
	}
	return sendOptions(c, options, step)
}

// byPasskey signs in.
func (s *Server) byPasskey(c *fiber.Ctx) error {
	p := page.SignIn{Next: safeNext(sent(c, "next"))}
	site, err := s.site(c)
	if err != nil {
		return err
	}
	way, err := s.People.EnterByPasskey(c.UserContext(), site, passkeyStep(c), []byte(sent(c, "credential")), browserOf(c, ""))
	if err != nil {
		return s.signInFault(c, err, p)
	}
	return s.goOn(c, way)
}

// preparePasskey gives the options to make one.
func (s *Server) preparePasskey(c *fiber.Ctx) error {
	site, err := s.site(c)
	if err != nil {
		return err
	}
	options, step, err := s.People.PreparePasskey(c.UserContext(), askedOf(c).entry, site)
	if err != nil {
		return err
	}
	return sendOptions(c, options, step)
}

// addPasskey keeps the one that the browser made.
func (s *Server) addPasskey(c *fiber.Ctx) error {
	site, err := s.site(c)
	if err == nil {
		err = s.People.AddPasskey(c.UserContext(), askedOf(c).entry, site, passkeyStep(c), strings.TrimSpace(sent(c, "name")), []byte(sent(c, "credential")))
	}
	return s.secured(c, err, "passkeys", page.Security{PasskeyName: sent(c, "name")})
}

// renamePasskey gives one another name.
func (s *Server) renamePasskey(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	err = s.People.RenamePasskey(c.UserContext(), askedOf(c).entry, id, strings.TrimSpace(sent(c, "name")))
	return s.secured(c, err, "passkeys", page.Security{})
}

// removePasskey forgets one.
func (s *Server) removePasskey(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	return s.secured(c, s.People.RemovePasskey(c.UserContext(), askedOf(c).entry, id), "passkeys", page.Security{})
}
