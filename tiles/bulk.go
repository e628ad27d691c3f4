package tiles

import "quartier/geo"

// newBulk makes the ledger of a group: all rows of its leaves, whose cells no longer matter, by time. nil: they have more profiles than keys.
func newBulk(leaves []*leaf, classes *[256]uint8, d *dictionary) *ledger {
	n := 0
	for _, l := range leaves {
		n += l.len() + len(l.deltas)
	}
	number, at, created := make([]uint64, 0, n), make([]geo.Position, 0, n), make([]int64, 0, n)
	keys := make([]uint32, 0, n)
	profiles, zones := newNumbering(len(d.profiles)), newNumbering(len(d.zones))
	for _, l := range leaves {
		gone, added := l.settle(nil)
		for i := range l.len() {
			if gone.has(i) {
				continue
			}
			number, at, created = append(number, l.number[i]), append(at, l.at[i]), append(created, l.created[i])
			keys = append(keys, uint32(profiles.of(l.profiles[l.key[i]])))
			zones.of(l.zoneSets[l.zone[i]])
		}
		for i := range added {
			r := &added[i]
			number, at, created = append(number, r.number), append(at, r.at), append(created, r.created)
			keys = append(keys, uint32(profiles.of(r.profile)))
			zones.of(r.zones)
		}
	}
	n = len(number)
	if n == 0 || len(profiles.known) > maxKeys {
		return nil
	}
	b := &ledger{
		profiles: profiles.list(), zoneSets: zones.list(), box: boxAround(at),
		number: make([]uint64, n), at: make([]geo.Position, n), created: make([]int64, n), keys: make([]uint16, n),
	}
	for i, p := range byTime(created) {
		b.number[i], b.at[i], b.created[i], b.keys[i] = number[p], at[p], created[p], uint16(keys[p])
	}
	b.write(limits.bulkLines, classes, d)
	return b
}
