package reports

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/store"
)

// KindCategory is the word for categories in the change log. A reader that sees it loads the catalogue again.
const KindCategory = "category"

// Limits of what a category says.
const (
	MaxDeadline  = 9999 // hours
	MaxDuplicate = 5000 // metres
	MaxRank      = 9999
)

// CategoryEdit is a category as an administrator makes or changes it.
type CategoryEdit struct {
	ID              int32  // 0: a new one
	Parent          int32  // 0: of the first level
	Slug            string // lasting; of a new one: empty, made of the French name
	NameFR, NameEN  string
	Icon            string // name in the sprite
	Colour          string // #RRGGBB
	Service         int32  // 0: the one of the category above, or none
	Attributes      []Attribute
	DeadlineHours   int // to resolve; 0: none
	DeadlineWorking bool
	Private         bool
	DuplicateRadius int // metres
	EvidenceNeeded  bool
	Active          bool
	Rank            int // order within its level
	Version         int // of the state that is changed
}

const categoryEditSQL = `
	select c.id, coalesce(c.parent_id, 0), c.slug, c.name_fr, c.name_en, c.icon, c.colour, coalesce(c.service_id, 0), c.attributes,
	       coalesce(c.deadline_hours, 0), c.deadline_working, c.private, c.duplicate_radius_m, c.evidence_needed, c.active, c.rank, c.version
	from category c
	left join category p on p.id = c.parent_id`

func categoryEditRow(row pgx.CollectableRow) (CategoryEdit, error) {
	var e CategoryEdit
	var attributes []byte
	err := row.Scan(&e.ID, &e.Parent, &e.Slug, &e.NameFR, &e.NameEN, &e.Icon, &e.Colour, &e.Service, &attributes,
		&e.DeadlineHours, &e.DeadlineWorking, &e.Private, &e.DuplicateRadius, &e.EvidenceNeeded, &e.Active, &e.Rank, &e.Version)
	if err == nil {
		err = json.Unmarshal(attributes, &e.Attributes)
	}
	return e, err
}

// Categories gives all categories to be changed, each followed by those below it.
func (r *Register) Categories(ctx context.Context, actor account.Actor) (list []CategoryEdit, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, err
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, categoryEditSQL+categoryOrder)
		if err != nil {
			return fmt.Errorf("list the categories: %w", err)
		}
		list, err = pgx.CollectRows(rows, categoryEditRow)
		return err
	})
	return list, err
}

// Category gives a category to be changed.
func (r *Register) Category(ctx context.Context, actor account.Actor, id int32) (e CategoryEdit, err error) {
	if err := actor.MayAdminister(); err != nil {
		return e, err
	}
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, categoryEditSQL+` where c.id = @id`, pgx.NamedArgs{"id": id})
		if err != nil {
			return fmt.Errorf("read category %d: %w", id, err)
		}
		e, err = pgx.CollectExactlyOneRow(rows, categoryEditRow)
		return err
	})
	return e, err
}

var (
	colourForm = regexp.MustCompile(`^#[0-9A-F]{6}$`)
	iconForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)
)

// check checks a category by itself and gives its texts in the form that is kept.
func (e *CategoryEdit) check() error {
	var check fault.Check
	e.NameFR = check.Required("name_fr", e.NameFR, MaxCalled)
	e.NameEN = check.Required("name_en", e.NameEN, MaxCalled)
	if e.ID == 0 {
		e.Slug = slugOf(&check, e.Slug, e.NameFR)
	}
	if !iconForm.MatchString(e.Icon) {
		check.Add("icon", "error.choice", nil)
	}
	e.Colour = strings.ToUpper(e.Colour)
	switch {
	case !colourForm.MatchString(e.Colour):
		check.Add("colour", "error.colour", nil)
	case !dark(e.Colour):
		check.Add("colour", "error.colour.light", nil)
	}
	for _, n := range []struct {
		field       string
		value, most int
	}{{"deadline_hours", e.DeadlineHours, MaxDeadline}, {"duplicate_radius", e.DuplicateRadius, MaxDuplicate}, {"rank", e.Rank, MaxRank}} {
		if n.value < 0 || n.value > n.most {
			check.Add(n.field, "error.parameter.number", fault.Args{"least": 0, "most": n.most})
		}
	}
	checkQuestions(&check, e.Attributes)
	return check.Err()
}

// dark tells whether a white icon can be seen on a colour: a contrast of 3:1 (WCAG 2.2, 1.4.11).
func dark(colour string) bool {
	rgb, _ := strconv.ParseUint(colour[1:], 16, 32)
	part := func(shift int) float64 { // linear, by the square for 2.4: the difference is none that is seen
		v := float64(rgb>>shift&0xFF) / 255
		return v * v
	}
	return 1.05/(0.2126*part(16)+0.7152*part(8)+0.0722*part(0)+0.05) >= 3
}

// checkBeside checks a category with the others: the one above it, and the service.
func (e *CategoryEdit) checkBeside(ctx context.Context, tx pgx.Tx) error {
	var parent, below, service bool
	err := tx.QueryRow(ctx, `
		select @parent = 0 or exists (select from category where id = @parent and parent_id is null and id <> @id),
		       @parent <> 0 and exists (select from category where parent_id = @id),
		       @service = 0 or exists (select from service where id = @service)`,
		pgx.NamedArgs{"id": e.ID, "parent": e.Parent, "service": e.Service}).Scan(&parent, &below, &service)
	if err != nil {
		return fmt.Errorf("check a category: %w", err)
	}
	var check fault.Check
	switch {
	case !parent:
		check.Add("parent", "error.choice", nil)
	case below:
		check.Add("parent", "error.category.levels", nil)
	}
	if !service {
		check.Add("service", "error.choice", nil)
	}
	return check.Err()
}

