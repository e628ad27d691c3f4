package reports

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/language"
	"quartier/reports/media"
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
	// Doubts are why the report is to wait as pending for a moderator; none: it is new at once.
	Doubts []Doubt
	// Site is the address of our pages, for the link that confirms the address given; empty: no mail is sent.
	Site     string
	Language *language.Language // of mails
	Photos   []media.ID
	Owner    media.Owner // who uploaded the photos
	Desk     *Desk       // for whom staff file; nil: people file for themselves
	Device   []byte      // keyed digest of what tells the browser from others; nil: unknown
	// Wrong is what was found wrong while the filing was read; the rest is checked all the same, so that everything is told at once.
	Wrong fault.Check
}

// Receipt is what who filed is given.
type Receipt struct {
	ID       int64 // public number
	Report   Report
	Token    store.Token // of the write: reads that carry it see the report
	Repeated bool        // the same filing had come before; nothing was written
	Asked    bool        // a mail asks to confirm the address
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
	if f.Desk != nil && (actor.ReadOnly || !actor.Has(account.RoleAgent)) {
		return Receipt{}, fault.New(fault.Forbidden, "error.forbidden", nil)
	}
	category, err := readCategory(ctx, r.DB, f.Category)
	if err != nil {
		return Receipt{}, err
	}
	if err := f.validate(category); err != nil {
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

// validate checks every field and puts the texts in their stored form. The category is that of the slug, nil if there is none.
func (f *Filing) validate(category *Category) error {
	check := f.Wrong
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
	f.Desk.check(&check, f)
	if category != nil {
		category.checkAnswers(&check, f.Attributes)
	}
	return check.Err()
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
		if answers[a.Code] != "" && !a.answers(answers[a.Code]) {
			check.Add("attributes", "error.attribute.answer", fault.Args{"attribute": a.Code})
		}
		if a.Required && answers[a.Code] == "" {
			check.Add("attributes", "error.attribute.required", fault.Args{"attribute": a.Code})
		}
	}
}

// digest recognises a repeated filing.
func (f *Filing) digest() []byte {
	parts := []any{f.Category, f.Title, f.Description, f.Position, f.Address, f.Email, orEmpty(f.Attributes)}
	if len(f.Photos) > 0 {
		parts = append(parts, f.Photos)
	}
	if f.Desk != nil {
		parts = append(parts, f.Channel, f.Desk)
	}
	content, err := json.Marshal(parts)
	if err != nil {
		panic(err) // strings and numbers only
	}
	sum := sha256.Sum256(content)
	return sum[:]
}

// file stores a filing. What must be known before is asked together, and what is stored is sent together: each time that the server is waited for costs a
// filing more than a statement does.
func (r *Register) file(ctx context.Context, tx pgx.Tx, actor account.Actor, f Filing, digest []byte, category *Category) (Receipt, error) {
	var receipt Receipt
	var known int64
	var knownDigest []byte
	var zones []int32
	var ask pgx.Batch
	store.QueueToken(&ask, &receipt.Token)
	account.QueuePresent(&ask, actor.Person)
	ask.Queue(`select id, filing_sha256 from report where uuid = @uuid`, pgx.NamedArgs{"uuid": f.UUID}).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(&known, &knownDigest); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	zone.QueueAt(&ask, f.Position, &zones)
	if err := tx.SendBatch(ctx, &ask).Close(); err != nil {
		return Receipt{}, fmt.Errorf("prepare a filing: %w", err)
	}
	if known != 0 {
		if !slices.Equal(knownDigest, digest) {
			return Receipt{}, &fault.Error{Kind: fault.Conflict, Word: "error.uuid_taken"}
		}
		one, err := get(ctx, tx, account.System, known) // who filed it sees it, whatever others may
		return Receipt{ID: known, Report: one, Token: receipt.Token, Repeated: true}, err
	}
	if err := r.refuse(ctx, tx, f.Position, zones); err != nil {
		return Receipt{}, err
	}
	now := r.Now().UTC().Truncate(time.Microsecond) // as PostgreSQL keeps it
	var confirm letter
	reporter := actor // whose report it is
	if f.Desk != nil {
		reporter = account.Anonymous
	}
	if f.Email != "" {
		var err error
		if confirm, err = f.address(ctx, tx, reporter, now); err != nil {
			return Receipt{}, err
		}
	}
	status := "new"
	if len(f.Doubts) > 0 {
		status = "pending"
	}
	receipt.Report = Report{
		Category: category.ID, Service: category.Service, Title: f.Title, Description: f.Description,
		Position: f.Position, Cell: geo.CellAt(f.Position, geo.CellResolution), Address: f.Address, Zones: zones,
		Status: status, Channel: f.Channel, CreatedAt: now, UpdatedAt: now,
	}
	visibility := "public"
	if category.Private {
		visibility = "private"
	}
	receipt.Report.Visibility = account.VisibilityOf(visibility, status)
	var send pgx.Batch
	receipt.Report.queue(&send, f, digest, visibility)
	if status == "pending" {
		queueQuarantine(&send, f.Doubts, now)
	}
	if f.Email != "" || reporter.Person != 0 || f.Desk.known() {
		name, phone := f.Desk.contact()
		send.Queue(`
			insert into report_contact (report_id, name, email, phone, person_id, language, email_verified_at, created_at)
			values (currval(@numbers::text::regclass), @name, @email, @phone, nullif(@person, 0), @language, case when @proved then @now::timestamptz end, @now)`,
			pgx.NamedArgs{"numbers": numbers, "name": name, "email": f.Email, "phone": phone, "person": reporter.Person, "language": writer(f.Language).Tag,
				"proved": confirm.proved, "now": now})
		account.QueueConsent(&send, `currval(@numbers::text::regclass)`, pgx.NamedArgs{"numbers": numbers}, now)
	}
	if actor.Person == 0 && f.Device != nil {
		queueDevice(&send, f.Device, now)
	}
	media.QueueAttach(&send, f.Owner, f.Photos, Kind, numbers)
	if f.Desk != nil { // the photos are the person's, too
		media.QueueDisown(&send, Kind, numbers)
	}
	queueFiled(&send, Update{To: status, Role: actor.Role, By: actor.Name, Person: actor.Person, At: now})
	store.QueueNew(&send, Kind, numbers)
	if err := tx.SendBatch(ctx, &send).Close(); err != nil {
		return Receipt{}, fmt.Errorf("store the report: %w", err)
	}
	receipt.ID = receipt.Report.ID
	if confirm.secret != "" {
		receipt.Asked = true
		return receipt, f.sendConfirm(ctx, tx, confirm, receipt.ID, now)
	}
	return receipt, nil
}

// numbers is the sequence of public numbers. Only a report that is stored takes one, and what is stored with it asks for the current one.
const numbers = "report_id_seq"

// queue stores a report that was filed and gives it its number.
func (one *Report) queue(b *pgx.Batch, f Filing, digest []byte, visibility string) {
	b.Queue(`
		insert into report (uuid, filing_sha256, category_id, service_id, title, description, attributes, lon, lat, h3, address, zone_ids,
		                    status, visibility, channel, created_at, updated_at)
		values (@uuid, @digest, @category, nullif(@service, 0), @title, @description, @attributes, @lon, @lat, @h3, @address, @zones,
		        @status, @visibility, @channel, @now, @now)
		returning id`,
		pgx.NamedArgs{
			"uuid": f.UUID, "digest": digest, "category": one.Category, "service": one.Service,
			"title": one.Title, "description": one.Description, "attributes": orEmpty(f.Attributes),
			"lon": one.Position.Lon, "lat": one.Position.Lat, "h3": int64(one.Cell),
			"address": one.Address, "zones": one.Zones, "status": one.Status, "visibility": visibility, "channel": one.Channel, "now": one.CreatedAt,
		}).QueryRow(func(row pgx.Row) error { return row.Scan(&one.ID) })
}

func orEmpty(answers map[string]string) map[string]string {
	if answers == nil {
		return map[string]string{}
	}
	return answers
}

// refuse refuses a position outside the served area, and one that was written the wrong way round. The zones are those that it lies in.
func (r *Register) refuse(ctx context.Context, tx pgx.Tx, p geo.Position, zones []int32) error {
	served, err := r.serves(ctx, tx, zones)
	if err != nil || served && len(zones) > 0 {
		return err
	}
	// In no zone at all: what lies in one with longitude and latitude changed over was written the wrong way round.
	if turned := (geo.Position{Lon: p.Lat, Lat: p.Lon}); turned.Valid() {
		there, err := zone.At(ctx, tx, turned)
		if err != nil {
			return err
		}
		right, err := r.serves(ctx, tx, there)
		if err != nil {
			return err
		}
		if right && len(there) > 0 {
			return fault.In("location", "error.position.swapped", nil)
		}
	}
	if !served {
		return fault.In("location", "error.position.outside", fault.Args{"area": r.ServedArea.Name})
	}
	return nil
}

// serves tells whether one of some zones belongs to the served area.
func (r *Register) serves(ctx context.Context, tx pgx.Tx, zones []int32) (bool, error) {
	if r.ServedArea == nil {
		return true, nil
	}
	return r.ServedArea.holds(ctx, tx, zones)
}
