package web

import (
	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/web/page"
)

// blockFields are those of the form.
func blockFields(c *fiber.Ctx) []page.Input {
	kinds := page.Input{Name: "kind", Word: "block_kind", Type: "select"}
	for _, kind := range account.BlockKinds {
		kinds.Choices = append(kinds.Choices, page.Choice{Value: kind, Label: askedOf(c).language.Say("moderation.block."+kind, nil)})
	}
	return []page.Input{kinds, {Name: "value", Word: "block_value", Type: "text", Longest: 254}, {Name: "reason", Word: "block_reason", Type: "area", Longest: 500},
		{Name: "days", Word: "block_days", Type: "number", Short: true}}
}

// blocksPage is the block list.
func (s *Server) blocksPage(c *fiber.Ctx) error { return s.showBlocks(c, fiber.StatusOK, typedOf(c)) }

func (s *Server) showBlocks(c *fiber.Ctx, status int, t page.Typed) error {
	a := askedOf(c)
	blocks, err := s.People.Blocks(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	list := make([]page.Blocked, len(blocks))
	for i, b := range blocks {
		list[i] = page.Blocked{ID: b.ID, Kind: a.language.Say("moderation.block."+b.Kind, nil), Value: b.Value, Reason: b.Reason, By: b.By, Since: b.CreatedAt,
			Until: b.ExpiresAt, Over: !b.ExpiresAt.IsZero() && b.ExpiresAt.Before(s.Register.Now())}
	}
	return render(c, status, page.Blocks(s.adminFrame(c, "moderation.blocks"), list, blockFields(c), t, doneOf(c)))
}

// addBlock takes the form.
func (s *Server) addBlock(c *fiber.Ctx) error {
	a, t := askedOf(c), typedOf(c)
	days := 0
	if t.Value("days") != "" {
		var check fault.Check
		days = numbered(&check, t, "days", 1, account.MaxBlockDays)
		if err := check.Err(); err != nil {
			return again(c, err, t, blockFields(c), func(status int, t page.Typed) error { return s.showBlocks(c, status, t) })
		}
	}
	b := account.Block{Kind: t.Value("kind"), Value: t.Value("value"), Reason: t.Value("reason")}
	if err := s.People.AddBlock(c.UserContext(), a.actor, b, days); err != nil {
		return again(c, err, t, blockFields(c), func(status int, t page.Typed) error { return s.showBlocks(c, status, t) })
	}
	s.forgetBlocks()
	return s.done(c, "/admin/blocks", "listed")
}

// removeBlock takes a line from the list.
func (s *Server) removeBlock(c *fiber.Ctx) error {
	id, err := idAt(c, "id")
	if err != nil {
		return err
	}
	if err := s.People.RemoveBlock(c.UserContext(), askedOf(c).actor, id); err != nil {
		return err
	}
	s.forgetBlocks()
	return s.done(c, "/admin/blocks", "unlisted")
}