// SaveCategory makes a category, or changes it, and gives its id. When it becomes private, so do its reports that are public and those of the categories
// below; when it ceases to be, they stay as they are: what was filed in confidence is not published. It fails with Invalid for what will not do, with Conflict
// when somebody else has changed it since its version.
func (r *Register) SaveCategory(ctx context.Context, actor account.Actor, e CategoryEdit) (id int32, err error) {
	if err := actor.MayAdminister(); err != nil {
		return 0, err
	}
	if err := e.check(); err != nil {
		return 0, err
	}
	err = r.DB.Write(ctx, func(tx pgx.Tx) error {
		id, err = saveCategory(ctx, tx, actor, e)
		return err
	})
	return id, err
}

func saveCategory(ctx context.Context, tx pgx.Tx, actor account.Actor, e CategoryEdit) (int32, error) {
	// Two levels hold only if nobody moves the category above meanwhile.
	if _, err := tx.Exec(ctx, `lock table category in share row exclusive mode`); err != nil {
		return 0, fmt.Errorf("change the categories: %w", err)
	}
	if e.ID != 0 {
		if err := current(ctx, tx, "category", e.ID, e.Version); err != nil {
			return 0, err
		}
	}
	if err := e.checkBeside(ctx, tx); err != nil {
		return 0, err
	}
	attributes, err := json.Marshal(append([]Attribute{}, e.Attributes...)) // [] and not null
	if err != nil {
		return 0, fmt.Errorf("write the questions of a category: %w", err)
	}
	args := pgx.NamedArgs{"id": e.ID, "parent": e.Parent, "slug": e.Slug, "fr": e.NameFR, "en": e.NameEN, "icon": e.Icon, "colour": e.Colour,
		"service": e.Service, "attributes": attributes, "hours": e.DeadlineHours, "working": e.DeadlineWorking, "private": e.Private,
		"radius": e.DuplicateRadius, "evidence": e.EvidenceNeeded, "active": e.Active, "rank": e.Rank}
	action, sql := "category.make", `
		insert into category (parent_id, slug, name_fr, name_en, icon, colour, service_id, attributes, deadline_hours, deadline_working, private,
		                      duplicate_radius_m, evidence_needed, active, rank)
		values (nullif(@parent, 0), @slug, @fr, @en, @icon, @colour, nullif(@service, 0), @attributes, nullif(@hours, 0), @working, @private,
		        @radius, @evidence, @active, @rank)
		on conflict (slug) do nothing
		returning id, slug`
	if e.ID != 0 {
		action, sql = "category.change", `
			update category
			set parent_id = nullif(@parent, 0), name_fr = @fr, name_en = @en, icon = @icon, colour = @colour, service_id = nullif(@service, 0),
			    attributes = @attributes, deadline_hours = nullif(@hours, 0), deadline_working = @working, private = @private,
			    duplicate_radius_m = @radius, evidence_needed = @evidence, active = @active, rank = @rank, version = version + 1
			where id = @id
			returning id, slug`
	}
	id, err := saved(ctx, tx, sql, args, &e.Slug)
	if err != nil {
		return 0, err
	}
	hidden, err := keepPrivate(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if err := store.Append(ctx, tx, store.Change{Kind: KindCategory, First: int64(id), Last: int64(id)}); err != nil {
		return 0, err
	}
	return id, account.Audit(ctx, tx, actor, action, fmt.Sprintf("category/%d", id),
		map[string]any{"slug": e.Slug, "active": e.Active, "private": e.Private, "questions": len(e.Attributes), "reports": hidden})
}

// runOf is the number of ids within which changed reports are logged as one run: the log stays short when all change.
const runOf = 1024

// keepPrivate makes the public reports of a category and those below it private if the category is, with their parts, and gives their number.
func keepPrivate(ctx context.Context, tx pgx.Tx, category int32) (total int64, err error) {
	if _, err := tx.Exec(ctx, `set local statement_timeout = 0`); err != nil {
		return 0, fmt.Errorf("make reports private: %w", err)
	}
	rows, err := tx.Query(ctx, `
		with changed as (
		  update report r
		  set visibility = 'private'
		  from category c
		  left join category p on p.id = c.parent_id
		  where r.category_id = c.id and r.visibility = 'public' and (c.id = @id or c.parent_id = @id) and (c.private or coalesce(p.private, false))
		  returning r.id
		),
		parts as (
		  update report r
		  set visibility = 'private'
		  from changed w
		  where r.parent_id = w.id and r.visibility = 'public' and not exists (select from changed c where c.id = r.id)
		  returning r.id
		)
		select min(id), max(id), count(*) from (select id from changed union all select id from parts) a group by id / @run order by 1`, pgx.NamedArgs{"id": category, "run": int64(runOf)})
	if err != nil {
		return 0, fmt.Errorf("make reports private: %w", err)
	}
	type changed struct{ First, Last, Count int64 }
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[changed])
	if err != nil {
		return 0, fmt.Errorf("make reports private: %w", err)
	}
	for _, c := range runs {
		total += c.Count
		if err := store.Append(ctx, tx, store.Change{Kind: Kind, First: c.First, Last: c.Last}); err != nil {
			return 0, err
		}
	}
	return total, nil
}
