package demo

// courts builds within the blocks: workshops and back houses behind the rows, and the schools and the hospital on their own ground.
func (b *builder) courts(blocks []*block) {
	for _, k := range blocks {
		switch k.use {
		case living:
			if k.district == 0 {
				continue
			}
			switch districts[k.district-1].style {
			case medieval:
				b.fill(k, 9, 50, 5.5, 6, 13)
			case terraced:
				b.fill(k, 15, 17, 6, 7, 22)
			}
		case school, college, hospital:
			b.campus(k)
		}
	}
}

// fill sets small houses on a grid of so many metres, with a likelihood in a hundred, at least so far from any street.
func (b *builder) fill(k *block, grid float64, likely int, size, more, far float64) {
	around := boxOf(k.ring...)
	for y := around.low.y; y < around.high.y; y += grid {
		for x := around.low.x; x < around.high.x; x += grid {
			at := vec{x + b.c.between(-2, 2), y + b.c.between(-2, 2)}
			wide, deep := size+b.c.between(0, more), size+b.c.between(0, more*0.7)
			if !b.c.in(likely) || !k.ring.holds(at) {
				continue
			}
			d, s := k.ring.nearest(at)
			if d < far {
				continue
			}
			_, along := k.ring.at(s)
			q := rectangle(at, along, wide, deep)
			if b.stand(q) && !b.onLawn(q) {
				b.put(q)
				b.houses = append(b.houses, q.closed().snap())
			}
		}
	}
}

// campus sets long wings along the longer sides of a block.
func (b *builder) campus(k *block) {
	n := k.ring.length()
	wings := 0
	for s := 0.0; s < n && wings < 6; s += 38 {
		on, along := k.ring.at(s)
		q := rectangle(on.add(along.left().mul(27)), along, b.c.between(30, 46), b.c.between(11, 15))
		inside := true
		for _, v := range q {
			inside = inside && k.ring.holds(v)
		}
		if inside && b.stand(q) {
			b.put(q)
			b.houses = append(b.houses, q.closed().snap())
			wings++
			s += 25
		}
	}
}

// rectangle gives the corners of a house by its middle and the direction of its longer side.
func rectangle(middle, along vec, wide, deep float64) line {
	u, v := along.mul(wide/2), along.left().mul(deep/2)
	return line{middle.sub(u).sub(v), middle.add(u).sub(v), middle.add(u).add(v), middle.sub(u).add(v)}
}
