package suggestion

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Example is a text and the category that its report has.
type Example struct {
	Text     string
	Category int32
}

// Guess is a category that a text may be about.
type Guess struct {
	Category int32
	Share    float64 // of texts like this that are about it: a probability, 0 to 1
}

// Floor is the least share of a guess. One of thirty titles of Boston has its category among three with a share below 0.02.
const Floor = 0.005

// Model knows which features texts of each category have: multinomial naive Bayes over words, pairs of words and runs of letters. It is never changed, so
// many may ask it at once.
//
// Decisions:
//   - Naive Bayes learns in one pass. On Boston's titles it was right more often than logistic regression over the same features (0.73 of the distinct titles
//     against 0.71, at once), which takes ten times as long, and as often as a table of how each word stands with each category, which gives fewer right
//     answers among three and knows no word that is misspelt (cmd/bench, suggestion). Both together, as a mixture or a product, were right as often as it
//     alone, within chance: what is wrong at once are titles whose words stand with several types alike.
//   - Its raw probabilities are far too sure, since features of a word repeat each other; they are flattened by one temperature, fitted on texts that were kept
//     apart, and learnt only then (Platt's scaling with one parameter). A share of 0.7 is right seven times in ten.
type Model struct {
	categories  []int32
	base        []float64 // logarithm of each category's prior share
	rare        []float64 // logarithm of the share that a feature has which the category never had
	weights     map[uint64][]weight
	temperature float64
}

// weight is what a feature adds for a category beyond rare.
type weight struct {
	category uint16 // index in categories
	more     float32
}

// smoothing is added to the number of each feature in each category. Of 0.02 to 4, 0.5 was the best on either half of Boston's titles.
const smoothing = 0.5

// mostKnown bounds the memory of a model, to some tens of megabytes: later texts count by the features that are known already.
const mostKnown = 1 << 18

// Learn makes a model of the examples. What names stands for is learnt too, with the force of nameForce examples each: a town without reports suggests by it. The same
// text of the same category counts as often as the square root of its repeats: a template that a thousand reports share must not drown the others.
func Learn(names, examples []Example) *Model {
	texts := distinct(examples)
	temperature := customaryTemperature
	if trials := tried(names, texts); len(trials) >= enoughTrials {
		temperature = fit(trials)
	}
	m := count(names, texts)
	m.temperature = temperature
	return m
}

// counted is an example that came several times.
type counted struct {
	Example
	times float64
}

// distinct gives each text of each category once, in the order of their first coming.
func distinct(examples []Example) []counted {
	index := make(map[Example]int, len(examples))
	var list []counted
	for _, e := range examples {
		if i, known := index[e]; known {
			list[i].times++
			continue
		}
		index[e] = len(list)
		list = append(list, counted{e, 1})
	}
	return list
}

// nameForce is how many examples a name or a synonym counts for.
const nameForce = 3

// count makes a model with no temperature.
func count(names []Example, texts []counted) *Model {
	m := &Model{weights: map[uint64][]weight{}, temperature: 1}
	index := map[int32]uint16{}
	var examples, mass []float64
	learn := func(e Example, force float64) {
		c, known := index[e.Category]
		if !known {
			c = uint16(len(m.categories))
			index[e.Category] = c
			m.categories = append(m.categories, e.Category)
			examples, mass = append(examples, 0), append(mass, 0)
		}
		examples[c] += force
		for _, f := range features(e.Text) {
			row, known := m.weights[f.key]
			if !known && len(m.weights) >= mostKnown {
				continue
			}
			mass[c] += force
			i := slices.IndexFunc(row, func(w weight) bool { return w.category == c })
			if i < 0 {
				m.weights[f.key] = append(row, weight{c, float32(force)})
			} else {
				row[i].more += float32(force)
			}
		}
	}
	for _, e := range names {
		learn(e, nameForce)
	}
	for _, t := range texts {
		learn(t.Example, math.Sqrt(t.times))
	}
	total := 0.0
	for _, n := range examples {
		total += n
	}
	for c := range m.categories {
		m.base = append(m.base, math.Log(examples[c]/total))
		m.rare = append(m.rare, math.Log(smoothing/(mass[c]+smoothing*float64(len(m.weights)))))
	}
	for _, row := range m.weights {
		for i := range row {
			row[i].more = float32(math.Log1p(float64(row[i].more) / smoothing))
		}
	}
	return m
}

