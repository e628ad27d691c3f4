package place

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"quartier/geo"
)

// forms are the kinds of geocoders, by the names of the setting.
var forms = map[string]form{
	// Géoplateforme of the IGN: https://geoservices.ign.fr/documentation/services/services-geoplateforme/geocodage
	"ign": {path: "search", query: askIGN, read: readIGN},
	// Photon: https://github.com/komoot/photon
	"photon": {path: "api", query: askPhoton, read: readPhoton},
	// Nominatim: https://nominatim.org/release-docs/latest/api/Search/. The public one wants one question a second at most.
	"nominatim": {path: "search", query: askNominatim, read: readNominatim, every: time.Second},
}

// features is an answer in GeoJSON, as far as it is read.
type features struct {
	Features []struct {
		Geometry struct {
			Coordinates []float64 `json:"coordinates"`
		} `json:"geometry"`
		Properties struct {
			Label       string   `json:"label"`
			Score       *float64 `json:"score"`
			Name        string   `json:"name"`
			HouseNumber string   `json:"housenumber"`
			Street      string   `json:"street"`
			Postcode    string   `json:"postcode"`
			City        string   `json:"city"`
		} `json:"properties"`
	} `json:"features"`
}

func asked(text string, near *geo.Position) url.Values {
	query := url.Values{"q": {text}, "limit": {strconv.Itoa(MaxFound)}}
	if near != nil {
		lon, lat := near.Degrees()
		query.Set("lon", degrees(lon))
		query.Set("lat", degrees(lat))
	}
	return query
}

func askIGN(text string, near *geo.Position) url.Values {
	query := asked(text, near)
	query.Set("index", "address")
	query.Set("autocomplete", "1")
	return query
}

// leastScore is the score of the IGN (0 to 1) below which an answer is a guess at words that name no address.
const leastScore = 0.4

func readIGN(body []byte) (list []outside, err error) {
	var answer features
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	for _, f := range answer.Features {
		p := f.Properties
		if at := f.Geometry.Coordinates; len(at) >= 2 && (p.Score == nil || *p.Score >= leastScore) {
			list = append(list, outside{p.Label, at[0], at[1]})
		}
	}
	return list, nil
}

func askPhoton(text string, near *geo.Position) url.Values {
	query := asked(text, near)
	query.Set("lang", "fr")
	return query
}

func readPhoton(body []byte) (list []outside, err error) {
	var answer features
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	for _, f := range answer.Features {
		p := f.Properties
		if at := f.Geometry.Coordinates; len(at) >= 2 {
			street := p.Street
			if street == "" {
				street = p.Name
			} else if p.HouseNumber == "" && p.Name != "" { // a shop, a school
				street = p.Name + ", " + street
			}
			if street == p.City {
				p.City = ""
			}
			list = append(list, outside{Address{Number: p.HouseNumber, Street: street, Postcode: p.Postcode, City: p.City}.Label(), at[0], at[1]})
		}
	}
	return list, nil
}

// boxAround is half the side, in degrees, of the box that Nominatim prefers.
const boxAround = 0.25

func askNominatim(text string, near *geo.Position) url.Values {
	query := url.Values{"q": {text}, "limit": {strconv.Itoa(MaxFound)}, "format": {"jsonv2"}, "accept-language": {"fr,en"}}
	if near != nil {
		lon, lat := near.Degrees()
		query.Set("viewbox", strings.Join([]string{degrees(lon - boxAround), degrees(lat - boxAround), degrees(lon + boxAround), degrees(lat + boxAround)}, ","))
	}
	return query
}

func readNominatim(body []byte) (list []outside, err error) {
	var answer []struct {
		Lon  string `json:"lon"`
		Lat  string `json:"lat"`
		Name string `json:"display_name"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	for _, a := range answer {
		lon, bad := strconv.ParseFloat(a.Lon, 64)
		lat, worse := strconv.ParseFloat(a.Lat, 64)
		if bad == nil && worse == nil {
			list = append(list, outside{a.Name, lon, lat})
		}
	}
	return list, nil
}
