package web

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports/account"
	"quartier/reports/exporting"
	"quartier/reports/language"
	"quartier/web/page"
)

// dataShown is how many rows of a section the page shows; the copies have all.
const dataShown = 50

// dataPage shows the reader everything that is known about them.
func (s *Server) dataPage(c *fiber.Ctx) error {
	a := askedOf(c)
	sections, err := s.People.Data(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("data.title", nil), s.links.account)
	var shown []page.DataSection
	for _, section := range sections {
		if len(section.Rows) == 0 {
			continue
		}
		one := page.DataSection{Name: section.Name, More: max(0, len(section.Rows)-dataShown)}
		for _, row := range section.Rows[:min(len(section.Rows), dataShown)] {
			var facts []page.Fact
			for i, value := range row {
				if text := shownValue(f, section.Columns[i], value); text != "" {
					facts = append(facts, page.Fact{Column: section.Columns[i], Value: text})
				}
			}
			one.Rows = append(one.Rows, facts)
		}
		shown = append(shown, one)
	}
	return render(c, fiber.StatusOK, page.Data(f, shown))
}

// wordsOf are the beginnings of the words for what stands in some columns.
var wordsOf = map[string]string{"action": "admin.did.", "channel": "notice.channel.", "entry": "timeline.", "method": "method.", "purpose": "outbox.purpose.", "rhythm": "notice.rhythm.", "role": "role.",
	"status": "status."}

// shownValue writes a value of a section for people; empty: there is nothing to show.
func shownValue(f page.Frame, column string, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return f.Say("data.true")
		}
		return f.Say("data.false")
	case *time.Time:
		if v == nil {
			return ""
		}
		return f.When(*v, false)
	case time.Time:
		// A day has no hour to be moved by a time zone.
		if column == "day" || strings.HasSuffix(column, "_day") {
			return f.Language.Date(v.UTC())
		}
		return f.When(v, false)
	case string:
		if word := wordsOf[column] + v; wordsOf[column] != "" && f.Language.Has(word) {
			return f.Say(word)
		}
		if word := "moderation.flag." + v + "_reason"; column == "reason" && f.Language.Has(word) {
			return f.Say(word)
		}
		if v == "{}" { // no answers
			return ""
		}
		return v
	}
	return plainValue(value)
}

// plainValue writes a value of a section for programs.
func plainValue(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case *time.Time:
		if v == nil {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	case []any:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = plainValue(one)
		}
		return strings.Join(texts, ";")
	}
	return fmt.Sprint(value)
}

// dataJSON gives the reader a copy for programs (GDPR, article 20).
func (s *Server) dataJSON(c *fiber.Ctx) error {
	sections, err := s.People.Data(c.UserContext(), askedOf(c).actor)
	if err != nil {
		return err
	}
	all := map[string][]map[string]any{}
	for _, section := range sections {
		rows := make([]map[string]any, 0, len(section.Rows))
		for _, row := range section.Rows {
			one := map[string]any{}
			for i, value := range row {
				one[section.Columns[i]] = value
			}
			rows = append(rows, one)
		}
		all[section.Name] = rows
	}
	raw, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write a copy of personal data: %w", err)
	}
	return s.sendCopy(c, "json", fiber.MIMEApplicationJSONCharsetUTF8, raw)
}

// dataZip gives the reader a copy for spreadsheets: a CSV file for each section, with its columns named in the reader's language.
func (s *Server) dataZip(c *fiber.Ctx) error {
	sections, err := s.People.Data(c.UserContext(), askedOf(c).actor)
	if err != nil {
		return err
	}
	var raw bytes.Buffer
	z := zip.NewWriter(&raw)
	for _, section := range sections {
		if err := writeSection(z, section, askedOf(c).language); err != nil {
			return fmt.Errorf("write a copy of personal data: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write a copy of personal data: %w", err)
	}
	return s.sendCopy(c, "zip", "application/zip", raw.Bytes())
}

func writeSection(z *zip.Writer, section account.Section, l *language.Language) error {
	file, err := z.Create(section.Name + ".csv")
	if err != nil {
		return err
	}
	rows := csv.NewWriter(file)
	var names []string
	for _, column := range section.Columns {
		names = append(names, l.Say("data.column."+column, nil))
	}
	_ = rows.Write(names) // an error is kept until the end
	for _, row := range section.Rows {
		var cells []string
		for _, value := range row {
			cells = append(cells, exporting.Inert(plainValue(value)))
		}
		_ = rows.Write(cells)
	}
	rows.Flush()
	return rows.Error()
}

// sendCopy sends a file that no cache keeps.
func (s *Server) sendCopy(c *fiber.Ctx, ending, kind string, raw []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="quartier-`+s.Register.Now().In(s.TimeZone).Format(time.DateOnly)+"."+ending+`"`)
	return c.Send(raw)
}

// erasePage tells the reader what an erasure means.
func (s *Server) erasePage(c *fiber.Ctx) error { return s.showErase(c, fiber.StatusOK, "") }

func (s *Server) showErase(c *fiber.Ctx, status int, wrong string) error {
	a := askedOf(c)
	n, err := s.Register.Filed(c.UserContext(), a.actor)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("data.erase.title", nil), s.links.account)
	f.Path = "/me/data/erase"
	return render(c, status, page.DataErase(f, page.Leaving{Reports: n, Fresh: a.entry.Proved(s.People.Now()), Prove: "/sign-in?next=/me/data/erase", Wrong: wrong}))
}

// eraseData erases everything about the reader.
func (s *Server) eraseData(c *fiber.Ctx) error {
	a := askedOf(c)
	if sent(c, "sure") != "yes" {
		return s.showErase(c, fiber.StatusUnprocessableEntity, a.language.Say("data.erase.unsure", nil))
	}
	if err := s.People.Erase(c.UserContext(), a.actor, a.actor.Person); err != nil {
		return err
	}
	s.signOut(c)
	return c.Redirect(s.to("/privacy?erased=1"), fiber.StatusSeeOther)
}

// contactPage shows how to reach who filed a report, and notes that it was read. It is asked for by a form: a link would be followed by prefetching browsers,
// and each reading counts.
func (s *Server) contactPage(c *fiber.Ctx) error {
	id, err := number(c.Params("id"))
	if err != nil {
		return err
	}
	a := askedOf(c)
	one, err := s.Register.Get(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	contact, err := s.Register.Contact(c.UserContext(), a.actor, id)
	if err != nil {
		return err
	}
	f := s.frameOf(c, a.language.Say("contact.title", nil), s.links.account)
	f.Path = "/reports/" + strconv.FormatInt(id, 10)
	return render(c, fiber.StatusOK, page.Contact(f, page.ContactView{ID: id, Title: one.Title, Name: contact.Name, Email: contact.Email, Phone: contact.Phone,
		Verified: contact.Verified}))
}
