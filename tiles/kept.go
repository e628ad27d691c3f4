package tiles

// kept is one answer.
type kept struct {
	key          string
	version      version
	answer       *Answer
	asked        uint32 // how often, since the answer was drawn
	size         int    // bytes
	newer, older *kept  // in the order of use
}

// Sizes of what belongs to an entry beside its key and the forms of its answer, in bytes as the allocator gives them.
const (
	keptBytes   = 80 + 44 // itself and its share of the map, which grows by doubling
	answerBytes = 96 + 96 // the answer and its tags
	formBytes   = 24      // the place of a brotli form
)

// bytes is the memory that an entry takes.
func (e *kept) bytes() int {
	n := keptBytes + (len(e.key)+15)&^15
	if e.answer.Empty {
		return n
	}
	n += answerBytes + cap(e.answer.Body)
	if form := e.answer.brotli.Load(); form != nil {
		n += formBytes + cap(*form)
	}
	return n
}

// lookup gives the kept answer if its version stands.
func (c *Cache) lookup(key []byte, v version) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[string(key)]
	if e == nil || e.version != v {
		return nil
	}
	c.hits++
	c.use(e)
	if e.asked++; e.asked%hotFrom == 0 && e.answer.BrotliTag != "" && e.answer.brotli.Load() == nil {
		select {
		case c.hot <- e.key:
		default:
		}
	}
	return e.answer
}

// peek gives the kept answer, however old, or nil.
func (c *Cache) peek(key string) *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil {
		return e.answer
	}
	return nil
}

// keep remembers an answer and makes room for it.
func (c *Cache) keep(key string, v version, a *Answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		e = &kept{key: key}
		e.newer, e.older = e, e
		c.entries[key] = e
	}
	if e.answer != a {
		e.answer, e.asked = a, 0
	}
	e.version = v
	c.use(e)
	c.weigh(e)
	c.shrink()
}

// use makes an entry the most recent.
func (c *Cache) use(e *kept) {
	e.newer.older, e.older.newer = e.older, e.newer
	e.newer, e.older = &c.ends, c.ends.older
	e.newer.older, e.older.newer = e, e
}

// weigh takes note of the size of an entry.
func (c *Cache) weigh(e *kept) {
	size := e.bytes()
	c.bytes += size - e.size
	e.size = size
}

// shrink forgets the least recent until the rest are within the limit. What is too large by itself goes at once and leaves the others.
func (c *Cache) shrink() {
	if newest := c.ends.older; newest != &c.ends && newest.size > c.limit {
		c.drop(newest)
	}
	for c.bytes > c.limit {
		c.drop(c.ends.newer)
	}
}

// drop forgets an entry.
func (c *Cache) drop(e *kept) {
	e.newer.older, e.older.newer = e.older, e.newer
	delete(c.entries, e.key)
	c.bytes -= e.size
}
