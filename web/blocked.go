package web

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/setting"
)

// blocksKept is for how long a node works by the block list as it read it; on the node where it is changed it is read anew at once.
const blocksKept = 10 * time.Second

// blockade is the block list as it was read last.
type blockade struct {
	mu    sync.Mutex
	list  *account.BlockList
	until time.Time
}

// blocks gives the block list. While the database rests it is the one that was read last; nothing can be filed then anyway.
func (s *Server) blocks(ctx context.Context) *account.BlockList {
	b := &s.blockade
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := time.Now(); now.After(b.until) {
		if list, err := s.People.BlockList(ctx); err == nil {
			b.list, b.until = list, now.Add(blocksKept)
		}
	}
	return b.list
}

// forgetBlocks makes the next question read the block list anew.
func (s *Server) forgetBlocks() {
	s.blockade.mu.Lock()
	defer s.blockade.mu.Unlock()
	s.blockade.until = time.Time{}
}

// shutOut refuses who comes from a blocked network, or has a blocked address: with one sentence, whatever it is that is blocked, and whom to write to.
func (s *Server) shutOut(ctx context.Context, a *asked, emails ...string) error {
	list := s.blocks(ctx)
	shut := list.Shuts(a.address, a.entry.Email)
	for _, email := range emails {
		shut = shut || list.Shuts(a.address, email)
	}
	if !shut {
		return nil
	}
	if town, err := setting.Read(ctx, s.Register.DB); err == nil && town.Contact != "" {
		return fault.New(fault.Forbidden, "error.shut_out.contact", fault.Args{"contact": town.Contact})
	}
	return fault.New(fault.Forbidden, "error.shut_out", nil)
}

// notShutOut lets in who is not blocked.
func (s *Server) notShutOut(c *fiber.Ctx) error {
	if err := s.shutOut(c.UserContext(), askedOf(c)); err != nil {
		return err
	}
	return c.Next()
}
