package tiles

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"sync"
	"sync/atomic"

	"quartier/geo"
)

// DefaultPointsFrom is the zoom from which tiles show every item as a point.
const DefaultPointsFrom = 16

// Options configures an Index.
type Options struct {
	Vocabulary Vocabulary

	// PointsFrom is the first zoom whose tiles have the layer items; below it they have clusters. 1…19; 19: no zoom has points.
	// 0: DefaultPointsFrom.
	PointsFrom int
}

// Index holds every item in memory and draws tiles of them. Any number of goroutines may ask while one or several change it: a question is
// answered from the one state that stood when it came.
type Index struct {
	pointsFrom uint8
	classes    [256]uint8
	state      atomic.Pointer[state]
	ready      atomic.Bool
	versions   versions
	cells      gazetteer
	wake       chan struct{} // there is something to fold

	writer    sync.Mutex // held by who publishes a state; guards what follows
	register  *register
	directory *directory
}

// New makes an empty index. It fails if the vocabulary is not usable.
func New(o Options) (*Index, error) {
	if err := o.Vocabulary.check(); err != nil {
		return nil, err
	}
	if o.PointsFrom == 0 {
		o.PointsFrom = DefaultPointsFrom
	}
	if o.PointsFrom < 1 || o.PointsFrom > geo.MaxZoom+1 {
		return nil, fmt.Errorf("tiles: points from zoom %d, want 1 to %d", o.PointsFrom, geo.MaxZoom+1)
	}
	x := &Index{
		pointsFrom: uint8(o.PointsFrom),
		classes:    classesOf(o.Vocabulary.Statuses),
		wake:       make(chan struct{}, 1),
		register:   newRegister(),
		directory:  newDirectory(),
	}
	x.state.Store(&state{dictionary: x.register.dictionary, vocabulary: &o.Vocabulary, classes: &x.classes})
	return x, nil
}

// Ready tells whether a Load has succeeded. Until then answers would be empty for the wrong reason.
func (x *Index) Ready() bool { return x.ready.Load() }

// PointsFrom is the first zoom that has the layer items.
func (x *Index) PointsFrom() int { return int(x.pointsFrom) }

// Vocabulary gives the names as they stand. Not to be changed.
func (x *Index) Vocabulary() *Vocabulary { return x.state.Load().vocabulary }

// NameCategories replaces the names of categories, after somebody edited them.
func (x *Index) NameCategories(names map[int32]string) {
	x.writer.Lock()
	defer x.writer.Unlock()
	next := *x.state.Load()
	if maps.Equal(next.vocabulary.Categories, names) {
		return
	}
	v := *next.vocabulary
	v.Categories = maps.Clone(names)
	next.vocabulary = &v
	x.state.Store(&next)
	x.versions.bumpAll()
}

// Load replaces everything by the items of an iterator, at start or (in the background: readers go on with the old state) after the database
// has become another one. If the iterator or the context fails, or an item comes twice, nothing is replaced. Changes applied while
// Load runs are lost: apply whatever happened after the snapshot again when it is done.
func (x *Index) Load(ctx context.Context, items iter.Seq2[Item, error]) error {
	publish, err := x.Prepare(ctx, items)
	if err == nil {
		publish()
	}
	return err
}

// Prepare is Load up to the moment at which everything is replaced; that is done by publish, for who must know first whether what the items come from
// ended well.
func (x *Index) Prepare(ctx context.Context, items iter.Seq2[Item, error]) (publish func(), err error) {
	reg, dir := newRegister(), newDirectory()
	var rows heap
	for item, err := range items {
		if err != nil {
			return nil, fmt.Errorf("tiles: load: %w", err)
		}
		r := reg.row(&item)
		if dir.cell(r.number) != 0 {
			return nil, fmt.Errorf("tiles: load: item %d of kind %d comes twice", item.ID, item.Kind)
		}
		dir.set(r.number, r.cell)
		if rows.add(r); dir.count%10_000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	roots := plant(&rows, &x.classes, &reg.dictionary)
	return func() {
		x.writer.Lock()
		defer x.writer.Unlock()
		next := *x.state.Load()
		next.dictionary, next.roots, next.items = reg.dictionary, roots, dir.count
		x.register, x.directory = reg, dir
		x.state.Store(&next)
		x.versions.bumpAll()
		x.ready.Store(true)
	}, nil
}

// Size tells how much the index holds, for those who watch over the machine.
type Size struct {
	Items  int // of any visibility
	Chunks int
	Deltas int // rows added to leaves or taken from them that wait to be folded
}

// Size measures the index.
func (x *Index) Size() Size {
	s := x.state.Load()
	size := Size{Items: s.items}
	for l := range s.leaves(nil) {
		size.Chunks++
		size.Deltas += len(l.deltas)
	}
	return size
}
