package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
	"quartier/reports/setting"
	"quartier/web/page"
)

// settingsPage is the form of what holds for the whole town.
func (s *Server) settingsPage(c *fiber.Ctx) error {
	now, err := setting.Read(c.UserContext(), s.Register.DB)
	if err != nil {
		return err
	}
	return s.showSettings(c, fiber.StatusOK, untyped(c, url.Values{"town": {now.Town}, "contact": {now.Contact}, "confirm_email": flag(now.ConfirmEmail),
		"staff_second_factor": flag(now.StaffSecondFactor), "retention_years": {strconv.Itoa(now.RetentionYears)}, "version": {reports.SettingsStamp(now)}}))
}

func (s *Server) showSettings(c *fiber.Ctx, status int, t page.Typed) error {
	return render(c, status, page.Settings(s.adminFrame(c, "admin.settings"), doneOf(c), t))
}

// saveSettings stores them.
func (s *Server) saveSettings(c *fiber.Ctx) error {
	t := typedOf(c)
	var check fault.Check
	typed := setting.Settings{Town: t.Value("town"), Contact: t.Value("contact"), ConfirmEmail: t.Value("confirm_email") != "",
		StaffSecondFactor: t.Value("staff_second_factor") != "", RetentionYears: numbered(&check, t, "retention_years", 1, 30)}
	err := check.Err()
	if err == nil {
		err = s.Register.ChangeSettings(c.UserContext(), askedOf(c).actor, t.Value("version"), typed)
	}
	if err != nil {
		return again(c, err, t, page.SettingInputs, func(status int, t page.Typed) error { return s.showSettings(c, status, t) })
	}
	s.entries.forget() // staff may have to prove more than they did
	return s.done(c, "/admin/settings", "saved")
}
