package importing

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/language"
	"quartier/reports/store"
)

// classifier gives each pair of type and sub-type that occurs in a file a number. Which categories they are is settled when it is known which of
// them reports are taken of: nothing is made for rows that are refused.
type classifier struct {
	m     *CategoryMap
	kinds []kindOf
	seen  map[kindOf]int
}

// kindOf is what a row says about its category: our slug, or type and sub-type.
type kindOf struct{ slug, kind, sub string }

func newClassifier(m *Mapping) *classifier { return &classifier{m: m.Category, seen: map[kindOf]int{}} }

// of gives the number of a record's kind.
func (c *classifier) of(values []string) (int, *refusal) {
	k := kindOf{slug: c.m.Slug.of(values), kind: oneLine(c.m.Type.of(values)), sub: oneLine(c.m.Subtype.of(values))}
	if n, ok := c.seen[k]; ok {
		return n, nil
	}
	if k.slug == "" && k.kind == "" {
		return 0, &refusal{reasonNoCategory, ""}
	}
	for _, text := range []*string{&k.kind, &k.sub} {
		if no := checkText(text, "category", maxCategory, false); no != nil {
			return 0, no
		}
	}
	n := len(c.kinds)
	c.kinds = append(c.kinds, k)
	c.seen[k] = n
	return n, nil
}

// maxCategory is the most characters that a type or a sub-type may have.
const maxCategory = 200

// category is a category as it stands, or as it is to be made.
type category struct {
	id      int32
	parent  int32 // 0: none
	slug    string
	fr, en  string
	service int32
	private bool
}

// settler makes the categories that are missing.
type settler struct {
	tx    pgx.Tx
	known map[string]*category // by slug
	made  []int32
}

// settle finds or makes the category of every kind in use, and gives them by the number of the kind; nil for kinds that are not in use. Those that
// are made are logged for the readers that hold the catalogue.
func (c *classifier) settle(ctx context.Context, tx pgx.Tx, used []int) (settled []*category, made int, err error) {
	s := &settler{tx: tx}
	if s.known, err = loadCategories(ctx, tx); err != nil {
		return nil, 0, err
	}
	settled = make([]*category, len(c.kinds))
	for _, n := range used {
		k := c.kinds[n]
		if k.slug != "" {
			settled[n] = s.known[k.slug]
			continue
		}
		top, err := s.ensure(ctx, c.top(k.kind), nil)
		if err != nil {
			return nil, 0, err
		}
		settled[n] = top
		if k.sub == "" || k.sub == k.kind || top.parent != 0 {
			continue // there are two levels: a type that is below another has nothing below it
		}
		if settled[n], err = s.ensure(ctx, c.below(k.sub, top), top); err != nil {
			return nil, 0, err
		}
	}
	if len(s.made) == 0 {
		return settled, 0, nil
	}
	change := store.Change{Kind: reports.KindCategory, First: int64(slices.Min(s.made)), Last: int64(slices.Max(s.made))}
	return settled, len(s.made), store.Append(ctx, tx, change)
}

// strangers gives the kinds that name a category by a slug that we do not have.
func (c *classifier) strangers(ctx context.Context, tx pgx.Tx) ([]int, error) {
	if c.m.Slug == nil {
		return nil, nil
	}
	known, err := loadCategories(ctx, tx)
	if err != nil {
		return nil, err
	}
	var list []int
	for n, k := range c.kinds {
		if known[k.slug] == nil {
			list = append(list, n)
		}
	}
	return list, nil
}

// loadCategories gives all categories by slug.
func loadCategories(ctx context.Context, tx pgx.Tx) (map[string]*category, error) {
	rows, err := tx.Query(ctx, `
		select c.id, coalesce(c.parent_id, 0), c.slug, coalesce(c.service_id, p.service_id, 0), c.private or coalesce(p.private, false), c.name_fr
		from category c
		left join category p on p.id = c.parent_id`)
	if err != nil {
		return nil, fmt.Errorf("load the categories: %w", err)
	}
	known := map[string]*category{}
	var one category
	_, err = pgx.ForEachRow(rows, []any{&one.id, &one.parent, &one.slug, &one.service, &one.private, &one.fr}, func() error {
		copied := one
		known[one.slug] = &copied
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load the categories: %w", err)
	}
	return known, nil
}

// top is the category of a type.
func (c *classifier) top(kind string) category {
	ref, listed := c.m.Types[kind]
	if !listed && c.m.Default != "" {
		ref = CategoryRef{Slug: c.m.Default}
	}
	if ref.Slug == "" {
		ref.Slug = slug(kind, "")
	}
	return named(ref, kind)
}

// below is the category of a sub-type.
func (c *classifier) below(sub string, top *category) category {
	ref := c.m.Subtypes[sub]
	if ref.Slug == "" {
		ref.Slug = slug(sub, top.slug+"-")
	}
	return named(ref, sub)
}

// named fills names that are not given with the source's own.
func named(ref CategoryRef, text string) category {
	one := category{slug: ref.Slug, fr: ref.FR, en: ref.EN}
	if one.fr == "" {
		one.fr = text
	}
	if one.en == "" {
		one.en = text
	}
	return one
}

// maxSlug is the most letters of a category's slug.
const maxSlug = 95

// slug makes a slug of a text: its words folded, joined by hyphens; a text that is too long or has no letters is told apart by a number.
func slug(text, prefix string) string {
	ascii := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return ' '
	}, language.Fold(text))
	made := prefix + strings.Join(strings.Fields(ascii), "-")
	if made != prefix && len(made) <= maxSlug {
		return made
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(text)) // a hash takes all
	number := strconv.FormatUint(uint64(hash.Sum32()), 36)
	if made == prefix {
		return prefix + "x" + number
	}
	return strings.TrimRight(made[:maxSlug-len(number)-1], "-") + "-" + number
}

// ensure gives the category of the slug; if there is none it is made, with icon, colour, service and deadline of the one above.
func (s *settler) ensure(ctx context.Context, one category, above *category) (*category, error) {
	if there := s.known[one.slug]; there != nil {
		return there, nil
	}
	if above != nil {
		one.parent, one.service, one.private = above.id, above.service, above.private
	}
	err := s.tx.QueryRow(ctx, `
		insert into category (parent_id, slug, name_fr, name_en, icon, colour, service_id, deadline_hours, private, rank)
		select p.id, @slug, @fr, @en, coalesce(p.icon, 'marker'), coalesce(p.colour, '#59626D'), p.service_id, p.deadline_hours,
		       coalesce(p.private, false), 100
		from (select) one left join category p on p.id = @above
		returning id`,
		pgx.NamedArgs{"slug": one.slug, "fr": one.fr, "en": one.en, "above": one.parent}).Scan(&one.id)
	if err != nil {
		return nil, fmt.Errorf("make category %s: %w", one.slug, err)
	}
	s.known[one.slug] = &one
	s.made = append(s.made, one.id)
	return &one, nil
}
