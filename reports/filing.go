package reports

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/place"
	"quartier/reports/store"
	"quartier/reports/zone"
)

// Filing is what somebody tells when filing a report.
type Filing struct {
	UUID        uuid.UUID // made by the client, or by us where the client does not
	Category    string    // slug
	Title       string
	Description string
	Position    geo.Position
	Address     string // in words; empty: the nearest known address
	Email       string // kept apart from the report
	Attributes  map[string]string
	Channel     string // web, phone, desk, paper, open311
	// Wrong is what was found wrong while the filing was read; the rest is checked all the same, so that everything is told at once.
	Wrong fault.Check
}

// Receipt is what who filed is given.
type Receipt struct {
	ID       int64 // public number
	UUID     uuid.UUID
	Token    store.Token // of the write: reads that carry it see the report
	Repeated bool        // the same filing had come before; nothing was written
}

// Register is the record of all reports.
type Register struct {
	DB *store.DB
	// ServedArea, if not nil, refuses reports outside it.
	ServedArea *ServedArea
	// Now is the clock.
	Now func() time.Time
}

// File validates a filing and stores it with its first timeline entry. What is wrong is told field by field; a filing whose uuid came before
// gives the first receipt if the content is the same and a Conflict otherwise.
func (r *Register) File(ctx context.Context, actor account.Actor, f Filing) (Receipt, error) {
	catalogue, err := ReadCatalogue(ctx, r.DB)
	if err != nil {
		return Receipt{}, err
	}
	category, err := f.validate(catalogue)
	if err != nil {
		return Receipt{}, err
	}
	digest := f.digest() // of what was sent, before we add to it
	if f.Address == "" {
		nearest, _, found, err := place.Nearest(ctx, r.DB, actor, f.Position)
		if err != nil {
			return Receipt{}, err
		}
		if found {
			f.Address = nearest.Label()
		}
	}
	var receipt Receipt
	file := func() error {
		return r.DB.Write(ctx, func(tx pgx.Tx) (err error) {
			receipt, err = r.file(ctx, tx, actor, f, digest, category)
			return err
		})
	}
	err = file()
	if store.Constraint(err) == "report_uuid_key" { // the same filing came twice at once; the other one is stored now
		err = file()
	}
	return receipt, err
}

