package tiles

import (
	"encoding/binary"
	"slices"
)

// profile is what many items have in common. A filter is decided once for each profile instead of once for each item.
type profile struct {
	kind       Kind
	status     uint8
	visibility Visibility
	category   int32
	service    int32
}

// dictionary is what a reader needs to understand the numbers in rows. It only grows, so that a reader's copy of it stays right.
type dictionary struct {
	profiles []profile
	zones    [][]int32 // sets of zones, each sorted; the first one is empty
}

// register is the writer's side of a dictionary: it finds the number of what is already there.
type register struct {
	dictionary
	profileOf map[profile]uint32
	zonesOf   map[string]uint32
	key       []byte
	sorted    []int32
}

func newRegister() *register {
	r := &register{profileOf: map[profile]uint32{}, zonesOf: map[string]uint32{"": 0}}
	r.zones = [][]int32{nil}
	return r
}

// profile gives the number of a profile.
func (r *register) profile(p profile) uint32 {
	n, ok := r.profileOf[p]
	if !ok {
		n = uint32(len(r.profiles))
		r.profiles = append(r.profiles, p)
		r.profileOf[p] = n
	}
	return n
}

// zoneSet gives the number of a set of zones, in whatever order and however often they are named.
func (r *register) zoneSet(zones []int32) uint32 {
	r.sorted = append(r.sorted[:0], zones...)
	slices.Sort(r.sorted)
	r.sorted = slices.Compact(r.sorted)
	r.key = r.key[:0]
	for _, z := range r.sorted {
		r.key = binary.LittleEndian.AppendUint32(r.key, uint32(z))
	}
	n, ok := r.zonesOf[string(r.key)]
	if !ok {
		n = uint32(len(r.zones))
		r.zones = append(r.zones, slices.Clone(r.sorted))
		r.zonesOf[string(r.key)] = n
	}
	return n
}

// row turns an item into a row.
func (r *register) row(i *Item) row {
	return row{
		cell:   i.Cell,
		number: i.Key().number(),
		at:     i.Position,
		profile: r.profile(profile{
			kind: i.Kind, status: i.Status, visibility: i.Visibility, category: i.Category, service: i.Service,
		}),
		zones:   r.zoneSet(i.Zones),
		created: i.Created,
		closed:  seconds(i.Closed),
		due:     seconds(i.Due),
	}
}

// item turns a row back into an item, for those who watch changes.
func (d *dictionary) item(r row) *Item {
	p, key := d.profiles[r.profile], keyOf(r.number)
	return &Item{
		Kind: key.Kind, ID: key.ID, Position: r.at, Cell: r.cell,
		Category: p.category, Status: p.status, Service: p.service, Zones: d.zones[r.zones], Visibility: p.visibility,
		Created: r.created, Closed: int64(r.closed), Due: int64(r.due),
	}
}

// seconds narrows a time that no filter looks at to the years 1970…2106. 0 means none.
func seconds(t int64) uint32 { return uint32(max(0, min(t, 1<<32-1))) }
