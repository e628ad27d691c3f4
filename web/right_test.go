package web

import (
	"fmt"
	"html"
	"strings"

	"quartier/reports/account"
	"quartier/reports/language"
)

// signedInAs makes a person with some grants and gives the cookie of a session of theirs, which was begun with two factors.
func (s *site) signedInAs(grants ...account.Grant) (cookie string) {
	s.t.Helper()
	return s.cookieOf(s.personWith(grants...))
}

// personWith makes a person with some grants.
func (s *site) personWith(grants ...account.Grant) (person int64) {
	s.t.Helper()
	ctx := s.t.Context()
	err := s.Register.DB.QueryRow(ctx, `
		insert into person (email, name, email_verified_at)
		select 'personne-' || count(*) || '@example.org', 'Personne', now() from person returning id`).Scan(&person)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, g := range grants {
		if err := s.People.Grant(ctx, account.System, person, g); err != nil {
			s.t.Fatal(err)
		}
	}
	return person
}

// cookieOf begins a session of a person.
func (s *site) cookieOf(person int64) string {
	s.t.Helper()
	secret, err := s.People.Begin(s.t.Context(), person, account.ByPasskey, true, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprintf("%s=%s", (&asked{}).cookie(sessionCookie), secret)
}

// language gives a language by its tag.
func (s *site) language(tag string) *language.Language { return language.Of(tag) }

// containsText tells whether a page has a text.
func containsText(page, text string) bool { return strings.Contains(html.UnescapeString(page), text) }