// validate checks every field, puts the texts in their stored form and gives the category.
func (f *Filing) validate(c *Catalogue) (*Category, error) {
	check := f.Wrong
	category := c.CategoryNamed(f.Category)
	switch {
	case f.Category == "":
		check.Add("category", "error.required", nil)
	case category == nil || !category.Active:
		check.Add("category", "error.category.unknown", fault.Args{"category": fault.Short(f.Category)})
	}
	if f.Title = CheckText(&check, "title", f.Title, MaxTitle, false); f.Title == "" && !check.Has("title") {
		check.Add("title", "error.required", nil)
	}
	f.Description = CheckText(&check, "description", f.Description, MaxDescription, true)
	f.Address = CheckText(&check, "address", f.Address, MaxAddress, false)
	f.Email = checkEmail(&check, "email", f.Email)
	if category != nil {
		category.checkAnswers(&check, f.Attributes)
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	return category, nil
}

// checkAnswers checks the answers to the extra questions of a category.
func (c *Category) checkAnswers(check *fault.Check, answers map[string]string) {
	for _, code := range slices.Sorted(maps.Keys(answers)) {
		if !slices.ContainsFunc(c.Attributes, func(a Attribute) bool { return a.Code == code }) {
			check.Add("attributes", "error.attribute.unknown", fault.Args{"attribute": fault.Short(code)})
		}
		answers[code] = CheckText(check, "attributes", answers[code], MaxDescription, true)
	}
	for _, a := range c.Attributes {
		if a.Required && answers[a.Code] == "" {
			check.Add("attributes", "error.attribute.required", fault.Args{"attribute": a.Code})
		}
	}
}

// digest recognises a repeated filing.
func (f *Filing) digest() []byte {
	content, err := json.Marshal([]any{f.Category, f.Title, f.Description, f.Position, f.Address, f.Email, orEmpty(f.Attributes)})
	if err != nil {
		panic(err) // strings and numbers only
	}
	sum := sha256.Sum256(content)
	return sum[:]
}

func (r *Register) file(ctx context.Context, tx pgx.Tx, actor account.Actor, f Filing, digest []byte, category *Category) (Receipt, error) {
	token, err := store.CurrentToken(ctx, tx)
	if err != nil {
		return Receipt{}, err
	}
	var id int64
	var known []byte
	err = tx.QueryRow(ctx, `select id, filing_sha256 from report where uuid = @uuid`, pgx.NamedArgs{"uuid": f.UUID}).Scan(&id, &known)
	switch {
	case err == nil && slices.Equal(known, digest):
		return Receipt{ID: id, UUID: f.UUID, Token: token, Repeated: true}, nil
	case err == nil:
		return Receipt{}, &fault.Error{Kind: fault.Conflict, Word: "error.uuid_taken"}
	case err != pgx.ErrNoRows:
		return Receipt{}, fmt.Errorf("look for the filing: %w", err)
	}
	zones, err := r.locate(ctx, tx, f.Position)
	if err != nil {
		return Receipt{}, err
	}
	visibility := "public"
	if category.Private {
		visibility = "private"
	}
	now := r.Now().UTC()
	err = tx.QueryRow(ctx, `
		insert into report (uuid, filing_sha256, category_id, service_id, title, description, attributes, lon, lat, h3, address, zone_ids,
		                    visibility, channel, created_at, updated_at)
		values (@uuid, @digest, @category, nullif(@service, 0), @title, @description, @attributes, @lon, @lat, @h3, @address, @zones,
		        @visibility, @channel, @now, @now)
		returning id`,
		pgx.NamedArgs{
			"uuid": f.UUID, "digest": digest, "category": category.ID, "service": category.Service,
			"title": f.Title, "description": f.Description, "attributes": orEmpty(f.Attributes),
			"lon": f.Position.Lon, "lat": f.Position.Lat, "h3": int64(geo.CellAt(f.Position, geo.CellResolution)),
			"address": f.Address, "zones": zones, "visibility": visibility, "channel": f.Channel, "now": now,
		}).Scan(&id)
	if err != nil {
		return Receipt{}, fmt.Errorf("store the report: %w", err)
	}
	if f.Email != "" {
		_, err = tx.Exec(ctx, `insert into report_contact (report_id, email) values (@id, @email)`, pgx.NamedArgs{"id": id, "email": f.Email})
		if err != nil {
			return Receipt{}, fmt.Errorf("store the contact of report %d: %w", id, err)
		}
	}
	entry := Update{Type: "filed", To: "new", Role: actor.Role, By: actor.Name, At: now}
	if err := appendUpdate(ctx, tx, Kind, id, entry); err != nil {
		return Receipt{}, err
	}
	if err := store.Append(ctx, tx, store.Change{Kind: Kind, First: id, Last: id}); err != nil {
		return Receipt{}, err
	}
	return Receipt{ID: id, UUID: f.UUID, Token: token}, nil
}

func orEmpty(answers map[string]string) map[string]string {
	if answers == nil {
		return map[string]string{}
	}
	return answers
}

// locate gives the zones of a position, and refuses one outside the served area.
func (r *Register) locate(ctx context.Context, tx pgx.Tx, p geo.Position) ([]int32, error) {
	zones, served, err := r.served(ctx, tx, p)
	if err != nil || served && len(zones) > 0 {
		return zones, err
	}
	// In no zone at all: what lies in one with longitude and latitude changed over was written the wrong way round.
	if turned := (geo.Position{Lon: p.Lat, Lat: p.Lon}); turned.Valid() {
		there, right, err := r.served(ctx, tx, turned)
		if err != nil {
			return nil, err
		}
		if right && len(there) > 0 {
			return nil, fault.In("location", "error.position.swapped", nil)
		}
	}
	if !served {
		return nil, fault.In("location", "error.position.outside", fault.Args{"area": r.ServedArea.Name})
	}
	return zones, nil
}

// served gives the zones of a position and whether they belong to the served area.
func (r *Register) served(ctx context.Context, tx pgx.Tx, p geo.Position) (zones []int32, served bool, err error) {
	if zones, err = zone.At(ctx, tx, p); err != nil || r.ServedArea == nil {
		return zones, true, err
	}
	served, err = r.ServedArea.holds(ctx, tx, zones)
	return zones, served, err
}
