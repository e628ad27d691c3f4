package account

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/language"
)

// Limits of what a group says of itself, in characters.
const (
	MaxGroupName = 200
	maxAbout     = 2000
)

// Group [groupe] is people who act together: an association, a conseil de quartier, a team.
type Group struct {
	ID      int64
	Slug    string // in addresses; lasting
	Name    string
	About   string
	Version int // raised by each change
	Size    int // members
}

// Member is a person in a group.
type Member struct {
	Person
	Lead     bool // may speak and admit for the group
	JoinedAt time.Time
}

const groupSQL = `
	select g.id, g.slug, g.name, g.about, g.version, (select count(*) from group_member m where m.group_id = g.id)
	from person_group g`

// Groups gives all groups by name.
func (d *Directory) Groups(ctx context.Context, actor Actor) (list []Group, err error) {
	if err := actor.MayAdminister(); err != nil {
		return nil, err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, groupSQL+` order by g.name, g.id`)
		if err != nil {
			return fmt.Errorf("list the groups: %w", err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Group])
		return err
	})
	return list, err
}

// GroupsOf gives the groups that a person is in.
func (d *Directory) GroupsOf(ctx context.Context, actor Actor, person int64) (list []Group, err error) {
	if actor.Person != person {
		if err := actor.MayAdminister(); err != nil {
			return nil, err
		}
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, groupSQL+`
			join group_member own on own.group_id = g.id and own.person_id = @person
			order by g.name, g.id`, pgx.NamedArgs{"person": person})
		if err != nil {
			return fmt.Errorf("list the groups of person %d: %w", person, err)
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Group])
		return err
	})
	return list, err
}

// Group gives a group and its members: those who lead first, then in the order in which they came.
func (d *Directory) Group(ctx context.Context, actor Actor, id int64) (g Group, members []Member, err error) {
	if err := actor.MayAdminister(); err != nil {
		return Group{}, nil, err
	}
	err = d.DB.Read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, groupSQL+` where g.id = @id`, pgx.NamedArgs{"id": id})
		if err != nil {
			return fmt.Errorf("read group %d: %w", id, err)
		}
		if g, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Group]); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `
			select `+personColumns+`, m.lead, m.joined_at
			from group_member m
			join person p on p.id = m.person_id
			where m.group_id = @id and p.erased_at is null
			order by m.lead desc, m.joined_at, p.id`, pgx.NamedArgs{"id": id})
		if err != nil {
			return fmt.Errorf("list the members of group %d: %w", id, err)
		}
		members, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Member, err error) {
			m.Person, err = personRow(rest{row, []any{&m.Lead, &m.JoinedAt}})
			return m, err
		})
		return err
	})
	return g, members, err
}

// GroupNamed gives the id of the group of a slug. It fails with Invalid of the field group if there is none.
func (d *Directory) GroupNamed(ctx context.Context, actor Actor, slug string) (id int64, err error) {
	list, err := d.Groups(ctx, actor)
	for _, g := range list {
		if g.Slug == slug {
			return g.ID, nil
		}
	}
	if err == nil {
		err = fault.In("group", "error.group.unknown", fault.Args{"group": fault.Short(slug)})
	}
	return 0, err
}

// MakeGroup makes a group and gives its id. Its slug is made of the name; a second group of the same name gets a number.
func (d *Directory) MakeGroup(ctx context.Context, actor Actor, name, about string) (id int64, err error) {
	if err := actor.MayAdminister(); err != nil {
		return 0, err
	}
	if name, about, err = checkGroup(name, about); err != nil {
		return 0, err
	}
	err = d.DB.Write(ctx, func(tx pgx.Tx) error {
		var slug string
		err := tx.QueryRow(ctx, `
			insert into person_group (slug, name, about, created_at)
			select slug, @name, @about, @now
			from (
			  select case n when 1 then @slug else @slug || '-' || n end as slug, n
			  from generate_series(1, 1000) n
			) candidate
			where slug not in (select slug from person_group)
			order by n
			limit 1
			returning id, slug`,
			pgx.NamedArgs{"slug": language.Slug(name, 50), "name": name, "about": about, "now": d.Now()}).Scan(&id, &slug)
		if err != nil {
			return fmt.Errorf("make a group: %w", err)
		}
		return Audit(ctx, tx, actor, "group.make", groupSubject(id), map[string]any{"slug": slug})
	})
	return id, err
}

