package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports"
	"quartier/reports/store"
)

// Requests are measured in slices, in turns.
const (
	requestRounds = 7
	readers       = 4 // clients at once
)

// measureHTTP asks a server for tiles through a socket: such as nobody asked for before, cached ones, unchanged ones, filtered ones, and while changes
// arrive. What is cached is compared with a bare handler that answers the same bytes with the same headers: by the processor time of the server, since
// on a small machine the rate is that of server and clients together.
func measureHTTP(ctx context.Context, b *bench) ([]result, error) {
	db, url, err := b.filled(ctx, b.n)
	if err != nil {
		return nil, err
	}
	server, err := begin(ctx, "server", serverSpec{url})
	if err != nil {
		return nil, err
	}
	defer server.end()
	bare, err := begin(ctx, "bare", nil)
	if err != nil {
		return nil, err
	}
	defer bare.end()
	var f serverFigures
	if err := server.ask(usageQuestion{Collected: true}, &f); err != nil {
		return nil, err
	}
	all := []result{
		only("map loaded from one snapshot of the database", b.n, f.Load, "s"),
		within("server, live heap after the load", b.n, mebibytes(f.Usage.Live), liveTarget, "MiB"),
		within("server, resident after the load", b.n, mebibytes(f.Usage.Resident), residentTarget, "MiB"),
	}
	list := regions[0].listTiles(b.n, b.tiles)
	cold, err := b.askCold(server, list)
	if err != nil {
		return nil, err
	}
	all = append(all, cold...)
	path := tilePath(list.densest[12])
	for _, c := range []struct {
		name, path string
		status     int
	}{
		{"cached tile", path, 200},
		{"cached and filtered tile", path + "?status=open,closed&from=2021-02-01&to=2025-12-01", 200},
		{"unchanged tile (304)", path, 304},
	} {
		b.say("  %s", c.name)
		results, err := b.askCached(server, bare, c.name, c.path, c.status)
		if err != nil {
			return nil, err
		}
		all = append(all, results...)
	}
	b.say("  while changes arrive")
	changing, err := b.askWhileChanging(ctx, db, server, list)
	return append(all, changing...), err
}

func tilePath(t geo.Tile) string { return fmt.Sprintf("/tiles/items/%d/%d/%d.mvt", t.Z, t.X, t.Y) }

// every gives all tiles of a list.
func (l *tileList) every() []geo.Tile { return l.ofZooms(0, geo.MaxZoom) }

// spent is what a server used for some requests.
type spent struct{ processor, objects float64 } // µs and allocations for each

// spending measures what a child uses while requests are made.
func spending(c *child, requests func() (traffic, error)) (t traffic, s spent, err error) {
	var before, after serverFigures
	if err := c.ask(usageQuestion{}, &before); err != nil {
		return t, s, err
	}
	if t, err = requests(); err != nil {
		return t, s, err
	}
	if err := c.ask(usageQuestion{}, &after); err != nil {
		return t, s, err
	}
	n := float64(max(1, len(t.times)))
	return t, spent{float64((after.Usage.Processor - before.Usage.Processor).Nanoseconds()) / 1e3 / n, float64(after.Usage.Allocated-before.Usage.Allocated) / n}, nil
}

// address gives where a child listens.
func (c *child) address() (string, error) {
	var f serverFigures
	err := c.ask(usageQuestion{}, &f)
	return f.Address, err
}

// askCold asks for tiles under filters that nobody asked for before.
func (b *bench) askCold(server *child, list *tileList) ([]result, error) {
	address, err := server.address()
	if err != nil {
		return nil, err
	}
	all, x := list.every(), rand.New(rand.NewPCG(seed, 5))
	var mu sync.Mutex
	second := firstDay
	t, s, err := spending(server, func() (traffic, error) {
		return drive(address, 2, 3*b.slice, func(int) ([]byte, int) {
			mu.Lock()
			defer mu.Unlock()
			second++
			return get(fmt.Sprintf("%s?status=open&from=%s", tilePath(all[x.IntN(len(all))]), rfc3339(second))), 0
		})
	})
	if err != nil {
		return nil, err
	}
	return []result{
		only("tile nobody asked for before, p50", b.n, percentile(t.times, 50), "ms"),
		only("tile nobody asked for before, p99", b.n, percentile(t.times, 99), "ms"),
		only("tile nobody asked for before, body", b.n, float64(t.bytes)/float64(len(t.times)), "bytes"),
		only("tile nobody asked for before, server CPU", b.n, s.processor, "µs"),
		only("tile nobody asked for before, allocations", b.n, s.objects, ""),
	}, nil
}

