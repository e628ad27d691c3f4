package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/store"
	"quartier/web/page"
)

// retentionPage shows administrators what goes by itself, before it does.
func (s *Server) retentionPage(c *fiber.Ctx) error {
	a := askedOf(c)
	r := reports.Retention{Register: s.Register, People: s.People}
	dues, years, err := r.Preview(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	rows := make([]page.DueRow, 0, len(dues))
	for _, d := range dues {
		rows = append(rows, page.DueRow{Kind: d.Kind, Count: d.Count, Oldest: d.Oldest})
	}
	f := s.frameOf(c, a.language.Say("retention.title", nil), s.links.account)
	return render(c, fiber.StatusOK, page.Retention(f, rows, years, c.Query("begun") != ""))
}

// beginRetention has a run begun now, by whichever node is free.
func (s *Server) beginRetention(c *fiber.Ctx) error {
	ctx := c.UserContext()
	err := s.Register.DB.Write(ctx, func(tx pgx.Tx) error {
		if err := store.Enqueue(ctx, tx, reports.RetentionArgs{}); err != nil {
			return err
		}
		return account.Audit(ctx, tx, askedOf(c).actor, "retention.run", "retention", nil)
	})
	if err != nil {
		return err
	}
	return c.Redirect(s.to("/admin/retention?begun=1"), fiber.StatusSeeOther)
}