// ChangeGroup changes what a group says of itself. It fails with Conflict when somebody else has changed it since the version.
func (d *Directory) ChangeGroup(ctx context.Context, actor Actor, id int64, version int, name, about string) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	name, about, err := checkGroup(name, about)
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var now int
		err := tx.QueryRow(ctx, `select version from person_group where id = @id for update`, pgx.NamedArgs{"id": id}).Scan(&now)
		if err != nil {
			return fmt.Errorf("change group %d: %w", id, err)
		}
		if now != version {
			return fault.Stale()
		}
		_, err = tx.Exec(ctx, `update person_group set name = @name, about = @about, version = version + 1 where id = @id`,
			pgx.NamedArgs{"id": id, "name": name, "about": about})
		if err != nil {
			return fmt.Errorf("change group %d: %w", id, err)
		}
		return Audit(ctx, tx, actor, "group.change", groupSubject(id), nil)
	})
}

func checkGroup(name, about string) (string, string, error) {
	var check fault.Check
	name = check.Required("name", name, MaxGroupName)
	about = check.Text("about", about, maxAbout, true)
	return name, about, check.Err()
}

// AddMember takes the person of an address into a group, or changes whether they lead it.
func (d *Directory) AddMember(ctx context.Context, actor Actor, group int64, address string, lead bool) error {
	return d.member(ctx, actor, group, "group.member.add", lead, func(tx pgx.Tx) (int64, error) {
		p, err := called(ctx, tx, address)
		if err != nil {
			return 0, err
		}
		_, err = tx.Exec(ctx, `
			insert into group_member (group_id, person_id, lead, joined_at) values (@group, @person, @lead, @now)
			on conflict (group_id, person_id) do update set lead = excluded.lead`,
			pgx.NamedArgs{"group": group, "person": p.ID, "lead": lead, "now": d.Now()})
		return p.ID, err
	})
}

// SetLead says whether a member leads a group.
func (d *Directory) SetLead(ctx context.Context, actor Actor, group, person int64, lead bool) error {
	return d.member(ctx, actor, group, "group.member.change", lead, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, `update group_member set lead = @lead where group_id = @group and person_id = @person`,
			pgx.NamedArgs{"group": group, "person": person, "lead": lead})
		if err == nil && tag.RowsAffected() == 0 {
			err = fault.Missing()
		}
		return person, err
	})
}

// RemoveMember takes a person out of a group.
func (d *Directory) RemoveMember(ctx context.Context, actor Actor, group, person int64) error {
	return d.member(ctx, actor, group, "group.member.remove", false, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, `delete from group_member where group_id = @group and person_id = @person`, pgx.NamedArgs{"group": group, "person": person})
		if err == nil && tag.RowsAffected() == 0 {
			err = fault.Missing()
		}
		return person, err
	})
}

// member changes who is in a group and notes it in the audit.
func (d *Directory) member(ctx context.Context, actor Actor, group int64, action string, lead bool, change func(pgx.Tx) (int64, error)) error {
	if err := actor.MayAdminister(); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx pgx.Tx) error {
		var there bool
		err := tx.QueryRow(ctx, `select exists (select from person_group where id = @id)`, pgx.NamedArgs{"id": group}).Scan(&there)
		if err == nil && !there {
			return fault.Missing()
		}
		var person int64
		if err == nil {
			person, err = change(tx)
		}
		if err != nil {
			return fmt.Errorf("change the members of group %d: %w", group, err)
		}
		return Audit(ctx, tx, actor, action, groupSubject(group), map[string]any{"person": person, "lead": lead})
	})
}

// groupSubject names a group in the audit.
func groupSubject(id int64) string { return fmt.Sprintf("group/%d", id) }
