package importing

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"quartier/reports/fault"
)

//go:embed mappings/*.yaml
var builtIn embed.FS

// maxMapping is the most bytes a mapping file may have.
const maxMapping = 1 << 20

// Kinds of mappings.
const (
	KindReports   = "reports"
	KindAddresses = "addresses"
)

// Mapping says what the columns of a file mean. mappings/dansmarue.yaml is a commented example; the fields are in the order in which a person would
// write them.
type Mapping struct {
	Name     string    `yaml:"-"`         // of the built-in mapping, or the file's
	Kind     string    `yaml:"kind"`      // reports or addresses
	About    string    `yaml:"about"`     // for people who choose a mapping
	Source   string    `yaml:"source"`    // who numbers the rows: stored with each report; a number is unique within it
	TimeZone string    `yaml:"time_zone"` // IANA name: of dates that do not say theirs; reports only
	Records  string    `yaml:"records"`   // JSON: the member that holds the rows; XML: the element of a row
	Blank    []string  `yaml:"blank"`     // texts that mean that nothing is said: N/A
	Area     []float64 `yaml:"area"`      // west, south, east, north in degrees: positions outside are wrong; optional

	ID       *Text     `yaml:"id"` // the source's number; none: rows are told apart by their content
	Position *Position `yaml:"position"`

	// Reports.
	Title       *Text        `yaml:"title"` // none or empty: the category's name
	Description *Text        `yaml:"description"`
	Address     *Text        `yaml:"address"`
	Category    *CategoryMap `yaml:"category"`
	Service     *ServiceMap  `yaml:"service"`
	Status      *StatusMap   `yaml:"status"`
	Duplicate   *Match       `yaml:"duplicate"` // rows that repeat another report which the source does not name
	Skip        []Match      `yaml:"skip"`      // rows that are no reports
	Created     *Moment      `yaml:"created"`
	Updated     *Moment      `yaml:"updated"`
	Closed      *Moment      `yaml:"closed"`

	// Addresses.
	Number   *Text `yaml:"number"`
	Street   *Text `yaml:"street"`
	Postcode *Text `yaml:"postcode"`
	City     *Text `yaml:"city"`

	sum      [sha256.Size]byte
	location *time.Location
}

// Position says where the coordinates stand, in degrees of WGS 84. A point geometry of a GeoJSON feature is taken without being told.
type Position struct {
	Lon string `yaml:"lon"`
	Lat string `yaml:"lat"`
}

// CategoryMap turns types and sub-types into categories.
type CategoryMap struct {
	Slug     *Text                  `yaml:"slug"`     // a column that has our slugs; instead of all that follows
	Type     *Text                  `yaml:"type"`     // the source's type
	Subtype  *Text                  `yaml:"subtype"`  // becomes a category below the type's; optional
	Types    map[string]CategoryRef `yaml:"types"`    // type to category
	Subtypes map[string]CategoryRef `yaml:"subtypes"` // sub-type to category, or its names
	Default  string                 `yaml:"default"`  // slug for types not listed; none: such a type becomes a category
}

// CategoryRef names a category by its slug, or gives the names of one that is made.
type CategoryRef struct {
	Slug string `yaml:"slug"`
	FR   string `yaml:"fr"`
	EN   string `yaml:"en"`
}

// ServiceMap turns departments into services. What is not listed goes to the service of the category.
type ServiceMap struct {
	Column *Text             `yaml:"column"`
	Values map[string]string `yaml:"values"` // to slugs; none: the column has our slugs
}

// StatusMap turns states into ours. A state that is not listed refuses its row.
type StatusMap struct {
	Always string            `yaml:"always"` // the state of every row of a source without states
	Column *Text             `yaml:"column"`
	Values map[string]string `yaml:"values"` // to our states; none: the column has ours
}

// Match picks rows by the text of a column.
type Match struct {
	Column *Text    `yaml:"column"`
	Values []string `yaml:"values"`
}

// Moment is a point in time, or a day.
type Moment struct {
	Column   *Text    `yaml:"column"`
	Forms    []string `yaml:"forms"`     // YYYY-MM-DD hh:mm:ss; none: ISO 8601 and its usual variants
	IfClosed bool     `yaml:"if_closed"` // counts only for rows whose state is closed
	layouts  []layout
}

// UnmarshalYAML takes a slug alone as well.
func (c *CategoryRef) UnmarshalYAML(decode func(any) error) error {
	if err := decode(&c.Slug); err == nil {
		return nil
	}
	type plain CategoryRef
	*c = CategoryRef{}
	return decode((*plain)(c))
}

// UnmarshalYAML takes a column alone as well.
func (m *Moment) UnmarshalYAML(decode func(any) error) error {
	var column Text
	if err := decode(&column); err == nil {
		m.Column = &column
		return nil
	}
	type plain Moment
	*m = Moment{}
	return decode((*plain)(m))
}

// BuiltIn lists the names of the built-in mappings of a kind.
func BuiltIn(kind string) []string {
	var names []string
	files, err := fs.Glob(builtIn, "mappings/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		if m, err := LoadMapping(name); err == nil && m.Kind == kind {
			names = append(names, name)
		}
	}
	return names
}

// LoadMapping gives a built-in mapping by its name, or reads a file: whatever has a dot or a slash in it.
func LoadMapping(name string) (*Mapping, error) {
	if !strings.ContainsAny(name, "./\\") {
		f, err := builtIn.Open("mappings/" + name + ".yaml")
		if err != nil {
			return nil, fault.New(fault.Invalid, "import.mapping.unknown",
				fault.Args{"name": name, "names": strings.Join(append(BuiltIn(KindReports), BuiltIn(KindAddresses)...), ", ")})
		}
		defer f.Close()
		return ReadMapping(f, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Word: "import.file", Args: fault.Args{"file": name, "cause": cause(err)}, Cause: err}
	}
	defer f.Close()
	return ReadMapping(f, strings.TrimSuffix(path.Base(name), path.Ext(name)))
}

// ReadMapping reads and checks a mapping. What is wrong with it is an Invalid fault that says where.
func ReadMapping(r io.Reader, name string) (*Mapping, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxMapping+1))
	if err != nil {
		return nil, fmt.Errorf("read mapping %s: %w", name, err)
	}
	if len(raw) > maxMapping {
		return nil, mappingFault(name, errors.New("it is larger than 1 MiB"))
	}
	m := &Mapping{Name: name, sum: sha256.Sum256(raw)}
	if err = m.decode(raw); err == nil {
		err = m.check()
	}
	if err != nil {
		return nil, mappingFault(name, err)
	}
	return m, nil
}

// decode reads the YAML; what nobody knows, and what stands there twice, is refused.
func (m *Mapping) decode(raw []byte) (err error) {
	// The library panics over some trees that are no sense, such as a tag without a value.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it is not understood: %v", r)
		}
	}()
	err = yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(m)
	if err == io.EOF {
		return errors.New("it is empty")
	}
	return err
}

// mappingFault wraps what the YAML reader or check says, which names the line or the field: a mapping is written by people who can read that.
func mappingFault(name string, cause error) error {
	text := cause.Error()
	if lines := strings.Split(text, "\n"); len(lines) > 1 {
		text = lines[0] // the rest shows the place in the file
	}
	return &fault.Error{Kind: fault.Invalid, Word: "import.mapping.broken", Args: fault.Args{"name": name, "detail": text}, Cause: cause}
}
