package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/exporting"
	"quartier/reports/fault"
	"quartier/web/live"
)

const (
	// heartbeat keeps proxies from closing an idle stream, and finds out who has gone.
	heartbeat         = 20 * time.Second
	streamsAtOnce     = 5000 // on one node
	streamsPerAddress = 50
	// retryAfter is what a browser is told to wait before it connects anew.
	retryAfter = 2 * time.Second
)

// eventBody is the data of a change event.
type eventBody struct {
	Kind     string          `json:"kind"`
	ID       int64           `json:"id"`
	Location exporting.Point `json:"location"`
	Gone     bool            `json:"gone,omitempty"`
}

// events streams changes (Server-Sent Events, HTML 9.2): of public items in a box, of one item, or of all. What changed is said, not how: the
// reader fetches what it shows. A stream that falls behind gets a "reset" and ends; the browser connects anew and looks at everything.
func (s *Server) events(c *fiber.Ctx) error {
	p, err := strictParameters(c, "bbox", "item")
	if err != nil {
		return err
	}
	var interest live.Interest
	if interest.Box, err = box(p); err != nil {
		return err
	}
	if item := p["item"]; item != "" {
		kind, id, _ := strings.Cut(item, "/")
		if interest.ID, err = number(id); err != nil || !slices.Contains(live.Kinds, kind) {
			return fault.Parameter("item", "error.parameter.value", fault.Args{"value": fault.Short(item)})
		}
		interest.Kind = kind
	}
	leave, err := s.streams.enter(askedOf(c).address)
	if err != nil {
		return err
	}
	sub := s.Map.Hub.Subscribe(interest)
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(out *bufio.Writer) {
		defer leave()
		defer s.Map.Hub.Leave(sub)
		beat := time.NewTicker(heartbeat)
		defer beat.Stop()
		fmt.Fprintf(out, "retry: %d\n\n", retryAfter.Milliseconds())
		for out.Flush() == nil {
			select {
			case e, ok := <-sub.Events:
				if !ok {
					fmt.Fprint(out, "event: reset\ndata: {}\n\n")
					_ = out.Flush()
					return
				}
				data, err := json.Marshal(eventBody{Kind: e.Kind, ID: e.ID, Location: exporting.Point(e.Position), Gone: e.Gone})
				if err != nil {
					return
				}
				fmt.Fprintf(out, "event: change\ndata: %s\n\n", data)
			case <-beat.C:
				fmt.Fprint(out, ": \n\n")
			}
		}
	})
	return nil
}
