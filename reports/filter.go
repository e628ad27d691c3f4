package reports

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
)

// Filter chooses reports. An empty list or a zero time does not restrict; several lists must all match.
type Filter struct {
	Statuses   []string
	Categories []int32
	Services   []int32
	Zones      []int32
	From, To   time.Time // creation, half-open [From, To), whole seconds
	Box        *geo.Box  // the position lies in it or on its edge
}

// Where gives the condition on the table alias r for what the actor may see, and its arguments.
func (f Filter) Where(actor account.Actor) (string, pgx.NamedArgs) {
	conditions := []string{actor.VisibleSQL("r")}
	args := pgx.NamedArgs{}
	add := func(condition, name string, value any) {
		conditions = append(conditions, condition)
		args[name] = value
	}
	if len(f.Statuses) > 0 {
		add("r.status = any(@statuses)", "statuses", f.Statuses)
	}
	if len(f.Categories) > 0 {
		add("r.category_id = any(@categories)", "categories", f.Categories)
	}
	if len(f.Services) > 0 {
		add("r.service_id = any(@services)", "services", f.Services)
	}
	if len(f.Zones) > 0 {
		add("r.zone_ids && @zones", "zones", f.Zones)
	}
	if !f.From.IsZero() {
		add("r.created_at >= @from", "from", f.From)
	}
	if !f.To.IsZero() {
		add("r.created_at < @to", "to", f.To)
	}
	if b := f.Box; b != nil {
		// The geometry is for the index, the integers decide.
		add("r.position && ST_MakeEnvelope(@west / 1e7, @south / 1e7, @east / 1e7, @north / 1e7, 4326)", "west", float64(b.West))
		add("r.lon between @west and @east and r.lat between @south and @north", "south", float64(b.South))
		args["east"], args["north"] = float64(b.East), float64(b.North)
	}
	return strings.Join(conditions, "\n\t\t\t  and "), args
}
