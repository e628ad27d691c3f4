package demo

import (
	"math"
	"strconv"
	"time"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/language"
)

// update is one entry of a timeline.
type update struct {
	kind     string // filed, status, comment, answer, note
	from, to string
	private  bool
	body     string
	role     account.Role
	by       string
	at       time.Time
}

// life is what becomes of a report until now.
type life struct {
	c       *chance
	k       *kind
	service string // its slug
	by      string // its name
	now     time.Time
	at      time.Time
	status  string
	updates []update
	paused  time.Duration // while the reporter was asked
	closed  time.Time
}

// answer gives the words of an answer: of the category, else of the service, else of anybody.
func (l *life) answer(word string, slots map[string]string) string {
	all := readWords()["fr"]
	for _, key := range []string{word + "/" + l.k.slug, word + "/" + l.service, word} {
		if t := all[key]; len(t) > 0 {
			s := scene{slots: slots}
			return language.FrenchSpaces(s.say(l.c, s.choose(l.c, t[0].facts)))
		}
	}
	return ""
}

// move goes on to another state, unless that has not come yet.
func (l *life) move(to, body string, role account.Role, at time.Time) bool {
	return l.note(update{kind: "status", from: l.status, to: to, body: body, role: role}, at)
}

// note writes an entry, unless its time has not come.
func (l *life) note(u update, at time.Time) bool {
	if !at.After(l.at) {
		at = l.at.Add(time.Duration(2+l.c.IntN(50)) * time.Minute)
	}
	if h := at.Hour(); u.role == account.RoleResident && h < 7 { // people sleep
		at = at.Add(time.Duration(7-h)*time.Hour + time.Duration(l.c.IntN(120))*time.Minute)
	}
	at = at.Truncate(time.Second)
	if at.After(l.now) {
		return false
	}
	if u.role == account.RoleAgent {
		u.by = l.by
	}
	u.at, l.at = at, at
	l.updates = append(l.updates, u)
	if u.to != "" {
		l.status = u.to
		l.closed = time.Time{}
		if reports.Statuses[reports.StatusNumber(u.to)].Phase == "closed" {
			l.closed = at
		}
	}
	return true
}

