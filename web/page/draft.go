package page

import "github.com/a-h/templ"

// Draft is a filing as it was typed. Nothing of it is lost when something is wrong, or when the map is moved.
type Draft struct {
	UUID, CrossSite                                        string
	Category, Title, Description, Address, Lat, Lon, Email string
	Kinds                                                  []Kind
	// Questions are those of the category; Answers are by their codes.
	Questions []Question
	Answers   map[string]string
	// Rest are the categories that have no tile.
	Rest []Choice
	// Wrong says what is wrong with a field, by its name.
	Wrong map[string]string
	// Problem is what is wrong with the whole; empty: nothing.
	Problem string
	// Places are the addresses that the typed one may mean.
	Places []Choice
	// Stamp says when the form was given.
	Stamp string
	// Photos are the ids of those that have come and are kept.
	Photos []string
	// Near is the address that the last point on the map gave.
	Near string
	// Said is what came of the last step; empty: there was none.
	Said string
	Map  PlaceMap
	// Asking are the slugs of the categories that have extra questions, Private of those whose reports are not public.
	Asking, Private []string
	// Check is what was found when the draft was to be checked; nil: it was not.
	Check *Check
	// Desk is for whom staff file; nil: people file for themselves.
	Desk *Desk
}

// summary lists the wrong fields in the order of the form.
func (d Draft) summary() []string {
	var names []string
	for _, name := range []string{"address", "place", "lat", "lon", "category", "photo", "title", "description", "attributes", "channel", "name", "phone", "email"} {
		if d.Wrong[name] != "" {
			names = append(names, name)
		}
	}
	return names
}

// describe ties a field to its hint and its error.
func (d Draft) describe(name string, hint bool) templ.Attributes {
	a := templ.Attributes{}
	described := ""
	if hint {
		described = name + "-hint"
	}
	if d.Wrong[name] != "" {
		a["aria-invalid"] = "true"
		if described != "" {
			described += " "
		}
		described += name + "-error"
	}
	if described != "" {
		a["aria-describedby"] = described
	}
	return a
}

// step gives the question that is asked first: that of what is wrong, or the first.
func (d Draft) step() string {
	if wrong := d.summary(); len(wrong) > 0 {
		switch wrong[0] {
		case "address", "place", "lat", "lon":
			return "where"
		case "category":
			return "what"
		case "email":
			return "send"
		}
		return "details"
	}
	if d.Problem != "" {
		return "details"
	}
	return "where"
}