// raw gives the logarithm of each category's likelihood, up to a constant; nil if the text has nothing that the model knows.
func (m *Model) raw(text string) []float64 {
	list := features(text)
	known := 0
	scores := slices.Clone(m.base)
	for _, f := range list {
		row, ok := m.weights[f.key]
		if !ok {
			continue
		}
		known++
		for c := range scores {
			scores[c] += f.force * m.rare[c]
		}
		for _, w := range row {
			scores[w.category] += f.force * float64(w.more)
		}
	}
	if known == 0 {
		return nil
	}
	return scores
}

// Guess gives the likeliest categories of a text, at most n, none below Floor. A text that says nothing has none.
func (m *Model) Guess(text string, n int) []Guess {
	scores := m.raw(strings.ToValidUTF8(text, " "))
	if scores == nil {
		return nil
	}
	flatten(scores, m.temperature)
	list := make([]Guess, len(scores))
	for c, share := range scores {
		list[c] = Guess{m.categories[c], share}
	}
	slices.SortFunc(list, func(a, b Guess) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Category, b.Category))
	})
	list = list[:min(n, len(list))]
	return slices.DeleteFunc(list, func(g Guess) bool { return g.Share < Floor })
}

// flatten turns logarithms into shares that add up to 1.
func flatten(scores []float64, temperature float64) {
	best, sum := slices.Max(scores), 0.0
	for c, s := range scores {
		scores[c] = math.Exp((s - best) / temperature)
		sum += scores[c]
	}
	for c := range scores {
		scores[c] /= sum
	}
}

// Temperatures: the customary one is for models that have too few texts to fit one.
const (
	customaryTemperature = 2.0
	enoughTrials         = 50
	mostTrials           = 2000
)

// trial is what a model says of a text that it did not learn.
type trial struct {
	scores []float64
	right  int // index of the text's category
}

// tried keeps a part of the texts apart, asks a model of the others, and so on with the next part until there are trials enough: a large town needs one part, a
// small one has no text to spare.
func tried(names []Example, texts []counted) (list []trial) {
	const parts = 5
	for part := 0; part < parts && len(list) < mostTrials; part++ {
		var learnt, apart []counted
		for i, t := range texts {
			if i%parts == part {
				apart = append(apart, t)
			} else {
				learnt = append(learnt, t)
			}
		}
		m := count(names, learnt)
		for _, t := range apart[:min(len(apart), mostTrials)] {
			c := slices.Index(m.categories, t.Category)
			if scores := m.raw(t.Text); scores != nil && c >= 0 {
				list = append(list, trial{scores, c})
			}
		}
	}
	return list
}

// fit finds the temperature under which the trials are the least surprising.
func fit(trials []trial) float64 {
	surprise := func(temperature float64) (sum float64) {
		for _, t := range trials {
			flat := slices.Clone(t.scores)
			flatten(flat, temperature)
			sum -= math.Log(max(1e-12, flat[t.right]))
		}
		return sum
	}
	// The surprise has one valley; it is narrowed down by the golden section, over the logarithm.
	low, high := 0.0, math.Log(100)
	for range 20 {
		a, b := low+0.382*(high-low), low+0.618*(high-low)
		if surprise(math.Exp(a)) < surprise(math.Exp(b)) {
			high = b
		} else {
			low = a
		}
	}
	return math.Exp((low + high) / 2)
}
