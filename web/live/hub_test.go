package live

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"quartier/geo"
	"quartier/reports/store"
	"quartier/tiles"
	"quartier/web/live/livetest"
)

// house is a hub with a door for connections.
type house struct {
	*Hub
	t    testing.TB
	door net.Listener
	left atomic.Int64 // how many have left
}

func newHouse(t testing.TB) *house {
	t.Helper()
	index, err := tiles.New(tiles.Options{Vocabulary: tileVocabulary()})
	if err != nil {
		t.Fatal(err)
	}
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Hub: newHub(index), t: t, door: door}
	h.begin(at(t, "10:10:"))
	h.round()
	t.Cleanup(func() { h.Close(); door.Close() })
	return h
}

// guest is somebody who listens.
type guest struct {
	net.Conn
	*livetest.Stream
}

// enter lets somebody listen.
func (h *house) enter(i Interest, last string) *guest {
	h.t.Helper()
	out, err := net.Dial("tcp", h.door.Addr().String())
	if err != nil {
		h.t.Fatal(err)
	}
	in, err := h.door.Accept()
	if err != nil {
		h.t.Fatal(err)
	}
	h.Subscribe(in.(*net.TCPConn), []byte("HEAD\n\n"), i, last, func() { h.left.Add(1) })
	h.t.Cleanup(func() { out.Close() })
	g := &guest{out, livetest.Read(h.t, out)}
	_ = g.SetReadDeadline(time.Now().Add(time.Minute))
	return g
}

const here = `{"kind":"report","id":%d,"location":{"type":"Point","coordinates":[2.3500000,48.8500000]}%s}`

func TestTellAndResume(t *testing.T) {
	h := newHouse(t)
	town := geo.BoxOf(2, 48, 3, 49)
	g := h.enter(Interest{Box: town}, "")
	begun := g.Wants("here", "{}")
	h.tell(at(t, "11:11:"), []tiles.Changed{
		appears(1, 2.35, 48.85),
		appears(2, -71, 42), // elsewhere
		{Key: tiles.Key{ID: 3}, After: report(3, 2.35, 48.85, tiles.Private)},
		{Key: tiles.Key{ID: 4}, Before: report(4, 2.35, 48.85, tiles.Public), After: report(4, 2.35, 48.85, tiles.Hidden)},
		{Key: tiles.Key{ID: 5}, Before: report(5, 2.35, 48.85, tiles.Pending), After: report(5, 2.35, 48.85, tiles.Hidden)},
	})
	h.round()
	if id := g.Wants("change", fmt.Sprintf(here, 1, "")); id != "" {
		t.Error("the first of two events has an id: who lost the second would never hear it")
	}
	after := g.Wants("change", fmt.Sprintf(here, 4, `,"gone":true`))
	if after != at(t, "11:11:").String() {
		t.Errorf("the id is %q", after)
	}

	// Who comes back with the id of the beginning hears both again, and what happens next once.
	back := h.enter(Interest{Box: town}, begun)
	h.tell(at(t, "12:12:"), []tiles.Changed{appears(6, 2.35, 48.85)})
	h.round()
	for _, id := range []int{1, 4} {
		gone := ""
		if id == 4 {
			gone = `,"gone":true`
		}
		back.Wants("change", fmt.Sprintf(here, id, gone))
	}
	back.Wants("here", "{}")
	back.Wants("change", fmt.Sprintf(here, 6, ""))
	h.enter(Interest{Item: tiles.Key{ID: 6}}, after).Wants("change", fmt.Sprintf(here, 6, ""))

	for _, id := range []string{"nonsense", at(t, "9:9:").String(), strings.Repeat("A", 9000), "\x00\n: "} {
		h.enter(Interest{}, id).Wants("reset", "{}")
	}
	h.begin(at(t, "20:20:"))
	h.round()
	if id := back.Wants("reset", "{}"); id != at(t, "20:20:").String() {
		t.Errorf("after the reset it stands at %q", id)
	}
}

