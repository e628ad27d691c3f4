package reports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"quartier/reports/store"
)

// Service [service technique] handles reports.
type Service struct {
	ID             int32
	Slug           string
	NameFR, NameEN string
	Active         bool
}

// Category is what a report is about. Two levels: a category without Parent, and those below it.
type Category struct {
	ID, Parent     int32 // Parent 0: none
	Slug           string
	NameFR, NameEN string
	Icon, Colour   string // Maki icon, #RRGGBB
	Service        int32  // the responsible service; 0: none
	Attributes     []Attribute
	Private        bool // its reports are not public
	Active         bool
}

// Name gives the category's name in a language ("fr", "en").
func (c *Category) Name(tag string) string { return pick(tag, c.NameFR, c.NameEN) }

// Name gives the service's name in a language ("fr", "en").
func (s *Service) Name(tag string) string { return pick(tag, s.NameFR, s.NameEN) }

func pick(tag, fr, en string) string {
	if tag == "en" {
		return en
	}
	return fr
}

// Catalogue is all categories and services at one moment. It is never changed: a new one takes its place.
type Catalogue struct {
	Categories []*Category // in order of display: each followed by those below it
	Services   []*Service
	category   map[int32]*Category
	slug       map[string]*Category
	service    map[int32]*Service
	serviceBy  map[string]*Service
}

// LoadCatalogue reads all categories and services, the inactive ones too: old reports name them.
func LoadCatalogue(ctx context.Context, tx pgx.Tx) (*Catalogue, error) {
	c := &Catalogue{category: map[int32]*Category{}, slug: map[string]*Category{}, service: map[int32]*Service{}, serviceBy: map[string]*Service{}}
	rows, err := tx.Query(ctx, categorySQL+categoryOrder)
	if err != nil {
		return nil, fmt.Errorf("load the categories: %w", err)
	}
	c.Categories, err = pgx.CollectRows(rows, categoryRow)
	if err != nil {
		return nil, fmt.Errorf("load the categories: %w", err)
	}
	rows, err = tx.Query(ctx, `select id, slug, name_fr, name_en, active from service order by name_fr, id`)
	if err != nil {
		return nil, fmt.Errorf("load the services: %w", err)
	}
	c.Services, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Service, error) {
		var one Service
		err := row.Scan(&one.ID, &one.Slug, &one.NameFR, &one.NameEN, &one.Active)
		return &one, err
	})
	if err != nil {
		return nil, fmt.Errorf("load the services: %w", err)
	}
	for _, one := range c.Categories {
		c.category[one.ID], c.slug[one.Slug] = one, one
	}
	for _, one := range c.Services {
		c.service[one.ID], c.serviceBy[one.Slug] = one, one
	}
	return c, nil
}

// categorySQL gives categories as categoryRow reads them; what a category does not say is said by the one above it.
const categorySQL = `
	select c.id, coalesce(c.parent_id, 0), c.slug, c.name_fr, c.name_en, c.icon, c.colour,
	       coalesce(c.service_id, p.service_id, 0), c.attributes, c.private or coalesce(p.private, false), c.active and coalesce(p.active, true)
	from category c
	left join category p on p.id = c.parent_id`

// categoryOrder is the order of display: each category followed by those below it.
const categoryOrder = `
	order by coalesce(p.rank, c.rank), coalesce(p.name_fr, c.name_fr), coalesce(p.id, c.id), p.id is not null, c.rank, c.name_fr, c.id`

func categoryRow(row pgx.CollectableRow) (*Category, error) {
	var one Category
	var attributes []byte
	err := row.Scan(&one.ID, &one.Parent, &one.Slug, &one.NameFR, &one.NameEN, &one.Icon, &one.Colour,
		&one.Service, &attributes, &one.Private, &one.Active)
	if err == nil {
		err = json.Unmarshal(attributes, &one.Attributes)
	}
	return &one, err
}

// slugForm is what slugs of categories look like; a text that is no slug need not be looked for.
var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,94}$`)

// readCategory reads the category of a slug as it stands; nil: there is none.
func readCategory(ctx context.Context, db *store.DB, slug string) (*Category, error) {
	if !slugForm.MatchString(slug) {
		return nil, nil
	}
	rows, err := db.Query(ctx, categorySQL+` where c.slug = @slug`, pgx.NamedArgs{"slug": slug})
	if err != nil {
		return nil, store.Explain(fmt.Errorf("read a category: %w", err))
	}
	one, err := pgx.CollectExactlyOneRow(rows, categoryRow)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, store.Explain(fmt.Errorf("read a category: %w", err))
	}
	return one, nil
}

// ReadCatalogue reads the catalogue in a transaction of its own.
func ReadCatalogue(ctx context.Context, db *store.DB) (c *Catalogue, err error) {
	err = db.Read(ctx, func(tx pgx.Tx) error {
		c, err = LoadCatalogue(ctx, tx)
		return err
	})
	return c, err
}

// Category gives the category of an id or nil.
func (c *Catalogue) Category(id int32) *Category { return c.category[id] }

// CategoryNamed gives the category of a slug or nil.
func (c *Catalogue) CategoryNamed(slug string) *Category { return c.slug[slug] }

// Service gives the service of an id or nil.
func (c *Catalogue) Service(id int32) *Service { return c.service[id] }

// ServiceNamed gives the service of a slug or nil.
func (c *Catalogue) ServiceNamed(slug string) *Service { return c.serviceBy[slug] }

// ServiceCalled gives the service that a timeline names, by its name in any language, or nil.
func (c *Catalogue) ServiceCalled(name string) *Service {
	for _, s := range c.Services {
		if name != "" && (s.NameFR == name || s.NameEN == name) {
			return s
		}
	}
	return nil
}

// Family gives the ids of a category and of those below it.
func (c *Catalogue) Family(one *Category) []int32 {
	ids := []int32{one.ID}
	for _, other := range c.Categories {
		if other.Parent == one.ID {
			ids = append(ids, other.ID)
		}
	}
	return ids
}
