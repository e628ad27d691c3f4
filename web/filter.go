package web

import (
	"sync"

	"github.com/gofiber/fiber/v2"

	"quartier/tiles"
	"quartier/web/live"
)

// queriesKept is how many queries are remembered; when there are more, all are forgotten.
const queriesKept = 1000

// queries remembers what the queries of tiles mean: whoever looks at a map asks for all its tiles with the same one, and reading it takes longer
// than finding the tile.
type queries struct {
	mu      sync.Mutex
	words   *live.Vocabulary // by which they were read
	filters map[string]tiles.Filter
}

// tileFilter reads the filter of a tile.
func (s *Server) tileFilter(c *fiber.Ctx) (tiles.Filter, error) {
	v, err := s.vocabulary()
	if err != nil {
		return tiles.Filter{}, err
	}
	query := c.Context().URI().QueryString()
	if f, ok := s.queries.find(v, query); ok {
		return f, nil
	}
	p, err := strictParameters(c, filterNames...)
	if err != nil {
		return tiles.Filter{}, err
	}
	sel, err := s.selects(p, v)
	if err != nil {
		return tiles.Filter{}, err
	}
	s.queries.keep(v, string(query), sel.index)
	return sel.index, nil
}

func (r *queries) find(v *live.Vocabulary, query []byte) (tiles.Filter, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.words != v {
		return tiles.Filter{}, false
	}
	f, ok := r.filters[string(query)]
	return f, ok
}

func (r *queries) keep(v *live.Vocabulary, query string, f tiles.Filter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.words != v || len(r.filters) >= queriesKept {
		r.words, r.filters = v, map[string]tiles.Filter{}
	}
	r.filters[query] = f
}