// Many come back at once after a restart, and each has missed all that is remembered: what they are to hear is found out before they stand in the
// others' way, and is bounded. What is told to others meanwhile they hear, once.
func TestManyComeBack(t *testing.T) {
	h := newHouse(t)
	begun := at(t, "10:10:").String()
	full := make([]tiles.Changed, remembered)
	for i := range full {
		full[i] = appears(int64(i+1), 2.35, 48.85)
	}
	h.tell(at(t, "11:11:"), full)
	h.round()
	for _, i := range []Interest{{}, {Box: geo.BoxOf(2, 48, 3, 49)}, {Tiles: true, Zoom: 14, Cells: true}} {
		s := &subscription{box: world, tiles: i.Tiles, cells: i.Cells}
		if s.tiles {
			s.span = spanOf(world, i.Zoom)
		}
		c, err := store.ParseCursor(begun)
		if err != nil {
			t.Fatal(err)
		}
		if n := h.recent.from(c, s.keeps()); !n.lost || len(n.list) > 0 {
			t.Errorf("%+v: %d changes are matched for one who comes back", i, len(n.list))
		}
		h.enter(i, begun).Wants("reset", "{}")
	}
	few := geo.BoxOf(-72, 41, -70, 43)
	h.tell(at(t, "12:12:"), []tiles.Changed{appears(50_001, -71, 42)})
	h.round()

	out, err := net.Dial("tcp", h.door.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := h.door.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLine(in.(*net.TCPConn))
	if err != nil {
		t.Fatal(err)
	}
	s := &subscription{line: l, box: *few, leave: func() {}}
	h.mu.Lock() // somebody else is being told something: a greeting does not wait for that
	message := h.greeting(s, nil, at(t, "11:11:").String())
	h.mu.Unlock()
	h.tell(at(t, "13:13:"), []tiles.Changed{appears(50_002, -71, 42), appears(50_003, 2, 48)})
	h.round()
	h.tell(at(t, "14:14:"), []tiles.Changed{appears(50_004, -71, 42)}) // and this in the next round
	h.admit(s, message)
	h.round()
	g := &guest{out, livetest.Read(t, out)}
	_ = g.SetReadDeadline(time.Now().Add(time.Minute))
	g.Wants("change", `{"kind":"report","id":50001,"location":{"type":"Point","coordinates":[-71.0000000,42.0000000]}}`)
	g.Wants("here", "{}")
	g.Wants("change", `{"kind":"report","id":50002,"location":{"type":"Point","coordinates":[-71.0000000,42.0000000]}}`)
	g.Wants("change", `{"kind":"report","id":50004,"location":{"type":"Point","coordinates":[-71.0000000,42.0000000]}}`)
	g.Wants("here", "{}")
	h.tell(at(t, "15:15:"), []tiles.Changed{appears(50_005, -71, 42)})
	h.round()
	g.Wants("change", `{"kind":"report","id":50005,"location":{"type":"Point","coordinates":[-71.0000000,42.0000000]}}`)
}

// A map hears which tiles of its zoom changed, once, however many changes there were.
func TestTellTiles(t *testing.T) {
	h := newHouse(t)
	near := geo.BoxOf(2.3, 48.8, 2.4, 48.9)
	points := h.enter(Interest{Box: near, Tiles: true, Zoom: 18}, "")
	hexagons := h.enter(Interest{Box: near, Tiles: true, Zoom: 4, Cells: true}, "")
	for _, g := range []*guest{points, hexagons} {
		g.Wants("here", "{}")
	}
	h.tell(at(t, "11:11:"), []tiles.Changed{
		appears(1, 2.35, 48.85), appears(2, 2.35, 48.85), appears(3, -71, 42),
		{Key: tiles.Key{ID: 4}, Before: report(4, 2.36, 48.85, tiles.Public), After: report(4, 2.35, 48.85, tiles.Public)},
	})
	h.round()
	points.Wants("tiles", `{"items":["18/132783/90192","18/132790/90192"],"changes":3}`)
	hexagons.Wants("tiles", `{"items":["4/8/5"],"cells":["4/8/5"],"changes":3}`)

	var many []tiles.Changed
	for i := range 3 * mostTold {
		many = append(many, appears(int64(i), 2.3+float64(i%40)/400, 48.8+float64(i/40)/400))
	}
	h.tell(at(t, "12:12:"), many)
	h.round()
	points.Wants("reset", "{}")
	if name, _, _ := hexagons.Next(); name != "tiles" {
		t.Errorf("a map of few tiles hears %q of many changes", name)
	}
}

// Heartbeats carry where the stream stands, also where nothing happens that is told.
func TestHeartbeat(t *testing.T) {
	h := newHouse(t)
	g := h.enter(Interest{Item: tiles.Key{ID: 77}}, "")
	g.Wants("here", "{}")
	h.tell(at(t, "15:15:"), []tiles.Changed{appears(1, 2, 48)})
	for turn := range turns {
		h.beat(turn)
	}
	if id := g.Wants("here", "{}"); id != at(t, "10:10:").String() {
		t.Errorf("before it is told the stream stands at %q", id)
	}
	h.round()
	h.tell(at(t, "16:16:"), nil)
	for turn := range turns {
		h.beat(turn)
	}
	if id := g.Wants("here", "{}"); id != at(t, "16:16:").String() {
		t.Errorf("the stream stands at %q", id)
	}
}

// Who comes while something waits to be told stands later than the others: no heartbeat sends him back.
func TestHeartbeatOfWhoStandsLater(t *testing.T) {
	h := newHouse(t)
	early := h.enter(Interest{}, "")
	early.Wants("here", "{}")
	h.tell(at(t, "11:11:"), nil)
	if id := h.enter(Interest{}, "").Wants("here", "{}"); id != at(t, "11:11:").String() {
		t.Errorf("he begins at %q", id)
	}
	h.tell(at(t, "12:12:"), []tiles.Changed{appears(1, 2.35, 48.85)})
	late := h.enter(Interest{}, "")
	if id := late.Wants("here", "{}"); id != at(t, "12:12:").String() {
		t.Errorf("he begins at %q", id)
	}
	for turn := range turns {
		h.beat(turn)
	}
	if id := late.Wants("here", "{}"); id != "" {
		t.Errorf("he is sent back to %q", id)
	}
	if id := early.Wants("here", "{}"); id != at(t, "11:11:").String() {
		t.Errorf("the others stand at %q", id)
	}
	h.round()
	for turn := range turns {
		h.beat(turn)
	}
	if id := late.Wants("here", "{}"); id != at(t, "12:12:").String() {
		t.Errorf("when all is told he stands at %q", id)
	}
}

// A reader who does not read is cut off, and the others hear everything meanwhile.
func TestSlowReader(t *testing.T) {
	h := newHouse(t)
	slow, quick := h.enter(Interest{}, ""), h.enter(Interest{}, "")
	quick.Wants("here", "{}")
	var many []tiles.Changed
	for i := range mostTold {
		many = append(many, appears(int64(i), 2.35, 48.85))
	}
	rounds := 0
	for h.left.Load() == 0 {
		if rounds++; rounds > 1000 {
			t.Fatal("who does not read is never cut off")
		}
		h.tell(at(t, fmt.Sprintf("%d:%d:", 11+rounds, 11+rounds)), many)
		h.round()
		for i := range many {
			quick.Wants("change", fmt.Sprintf(here, i, ""))
		}
	}
	if now, cut := h.Listeners(); now != 1 || cut != 1 {
		t.Errorf("%d listen, %d were cut off", now, cut)
	}
	// What he never took is thrown away with his line: he reads what had come to him, not the rest.
	if _, err := io.Copy(io.Discard, slow); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the slow one's line ends with %v", err)
	}
}

