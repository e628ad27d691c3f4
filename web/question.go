package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/language"
	"quartier/web/live"
	"quartier/web/page"
)

// localMoment is how browsers write a date and a time of the place where they are.
const localMoment = "2006-01-02T15:04"

// questionsFor gives the extra questions of a category with what was answered.
func questionsFor(v *live.Vocabulary, l *language.Language, d page.Draft) []page.Question {
	category := v.CategoryNamed(d.Category)
	if category == nil {
		return nil
	}
	var list []page.Question
	for _, a := range category.Attributes {
		q := page.Question{Code: a.Code, Label: a.Label(l.Tag), Type: a.Type, Required: a.Required, Private: a.Private, Answer: d.Answers[a.Code]}
		given := strings.Split(q.Answer, ",")
		for _, c := range a.Values {
			q.Choices = append(q.Choices, page.Choice{Value: c.Key, Label: c.Name(l.Tag), Chosen: slices.Contains(given, c.Key)})
		}
		list = append(list, q)
	}
	return list
}

// answersOf reads the answers that were typed. Several of a list are joined by commas.
func answersOf(c *fiber.Ctx) map[string]string {
	answers := map[string]string{}
	for name, value := range c.Context().PostArgs().All() {
		code, ours := strings.CutPrefix(string(name), "answer.")
		if !ours || len(value) == 0 {
			continue
		}
		if answers[code] != "" {
			answers[code] += ","
		}
		answers[code] += string(value)
	}
	return answers
}

// unasked tells whether the category of a draft has questions that the form did not show.
func unasked(c *fiber.Ctx, v *live.Vocabulary, d page.Draft) bool {
	category := v.CategoryNamed(d.Category)
	return category != nil && category.Active && len(category.Attributes) > 0 && string(c.Context().PostArgs().Peek("questions")) != d.Category
}

// answersTo gives the answers to the questions of a category, as they are filed: those to another's, which was chosen before, are dropped, and moments get
// the city's time zone.
func answersTo(category *reports.Category, answers map[string]string, city *time.Location) map[string]string {
	kept := map[string]string{}
	if category == nil {
		return kept
	}
	for _, a := range category.Attributes {
		answer := strings.TrimSpace(answers[a.Code])
		if a.Type == "datetime" {
			if t, err := time.ParseInLocation(localMoment, answer, city); err == nil {
				answer = t.Format(time.RFC3339)
			}
		}
		if a.Type == "number" {
			answer = strings.Replace(answer, ",", ".", 1)
		}
		if answer != "" {
			kept[a.Code] = answer
		}
	}
	return kept
}