// askCached asks for one tile again and again, beside a bare handler that was told the answer.
func (b *bench) askCached(server, bare *child, name, path string, status int) ([]result, error) {
	var address [2]string
	var err error
	if address[0], err = server.address(); err != nil {
		return nil, err
	}
	known, err := fetch(address[0], get(path))
	if err != nil {
		return nil, err
	}
	p := page{Path: path, Header: known.header, Body: known.body, Tag: known.named("Etag")}
	request := get(path)
	if status == 304 {
		request = get(path, "If-None-Match", p.Tag)
		unchanged, err := fetch(address[0], request)
		if err != nil {
			return nil, err
		}
		p.Header = unchanged.header
	}
	// What every answer of Fiber has.
	p.Header = slices.DeleteFunc(p.Header, func(h [2]string) bool {
		return slices.Contains([]string{"Date", "Content-Length", "Connection", "Server"}, h[0])
	})
	var f serverFigures
	if err := bare.ask(p, &f); err != nil {
		return nil, err
	}
	address[1] = f.Address
	var processor, objects, rate [2][]float64
	var times [2][]float64
	for round := range requestRounds + 1 {
		for side, c := range []*child{server, bare} {
			t, s, err := spending(c, func() (traffic, error) {
				return drive(address[side], readers, b.slice, func(int) ([]byte, int) { return request, status })
			})
			if err != nil {
				return nil, err
			}
			if round == 0 {
				continue // both sides become warm
			}
			processor[side], objects[side] = append(processor[side], s.processor), append(objects[side], s.objects)
			rate[side], times[side] = append(rate[side], float64(len(t.times))/t.took.Seconds()), append(times[side], t.times...)
		}
	}
	name += " of " + fmt.Sprint(len(p.Body)) + " bytes"
	against := " / the same bytes by a bare handler"
	if status == 304 {
		against = " / the same headers by a bare handler"
	}
	return []result{
		less(name+", server CPU"+against, b.n, median(processor[0]), median(processor[1]), "µs", 0.8),
		more(name+", requests"+against, b.n, median(rate[0]), median(rate[1]), "req/s", 0),
		less(name+", p99"+against, b.n, percentile(times[0], 99), percentile(times[1], 99), "ms", 0),
		less(name+", allocations"+against, b.n, median(objects[0]), median(objects[1]), "", 0),
	}, nil
}

// fetch asks once.
func fetch(address string, request []byte) (answer, error) {
	c, err := connect(address)
	if err != nil {
		return answer{}, err
	}
	defer c.conn.Close()
	return c.send(request, true)
}

// named gives a header.
func (a *answer) named(name string) string {
	for _, h := range a.header {
		if h[0] == name {
			return h[1]
		}
	}
	return ""
}

// askWhileChanging asks for what somebody's map shows, without and with 100 changes a second, in turns.
func (b *bench) askWhileChanging(ctx context.Context, db *store.DB, server *child, list *tileList) ([]result, error) {
	address, err := server.address()
	if err != nil {
		return nil, err
	}
	changes := startChanging(ctx, db, b.n)
	defer changes.stop()
	var times [2][]float64
	var used [2][]float64
	for round := range 2 * requestRounds {
		side := round % 2
		changes.on.Store(side == 1)
		t, s, err := spending(server, func() (traffic, error) { return b.lookAround(address, list) })
		if err != nil {
			return nil, err
		}
		if round < 2 {
			continue
		}
		times[side], used[side] = append(times[side], t.times...), append(used[side], s.processor)
	}
	if err := changes.stop(); err != nil {
		return nil, err
	}
	return []result{
		less("tiles of a map that is moved, p50 while 100 changes/s arrive / without", b.n, percentile(times[1], 50), percentile(times[0], 50), "ms", 0),
		less("tiles of a map that is moved, p99 while 100 changes/s arrive / without", b.n, percentile(times[1], 99), percentile(times[0], 99), "ms", 0),
		less("tiles of a map that is moved, server CPU while 100 changes/s arrive / without", b.n, median(used[1]), median(used[0]), "µs", 0),
	}, nil
}

// lookAround lets two clients move their maps for a slice.
func (b *bench) lookAround(address string, list *tileList) (traffic, error) {
	var at [2]int
	return drive(address, len(at), b.slice, func(client int) ([]byte, int) {
		at[client]++
		return get(tilePath(list.trace[(at[client]+client*len(list.trace)/len(at))%len(list.trace)])), 0
	})
}

// changing changes reports in the database, a hundred a second while it is on.
type changing struct {
	on   atomic.Bool
	end  context.CancelFunc
	done chan struct{}
	err  error
}

func startChanging(ctx context.Context, db *store.DB, n int) *changing {
	ctx, cancel := context.WithCancel(ctx)
	c := &changing{end: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		x := rand.New(rand.NewPCG(seed, 6))
		every := time.NewTicker(time.Second / 100)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
			if !c.on.Load() {
				continue
			}
			if err := changeOne(ctx, db, 1+x.Int64N(int64(n)), x.IntN(2) == 0); err != nil && ctx.Err() == nil {
				c.err = err
				return
			}
		}
	}()
	return c
}

// changeOne closes a report or opens it again.
func changeOne(ctx context.Context, db *store.DB, id int64, closed bool) error {
	return db.Write(ctx, func(tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(`
			update report
			set status = case when @closed then 'resolved' else 'reopened' end, closed_at = case when @closed then now() end, updated_at = now()
			where id = @id and status <> 'pending'`, pgx.NamedArgs{"id": id, "closed": closed})
		store.QueueChange(&b, store.Change{Kind: reports.Kind, First: id, Last: id})
		return tx.SendBatch(ctx, &b).Close()
	})
}

// stop ends the changes and gives what went wrong. Safe to call twice.
func (c *changing) stop() error {
	c.end()
	<-c.done
	return c.err
}
