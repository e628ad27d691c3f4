package reports

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/language"
)

// MaxAlike is the most reports that Similar gives.
const MaxAlike = 5

// Alike is what somebody is about to file, as far as it is known: enough to look for a report of the same thing.
type Alike struct {
	Position geo.Position
	Category string // slug; empty: not chosen yet
	Text     string // what was typed: title, description, or both
}

// Candidate is an open report that may be about the same thing.
type Candidate struct {
	Report
	Distance float64 // metres
	// Likely candidates are shown as such; the others are only worth a look.
	Likely bool
	share  float64 // likelihood
	shown  bool
}

// weighed is the most reports around a place that are compared: the nearest. With wordsCompared it bounds what a question costs at the busiest place.
const weighed = 100

// wordsCompared is the most characters of a text that are compared with others: who describes something says first what it is.
const wordsCompared = 300

// metresPerDegree is the length of a degree of a great circle on the sphere that ST_DistanceSphere measures.
const metresPerDegree = 111_195

// similarSQL gives the open reports in a box, the nearest first, with what tells whether they are the same thing. The index of what is open finds them in their
// order (by degrees, which only matters where there are more than are weighed); nothing else is looked at.
func similarSQL(actor account.Actor) string {
	return `
	with near as materialized (
	  select r.*, ST_DistanceSphere(r.position, ST_SetSRID(ST_MakePoint(@lon, @lat), 4326)) as metres
	  from report r
	  where r.status in ('new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'reopened') -- as the index says
	    and r.position && ST_MakeEnvelope(@west, @south, @east, @north, 4326)
	    and ` + actor.OwnSQL("r") + `
	  order by r.position <-> ST_SetSRID(ST_MakePoint(@lon, @lat), 4326)
	  limit @weighed
	), typed as materialized (
	  select (stems(@text::text)).*
	)
	select ` + reportColumns + `, r.metres,
	       case when r.category_id = @category then 0
	            when c.id = @parent or c.parent_id = @category or c.parent_id = @parent then 1
	            else 2 end,
	       -- The part of the words typed that the report has, in the language that fits better, and the likeness of the letters.
	       greatest((select count(*) from unnest(t.french) w where w = any(s.french))::float8 / greatest(cardinality(t.french), 1),
	                (select count(*) from unnest(t.english) w where w = any(s.english))::float8 / greatest(cardinality(t.english), 1)),
	       word_similarity(left(t.folded, 200), s.folded)::float8
	from near r
	join category c on c.id = r.category_id
	cross join typed t
	cross join lateral stems(case when t.folded = '' then '' else r.title || ' ' || left(r.description, @compared) end) s -- for nothing, if nothing was typed
	where r.metres <= @radius`
}

// Similar gives the open reports that the actor may see and that may be about what is about to be filed, the likeliest first, limit (1…MaxAlike) at most.
// They lie within the category's radius for duplicates; without a category, or one that is unknown, within the customary one.
func (r *Register) Similar(ctx context.Context, actor account.Actor, a Alike, limit int) (list []Candidate, err error) {
	limit = max(1, min(MaxAlike, limit))
	now := r.Now()
	err = r.DB.Read(ctx, func(tx pgx.Tx) error {
		var category, parent int32
		radius := customaryRadius
		if slugForm.MatchString(a.Category) {
			err := tx.QueryRow(ctx, `select id, coalesce(parent_id, 0), duplicate_radius_m from category where slug = @slug`,
				pgx.NamedArgs{"slug": a.Category}).Scan(&category, &parent, &radius)
			if err != nil && err != pgx.ErrNoRows {
				return fmt.Errorf("read the radius of a category: %w", err)
			}
		}
		rows, err := tx.Query(ctx, similarSQL(actor), similarArgs(a, category, parent, radius))
		if err != nil {
			return fmt.Errorf("look for similar reports: %w", err)
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Candidate, error) {
			e := Resemblance{Radius: radius, Text: a.Text != "", Unsorted: category == 0}
			one, err := reportRow(extended{row, []any{&e.Metres, &e.Kinship, &e.Words, &e.Letters}})
			e.Age = now.Sub(one.CreatedAt)
			share := e.Likelihood()
			return Candidate{Report: one, Distance: e.Metres, Likely: share >= Likely, share: share, shown: e.Shown(share)}, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c Candidate) bool { return !c.shown })
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.Distance, b.Distance), cmp.Compare(b.ID, a.ID))
	})
	return list[:min(limit, len(list))], nil
}

// similarArgs are the arguments of similarSQL.
func similarArgs(a Alike, category, parent int32, radius float64) pgx.NamedArgs {
	lon, lat := a.Position.Degrees()
	dlat := radius / metresPerDegree
	dlon := dlat / math.Cos(lat*math.Pi/180)
	text := []rune(language.Fold(a.Text))
	return pgx.NamedArgs{"lon": lon, "lat": lat, "west": lon - dlon, "east": lon + dlon, "south": lat - dlat, "north": lat + dlat,
		"category": category, "parent": parent, "radius": radius, "weighed": weighed, "compared": wordsCompared,
		"text": string(text[:min(len(text), wordsCompared)])}
}

// extended is a row whose last columns go elsewhere.
type extended struct {
	pgx.CollectableRow
	rest []any
}

func (e extended) Scan(into ...any) error { return e.CollectableRow.Scan(append(into, e.rest...)...) }

// customaryRadius is how far, in metres, a report of the same thing may lie where no category says: what categories say unless somebody decides.
const customaryRadius = 50.0

// Kinship is how a report's category stands to the one that was chosen.
type Kinship int

const (
	SameCategory Kinship = iota
	Kin                  // the one above it, one below it, or beside it
	Stranger
)

// Resemblance is what tells whether an open report is about the same thing as what is about to be filed.
type Resemblance struct {
	Metres   float64 // between the two
	Radius   float64 // metres within which reports of the category may be the same thing
	Kinship  Kinship
	Unsorted bool // no category was chosen: kinship says nothing
	Age      time.Duration
	Text     bool    // something was typed: what follows counts
	Words    float64 // part of the typed words that the report has, 0…1
	Letters  float64 // likeness of what was typed to the title, 0…1
}

// Likely is the likelihood from which on a candidate is shown as the likely original: where precision and recall meet best (cmd/bench, duplicates). Below
// worthALook reports of other categories are not shown; those of the same category always are.
const (
	Likely     = 0.4
	worthALook = 0.02
)

// Likelihood weighs a resemblance, 0 to 1.
//
// What place and time say was learnt from a city's own flags (Chicago, see cmd/bench): duplicates stand at the very spot and come within days; beyond some
// metres and a week it matters little how far and how old, and which of the kindred categories was chosen does not matter at all. No city says which words
// duplicates share: that words which agree outweigh distance or age, and not both, is our judgement.
func (e *Resemblance) Likelihood() float64 {
	if e.Radius <= 0 || e.Metres > e.Radius {
		return 0
	}
	days := max(0, e.Age.Hours()/24)
	z := 2.3 - min(4, 5*math.Log1p(e.Metres)) - 2*e.Metres/e.Radius - min(4, 2*math.Log1p(days))
	if e.Kinship == Stranger && !e.Unsorted {
		z -= 2.5
	}
	if e.Text {
		z += 8 * (max(e.Words, 0.8*e.Letters) - 0.3)
	}
	return 1 / (1 + math.Exp(-z))
}

// Shown tells whether a resident is shown a candidate of some likelihood.
func (e *Resemblance) Shown(likelihood float64) bool {
	return likelihood >= worthALook || likelihood > 0 && (e.Kinship == SameCategory || e.Unsorted)
}