// Who hangs up is noticed by looking, before anything is written, also if he sent something first.
func TestHangUp(t *testing.T) {
	h := newHouse(t)
	for i := range 300 {
		g := h.enter(Interest{Box: geo.BoxOf(2, 48, 2.1, 48.1), Tiles: i%2 == 0, Zoom: 12}, "")
		switch i % 3 {
		case 0:
			fmt.Fprint(g, strings.Repeat("GET / HTTP/1.1\r\n\r\n", 10))
			g.Close()
		case 1:
			g.Close()
		}
	}
	for deadline := time.Now().Add(time.Minute); h.left.Load() < 200 && time.Now().Before(deadline); {
		for turn := range looks {
			h.beat(turn)
		}
	}
	if now, _ := h.Listeners(); now != 100 || h.left.Load() != 200 {
		t.Errorf("%d listen, %d have left, want 100 and 200", now, h.left.Load())
	}
	h.Close()
	h.Close()
	if now, _ := h.Listeners(); now != 0 || h.left.Load() != 300 || len(h.watch.boxes)+len(h.watch.maps) > 0 {
		t.Errorf("after the end %d listen and %d have left", now, h.left.Load())
	}
	h.enter(Interest{}, "")
	if h.left.Load() != 301 {
		t.Error("a closed hub keeps a subscriber")
	}
}

// BenchmarkTell is what a round costs: a thousand changes over a country, to five thousand maps of towns.
func BenchmarkTell(b *testing.B) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < 11_000 {
		b.Skip("too few files may be open")
	}
	h := newHouse(b)
	for i := range 5000 {
		lon, lat := float64(i%100)/20, 44+float64(i/100)/20
		g := h.enter(Interest{Box: geo.BoxOf(lon, lat, lon+0.2, lat+0.1), Tiles: true, Zoom: uint8(11 + i%4), Cells: i%10 == 0}, "")
		go func() { _, _ = io.Copy(io.Discard, g) }()
	}
	changes := make([]tiles.Changed, 1000)
	for i := range changes {
		changes[i] = appears(int64(i), float64(i%97)/19, 44+float64(i%89)/36)
	}
	b.ResetTimer()
	for i := range b.N {
		h.tell(at(b, fmt.Sprintf("%d:%d:", 11+i, 11+i)), changes)
		h.round()
	}
	b.ReportMetric(float64(h.left.Load()), "cut")
}
