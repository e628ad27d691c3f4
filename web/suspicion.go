package web

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"quartier/reports"
	"quartier/reports/fault"
)

// quickest is how long a person takes at least to fill in a form.
const quickest = time.Second

// suspicious is the weight from which on a filing is suspicious. One odd thing alone is not.
const suspicious = 2

// unsolved is the answer to a challenge of who cannot, or does not want to, let the browser work: the report then waits for a moderator.
const unsolved = "none"

// signs are what a filing brings beside its content.
type signs struct {
	form      bool // it came by our form, whose fields follow
	trap      bool // a field that no person sees was filled in
	stamp     string
	browser   string // token of its forms
	odd       bool   // no browser or program names itself
	challenge string // that was set before; empty: none
	solution  string // to it
}

// signsOf reads them from a form.
func signsOf(c *fiber.Ctx) signs {
	field := func(name string) string { return string(c.Context().PostArgs().Peek(name)) }
	return signs{form: true, trap: field("website") != "", stamp: field("stamp"), browser: strings.Clone(c.Cookies(askedOf(c).cookie(crossSiteCookie))), odd: unnamed(c),
		challenge: field("challenge"), solution: field("proof")}
}

// unnamed tells whether a request names neither browser nor program.
func unnamed(c *fiber.Ctx) bool { return len(c.Request().Header.UserAgent()) == 0 }

// challenged is the refusal of a filing that is suspicious until its sender has worked for it.
type challenged struct {
	text string
	challenge
}

func (*challenged) Error() string { return "a proof of work is wanted" }

// vet looks at a filing before it is stored. It fails for who is blocked and where too many were filed, and with challenged for a suspicious one. What is left
// to doubt after that makes the report wait. Who has an account is known, and not weighed; words are weighed of everybody.
func (s *Server) vet(ctx context.Context, a *asked, f *reports.Filing, by signs) error {
	if err := s.shutOut(ctx, a, f.Email); err != nil {
		return err
	}
	if f.Wrong.Err() != nil {
		return nil // it is refused for that, and nobody works for nothing
	}
	blocked := s.blocks(ctx)
	if blocked.HasWord(append(slices.Collect(maps.Values(f.Attributes)), f.Title, f.Description, f.Address)...) {
		f.Doubts = append(f.Doubts, reports.DoubtWord)
	}
	if a.actor.Person != 0 {
		return nil
	}
	key, err := s.sealKey(ctx)
	if err != nil {
		return err
	}
	now := s.Register.Now()
	doubts, weight := by.weigh(key, now)
	if s.limits.filings.used(networkKey(a.address)) > 0.8 {
		doubts, weight = append(doubts, reports.DoubtOften), weight+2
	}
	area := areaKey(f.Position)
	if wait := s.limits.areas.take(area); wait > 0 {
		return tooMany(wait)
	}
	if s.limits.areas.used(area) > 0.2 {
		doubts, weight = append(doubts, reports.DoubtCrowd), weight+2
	}
	set, known := challengeOf(key, by.challenge, f.UUID, now)
	switch {
	case known && by.solution == unsolved:
		for _, d := range set.doubts {
			if !slices.Contains(doubts, d) {
				doubts = append(doubts, d)
			}
		}
		f.Doubts = append(f.Doubts, doubts...)
	case weight < suspicious:
	case known && set.solves(by.challenge, by.solution):
		s.proofs.solved.Add(1)
		if by.trap { // no person does that, however long it works
			f.Doubts = append(f.Doubts, reports.DoubtTrap)
		}
	default:
		s.proofs.set.Add(1)
		ch := challenge{filing: f.UUID, doubts: doubts, bits: challengeBits, expires: now.Add(challengeLife)}
		return &challenged{ch.encode(key), ch}
	}
	if len(f.Doubts) > 0 {
		s.proofs.doubted.Add(1)
	}
	return nil
}

// weigh weighs what a filing brings.
func (by signs) weigh(key []byte, now time.Time) (doubts []reports.Doubt, weight int) {
	add := func(d reports.Doubt, n int) { doubts, weight = append(doubts, d), weight+n }
	if by.odd {
		add(reports.DoubtOdd, 1)
	}
	if !by.form {
		return doubts, weight
	}
	if by.trap {
		add(reports.DoubtTrap, 4)
	}
	switch age, ours := stampAge(key, by.browser, by.stamp, now); {
	case !ours:
		add(reports.DoubtStamp, 2)
	case age < quickest:
		add(reports.DoubtFast, 2)
	}
	return doubts, weight
}

// stampFor writes the time stamp of a form that is given to a browser, or keeps the one that it has. While the database rests there is none.
func (s *Server) stampFor(c *fiber.Ctx, browser, before string) string {
	ctx, cancel := sparing(c)
	defer cancel()
	key, err := s.sealKey(ctx)
	if err != nil {
		return ""
	}
	now := s.Register.Now()
	if _, ours := stampAge(key, browser, before, now); ours {
		return before
	}
	return stamp(key, browser, now)
}

// problem makes the refusal a problem document for programs: with what to do, and by when.
func (ch *challenged) problem(a *asked) *Problem {
	p := newProblem(fiber.StatusForbidden, "proof-wanted", a.language, "error.proof_of_work", fault.Args{"bits": ch.bits})
	p.Challenge = &ProblemChallenge{Text: ch.text, Bits: ch.bits, UUID: ch.filing.String(), Expires: ch.expires.UTC()}
	return p
}
