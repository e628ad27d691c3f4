// Package place knows the addresses of the city: which place people mean by words, and which words fit a position.
//
// Decisions:
//   - Addresses come from an open file (import.go) and are searched here, so that the form works without any outside service.
//   - A search looks at streets first and then for the house number in the streets found: some thousands of rows instead of every house, and
//     "12 rue de la lune" is not drowned by the other houses numbered 12. Refused: a text index over whole labels.
//   - Words are compared folded (language.Fold); the trigram index serves both words that begin alike and words that are misspelt.
package place

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"

	"quartier/geo"
	"quartier/reports/account"
	"quartier/reports/store"
)

// Address is a known address.
type Address struct {
	Number   string // "12 bis"; empty: a street or a place without numbers
	Street   string
	Postcode string
	City     string
	Position geo.Position
}

// Label writes the address as people do: 12 bis Rue de la Lune, 75002 Paris.
func (a Address) Label() string {
	house := strings.TrimSpace(a.Number + " " + a.Street)
	town := strings.TrimSpace(a.Postcode + " " + a.City)
	if town == "" {
		return house
	}
	return house + ", " + town
}

// reach is how far, in metres, an address may be from a position whose words it gives.
const reach = 100

const nearestSQL = `
	select a.number, s.name, s.postcode, s.city, a.lon, a.lat, metres
	from (
	  select *, ST_DistanceSphere(ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326),
	                              ST_SetSRID(ST_MakePoint(@lon, @lat), 4326)) as metres
	  from address
	  -- The index finds the box; the sphere then decides. Distances in degrees are not distances.
	  where ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326)
	     && ST_MakeEnvelope(@west, @south, @east, @north, 4326)
	) a
	join street s on s.id = a.street_id
	where metres <= @reach
	order by metres, a.id
	limit 1`

// Nearest gives the address nearest to a position and its distance in metres; false if there is none within 100 m.
func Nearest(ctx context.Context, db *store.DB, _ account.Actor, p geo.Position) (Address, float64, bool, error) {
	lon, lat := p.Degrees()
	const metresPerDegree = 111_195 // of a great circle on the sphere that ST_DistanceSphere measures
	dlat := reach / float64(metresPerDegree)
	dlon := dlat / math.Cos(lat*math.Pi/180)
	var a Address
	var metres float64
	err := db.QueryRow(ctx, nearestSQL,
		pgx.NamedArgs{"lon": lon, "lat": lat, "west": lon - dlon, "east": lon + dlon, "south": lat - dlat, "north": lat + dlat, "reach": reach},
	).Scan(&a.Number, &a.Street, &a.Postcode, &a.City, &a.Position.Lon, &a.Position.Lat, &metres)
	if errors.Is(err, pgx.ErrNoRows) {
		return Address{}, 0, false, nil
	}
	if err != nil {
		return Address{}, 0, false, store.Explain(fmt.Errorf("find the address nearest to a position: %w", err))
	}
	return a, metres, true, nil
}