// office gives the next moment at which somebody of the service is at work.
func (l *life) office(at time.Time) time.Time {
	from, to := 8, 17
	if l.service == "cleaning" {
		from, to = 6, 15
	}
	late := at.Hour() >= to
	if at.Hour() < from || late {
		if late {
			at = at.AddDate(0, 0, 1)
		}
		y, m, d := at.Date()
		at = time.Date(y, m, d, from, l.c.IntN(60), l.c.IntN(60), 0, at.Location()).Add(time.Duration(l.c.IntN(150)) * time.Minute)
	}
	for closed(at) && !(l.service == "cleaning" && at.Weekday() == time.Saturday) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// lives tells the life of a report from its filing on; original is the public number that it repeats, if it turns out so (0: it repeats none).
func lives(c *chance, k *kind, created, now time.Time, original func() string) *life {
	l := &life{c: c, k: k, now: now, at: created, status: "new"}
	l.service, l.by = serviceOf(k.slug)
	role := account.RoleResident
	l.updates = []update{{kind: "filed", to: "new", role: role, at: created}}
	// How long it takes: most are done in time, a few at once, some are overlooked for weeks or months. The services have become quicker.
	age := now.Sub(created).Hours() / 24
	days := 1.45 * k.days * math.Exp(c.NormFloat64()*0.42) * (0.85 + float64(0.3*min(1, age/1000)))
	if c.in(15) {
		days *= 0.3
	}
	if c.IntN(1000) < 11 {
		luck := c.Float64()
		days = 20 + float64(170*luck*luck)
	}
	span := time.Duration(days * 24 * float64(time.Hour))
	part := func(low, high float64) time.Time {
		return l.office(created.Add(time.Duration(float64(span) * c.between(low, high))))
	}
	end := func() time.Time { return part(0.98, 1.02) }
	agent := account.RoleAgent
	say := func(percent int, word string) string {
		if c.in(percent) {
			return l.answer(word, nil)
		}
		return ""
	}
	roll := c.IntN(1000)
	slow := days > 2.5
	switch {
	case original != nil:
		early := l.office(created.Add(time.Duration(c.between(0.6, 40) * float64(time.Hour))))
		if l.move("duplicate", l.answer("duplicate", map[string]string{"ORIGINAL": original()}), agent, early) {
			return l
		}
		return l
	case roll < k.reject*10:
		if c.in(35) {
			if !l.move("acknowledged", say(30, "acknowledged"), agent, part(0.05, 0.3)) {
				return l
			}
			if c.in(30) {
				question, _ := l.question()
				if !l.move("waiting", question, agent, part(0.3, 0.5)) {
					return l
				}
				asked := l.at
				l.move("rejected", l.answer("no-reply", nil), agent, l.office(l.at.Add(time.Duration(15*24+c.IntN(150))*time.Hour)))
				l.pause(asked)
				return l
			}
		}
		l.move("rejected", l.answer("rejected", nil), agent, part(0.4, 1))
		return l
	case roll < (k.reject+k.refer)*10:
		if c.in(40) && !l.move("acknowledged", say(30, "acknowledged"), agent, part(0.05, 0.4)) {
			return l
		}
		l.move("referred", l.answer("referred", nil), agent, part(0.4, 0.9))
		return l
	case roll < (k.reject+k.refer)*10+14:
		l.move("withdrawn", l.answer("withdrawn", nil), role, created.Add(time.Duration(c.between(0.2, 60)*float64(time.Hour))))
		return l
	}
	steps := true
	switch way := c.IntN(100); {
	case way < 24 && !slow, way < 6:
		steps = true
	case way < 52:
		steps = l.move("acknowledged", say(34, "acknowledged"), agent, part(0.03, 0.25)) && l.aside() &&
			l.move("in_progress", say(24, "in_progress"), agent, part(0.5, 0.93))
	case way < 76 && slow:
		steps = l.move("acknowledged", say(34, "acknowledged"), agent, part(0.02, 0.2)) && l.aside() &&
			l.move("planned", say(72, "planned"), agent, part(0.22, 0.5)) && l.aside() &&
			l.move("in_progress", say(20, "in_progress"), agent, part(0.8, 0.96))
	case way < 80:
		steps = l.move("in_progress", say(30, "in_progress"), agent, part(0.2, 0.8))
	case way < 86:
		steps = l.move("acknowledged", "", agent, part(0.03, 0.2)) && l.ask() &&
			l.move("in_progress", say(24, "in_progress"), agent, part(0.6, 0.95))
	case way < 89:
		steps = l.move("planned", say(72, "planned"), agent, part(0.1, 0.5))
	default:
		steps = l.move("acknowledged", say(34, "acknowledged"), agent, part(0.03, 0.4)) && l.aside()
	}
	if !steps || !l.move("resolved", say(72, "resolved"), agent, end()) {
		return l
	}
	if c.in(7) {
		l.note(update{kind: "comment", body: l.answer("thanks", nil), role: role}, l.at.Add(time.Duration(c.between(0.5, 40)*float64(time.Hour))))
	}
	if c.IntN(1000) < 36 {
		back := l.at.Add(time.Duration(c.between(5, 380) * float64(time.Hour)))
		if l.move("reopened", l.answer("reopened", nil), role, back) &&
			l.move("in_progress", say(30, "in_progress"), agent, l.office(l.at.Add(time.Duration(c.between(3, 24*14)*float64(time.Hour))))) {
			l.move("resolved", l.answer("resolved", nil), agent, l.office(l.at.Add(time.Duration(float64(span)*c.between(0.3, 1)))))
		}
	}
	return l
}

// aside is what is said between two states. It never holds anything up.
func (l *life) aside() bool {
	hours := func(low, high float64) time.Time {
		return l.at.Add(time.Duration(l.c.between(low, high) * float64(time.Hour)))
	}
	switch roll := l.c.IntN(100); {
	case roll < 5:
		l.note(update{kind: "comment", body: l.answer("comment", nil), role: account.RoleResident}, hours(2, 60))
		if l.c.in(45) {
			l.note(update{kind: "answer", body: l.answer("answer", nil), role: account.RoleAgent}, l.office(hours(2, 30)))
		}
	case roll < 9:
		l.note(update{kind: "note", private: true, body: l.answer("note", nil), role: account.RoleAgent}, l.office(hours(0.5, 12)))
	}
	return true
}

// question gives what the reporter is asked and what comes back.
func (l *life) question() (question, reply string) {
	t := pick(l.c, readWords()["fr"]["waiting"])
	s := &scene{}
	return language.FrenchSpaces(s.say(l.c, s.choose(l.c, t.facts))), language.FrenchSpaces(s.say(l.c, s.choose(l.c, t.effects)))
}

// ask puts a question to the reporter, who answers; the clock stands still meanwhile. It tells whether the answer has come.
func (l *life) ask() bool {
	before := l.status
	question, reply := l.question()
	if !l.move("waiting", question, account.RoleAgent, l.office(l.at.Add(time.Duration(l.c.IntN(20)+1)*time.Hour))) {
		return false
	}
	asked := l.at
	answered := l.move(before, reply, account.RoleResident, l.at.Add(time.Duration(l.c.between(0.4, 90)*float64(time.Hour))))
	l.pause(asked)
	return answered
}

// pause notes for how long the clock stood still.
func (l *life) pause(since time.Time) {
	until := l.now
	if l.status != "waiting" {
		until = l.at
	}
	l.paused += until.Sub(since)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
