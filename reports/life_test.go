package reports_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/fault"
	"quartier/reports/follow"
)

// agentOf makes somebody who handles every report.
func agentOf(t *testing.T, r *reports.Register) account.Actor {
	t.Helper()
	id := person(t, r.DB, "agent@example.org", "")
	return account.Actor{Role: account.RoleAgent, Person: id, Grants: []account.Grant{{Role: account.RoleAgent}}}
}

func resident(t *testing.T, r *reports.Register, email string) account.Actor {
	t.Helper()
	return account.Actor{Role: account.RoleResident, Person: person(t, r.DB, email, "")}
}

// as files a report as somebody.
func as(t *testing.T, r *reports.Register, by reports.By) int64 {
	t.Helper()
	f := filing()
	f.Device = by.Device
	receipt, err := r.File(t.Context(), by.Actor, f)
	if err != nil {
		t.Fatal(err)
	}
	return receipt.ID
}

// must moves a report on.
func must(t *testing.T, r *reports.Register, actor account.Actor, id int64, from, to string) {
	t.Helper()
	if _, err := r.Move(t.Context(), actor, id, reports.Move{From: from, To: to, Message: "Parce que."}); err != nil {
		t.Fatalf("%s → %s: %v", from, to, err)
	}
}

func statusOf(t *testing.T, r *reports.Register, id int64) string {
	t.Helper()
	return read(t, r.DB, `select status || ' ' || (closed_at is not null) from report where id = $1`, id)
}

// wrongIn gives the words of what is wrong, by field.
func wrongIn(err error) map[string]string {
	var f *fault.Error
	words := map[string]string{}
	if errors.As(err, &f) {
		for _, field := range f.Fields {
			words[field.Name] = field.Word
		}
	}
	return words
}

// Who handles a report moves it as the table says, on the state that was seen, and with the message that is wanted; everything stands in its timeline.
func TestMove(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	id := file(t, r, filing()).ID
	exec(t, r.DB, `update report set service_id = (select id from service where slug = 'roads') where id = $1`, id)
	service := read(t, r.DB, `select name_fr from service where slug = 'roads'`)
	for name, actor := range map[string]account.Actor{"nobody": account.Anonymous, "a resident": resident(t, r, "voisine@example.org"), "an analyst": {Role: account.RoleAnalyst, Grants: []account.Grant{{Role: account.RoleAnalyst}}},
		"a key that only reads": {Role: agent.Role, Grants: agent.Grants, ReadOnly: true}} {
		if _, err := r.Move(t.Context(), actor, id, reports.Move{From: "new", To: "acknowledged"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s moves it: %v", name, err)
		}
	}
	due := noon.Add(72 * time.Hour)
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "new", To: "planned", Message: "Mardi.", Due: reports.Expected{Given: true, At: due}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "new", To: "acknowledged"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a move decided on a state that is over: %v", err)
	}
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "planned", To: "acknowledged"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a move that the table does not have: %v", err)
	}
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "planned", To: "rejected"}); wrongIn(err)["message"] == "" {
		t.Errorf("refused without a word: %v", err)
	}
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "planned", To: "in_progress", Due: reports.Expected{Given: true, At: noon.Add(-time.Hour)}}); wrongIn(err)["due"] == "" {
		t.Errorf("expected yesterday: %v", err)
	}
	must(t, r, agent, id, "planned", "waiting")
	must(t, r, agent, id, "waiting", "planned")
	must(t, r, agent, id, "planned", "resolved")
	if got := statusOf(t, r, id); got != "resolved true" {
		t.Errorf("it is %s", got)
	}
	must(t, r, agent, id, "resolved", "reopened")
	if got := statusOf(t, r, id); got != "reopened false" {
		t.Errorf("it is %s", got)
	}
	updates, err := r.Timeline(t.Context(), account.Anonymous, id)
	if err != nil || len(updates) != 6 || updates[1].Body != "Mardi." || !updates[1].Due.At.Equal(due) || updates[3].From != "waiting" || updates[3].To != "planned" {
		t.Errorf("its timeline reads %+v, %v", updates, err)
	}
	if updates[1].By != service {
		t.Errorf("%q planned it, want %q", updates[1].By, service)
	}
}

// An unknown original, a report itself and what repeats it are no originals; a duplicate of a duplicate is one of the root, and what repeated it goes along and
// comes back. Who follows the duplicate hears of the original.
func TestMergeAndUndo(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	root, middle, leaf := file(t, r, filing()).ID, file(t, r, filing()).ID, file(t, r, filing()).ID
	fan := resident(t, r, "voisine@example.org")
	err := r.DB.Write(t.Context(), func(tx pgx.Tx) error {
		return follow.Support(t.Context(), tx, reports.Kind, leaf, follow.Who{Person: fan.Person}, noon)
	})
	if err != nil {
		t.Fatal(err)
	}
	merge := func(id, original int64) error {
		_, err := r.Move(t.Context(), agent, id, reports.Move{From: "new", To: "duplicate", Message: "Déjà signalé.", Original: original})
		return err
	}
	for _, original := range []int64{999, leaf} {
		if err := merge(leaf, original); wrongIn(err)["original"] == "" {
			t.Errorf("a duplicate of %d: %v", original, err)
		}
	}
	if err := merge(leaf, middle); err != nil {
		t.Fatal(err)
	}
	if err := merge(middle, leaf); wrongIn(err)["original"] != "error.merge.self" {
		t.Errorf("a loop: %v", err)
	}
	if err := merge(middle, root); err != nil {
		t.Fatal(err)
	}
	originals := func() string {
		return read(t, r.DB, `select string_agg(id || '→' || coalesce(original_id, 0) || ':' || support_count, ' ' order by id) from report`)
	}
	if got, want := originals(), fmt.Sprintf("%d→0:1 %d→%d:1 %d→%d:1", root, middle, root, leaf, root); got != want {
		t.Errorf("merged: %s, want %s", got, want)
	}
	if got := read(t, r.DB, `select string_agg(type || other_id, ' ' order by id) from timeline where item_id = $1 and other_id is not null`, root); got != fmt.Sprintf("merge%d", middle) {
		t.Errorf("the original's timeline says %q", got)
	}
	must(t, r, agent, middle, "duplicate", "new")
	if got, want := originals(), fmt.Sprintf("%d→0:0 %d→0:1 %d→%d:1", root, middle, leaf, middle); got != want {
		t.Errorf("undone: %s, want %s", got, want)
	}
	if got := statusOf(t, r, middle); got != "new false" {
		t.Errorf("it is %s", got)
	}
	// One that joins a duplicate joins its root.
	late := file(t, r, filing()).ID
	if err := merge(late, leaf); err != nil {
		t.Fatal(err)
	}
	if got := read(t, r.DB, `select original_id::text from report where id = $1`, late); got != fmt.Sprint(middle) {
		t.Errorf("a duplicate of a duplicate repeats %s", got)
	}
}

// However merges, undos and supports come at once: none waits for another for ever, and no duplicate repeats a duplicate.
func TestMergesAtOnce(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	fan := resident(t, r, "voisine@example.org")
	ids := make([]int64, 6)
	for i := range ids {
		ids[i] = file(t, r, filing()).ID
	}
	var all sync.WaitGroup
	for worker := range uint64(4) {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(worker, 6))
			for range 25 {
				one, other := ids[chance.IntN(len(ids))], ids[chance.IntN(len(ids))]
				_, merge := r.Move(t.Context(), agent, one, reports.Move{From: "new", To: "duplicate", Message: "Le même", Original: other})
				support := r.DB.Write(t.Context(), func(tx pgx.Tx) error {
					return follow.Support(t.Context(), tx, reports.Kind, other, follow.Who{Person: fan.Person}, noon)
				})
				_, undo := r.Move(t.Context(), agent, other, reports.Move{From: "duplicate", To: "new"})
				for _, err := range []error{merge, support, undo} {
					if err != nil && fault.KindOf(err) == fault.Internal {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if chains := read(t, r.DB, `
		select coalesce(string_agg(d.id || ' repeats ' || o.id || ', which is ' || o.status, '; '), '')
		from report d join report o on o.id = d.original_id where o.status = 'duplicate' or d.status <> 'duplicate'`); chains != "" {
		t.Error(chains)
	}
	if wrong := read(t, r.DB, `
		select coalesce(string_agg(r.id || ' counts ' || support_count, '; '), '') from report r
		where support_count <> (select count(*) from support s where s.kind = 'report' and s.item_id = r.id)`); wrong != "" {
		t.Error(wrong)
	}
}

// What a private original is called is told to nobody who does not see it.
func TestMergeTellsOnlyWhatIsSeen(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	original, id := file(t, r, filing()).ID, file(t, r, filing()).ID
	if _, err := r.Move(t.Context(), agent, id, reports.Move{From: "new", To: "duplicate", Message: "Déjà signalé.", Original: original}); err != nil {
		t.Fatal(err)
	}
	exec(t, r.DB, `update report set visibility = 'private' where id = $1`, original)
	for name, c := range map[string]struct {
		actor account.Actor
		want  int64
	}{"nobody": {account.Anonymous, 0}, "the agent": {agent, original}} {
		updates, err := r.Timeline(t.Context(), c.actor, id)
		if err != nil || updates[len(updates)-1].Other != c.want {
			t.Errorf("%s reads %+v, %v", name, updates, err)
		}
	}
}

// Who is known is read at once; nobody, links and watched words wait for a moderator, who lets them stand or not. Until then only moderators see them.
func TestComments(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	moderator := account.Actor{Role: account.RoleModerator, Person: person(t, r.DB, "moderation@example.org", ""), Grants: []account.Grant{{Role: account.RoleModerator}}}
	known := reports.By{Actor: resident(t, r, "voisine@example.org")}
	id := file(t, r, filing()).ID
	say := func(by reports.By, text string, doubts ...reports.Doubt) reports.Said {
		t.Helper()
		said, err := r.Comment(t.Context(), by, id, reports.Comment{Text: text, Doubts: doubts})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	if said := say(known, "C’est dangereux, voir au 3.5 de la rue."); said.Waits {
		t.Error("who is known waits")
	}
	for name, said := range map[string]reports.Said{"a link": say(known, "Voyez www.reclame.example"), "a word": say(known, "Un mot", reports.DoubtWord)} {
		if !said.Waits {
			t.Errorf("%s stands at once", name)
		}
	}
	good, bad := say(reports.By{Actor: account.Anonymous}, "Moi aussi"), say(reports.By{Actor: account.Anonymous}, "Bof")
	bodies := func(actor account.Actor) (list []string) {
		updates, err := r.Timeline(t.Context(), actor, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range updates {
			if u.Type == "comment" {
				list = append(list, u.Body)
			}
		}
		return list
	}
	for name, actor := range map[string]account.Actor{"nobody": account.Anonymous, "the agent": agent, "the author": known.Actor} {
		if got := bodies(actor); len(got) != 1 {
			t.Errorf("%s reads %q while the rest waits", name, got)
		}
	}
	cases, _, err := r.Cases(t.Context(), moderator, false, reports.Page{Limit: 10})
	if err != nil || len(cases) != 4 || cases[0].Of != reports.CaseComment || cases[0].Entry == 0 {
		t.Errorf("moderators are shown %+v, %v", cases, err)
	}
	decide := func(entry int64, v reports.Verdict) error {
		_, err := r.Decide(t.Context(), moderator, reports.Ruling{Report: id, Entry: entry, Verdict: v, Reason: "Parce que"})
		return err
	}
	if err := decide(good.Entry, reports.VerdictRedact); fault.KindOf(err) != fault.Conflict {
		t.Errorf("taking away what nobody sees: %v", err)
	}
	if err := errors.Join(decide(good.Entry, reports.VerdictPublish), decide(bad.Entry, reports.VerdictReject)); err != nil {
		t.Fatal(err)
	}
	if err := decide(bad.Entry, reports.VerdictPublish); fault.KindOf(err) != fault.Conflict {
		t.Errorf("deciding twice: %v", err)
	}
	if got := bodies(account.Anonymous); len(got) != 2 || got[1] != "Moi aussi" {
		t.Errorf("everybody reads %q", got)
	}
	if cases, _, err := r.Cases(t.Context(), moderator, false, reports.Page{Limit: 10}); err != nil || len(cases) != 2 {
		t.Errorf("moderators are still shown %+v, %v", cases, err)
	}
	if _, err := r.Comment(t.Context(), known, id, reports.Comment{Text: " "}); wrongIn(err)["body"] == "" {
		t.Errorf("nothing said: %v", err)
	}
}

// A question waits for who filed the report, and for nobody else.
func TestAnswerToAQuestion(t *testing.T) {
	r := newRegister(t)
	agent := agentOf(t, r)
	reporter, other := reports.By{Actor: resident(t, r, "jeanne@example.org")}, reports.By{Actor: resident(t, r, "voisine@example.org")}
	id := as(t, r, reporter)
	must(t, r, agent, id, "new", "in_progress")
	must(t, r, agent, id, "in_progress", "waiting")
	r.Now = func() time.Time { return noon.Add(time.Hour) }
	for _, c := range []struct {
		by   reports.By
		want string
	}{{other, "waiting false"}, {reporter, "in_progress false"}} {
		exec(t, r.DB, `update report set updated_at = $2 where id = $1`, id, noon)
		if _, err := r.Comment(t.Context(), c.by, id, reports.Comment{Text: "À gauche."}); err != nil {
			t.Fatal(err)
		}
		if got := statusOf(t, r, id); got != c.want {
			t.Errorf("it is %s, want %s", got, c.want)
		}
		if one, err := r.Get(t.Context(), account.Anonymous, id); err != nil || !one.UpdatedAt.Equal(noon.Add(time.Hour)) {
			t.Errorf("it was last changed at %s, %v", one.UpdatedAt, err)
		}
	}
}

// "Not fixed" of who filed or follows the report reopens it for 30 days and reaches the service; strangers reopen nothing. Everybody counts once.
func TestIsItFixed(t *testing.T) {
	r := newRegister(t)
	now := noon
	r.Now = func() time.Time { return now }
	agent := agentOf(t, r)
	reporter, follower := reports.By{Actor: resident(t, r, "jeanne@example.org")}, reports.By{Actor: resident(t, r, "voisine@example.org")}
	id := as(t, r, reporter)
	exec(t, r.DB, `insert into follow (person_id, kind, item_id, created_at) values ($1, 'report', $2, $3)`, follower.Actor.Person, id, noon)
	exec(t, r.DB, `insert into service (slug, name_fr, name_en, email) values ('voirie-essai', 'Essai', 'Trial', 'voirie@example.org')`)
	exec(t, r.DB, `update report set service_id = (select id from service where slug = 'voirie-essai') where id = $1`, id)
	yes, no := true, false
	tell := func(by reports.By, f reports.Feedback) (bool, error) {
		_, reopened, err := r.Tell(t.Context(), by, id, f, nil, "https://example.org")
		return reopened, err
	}
	if _, err := tell(reporter, reports.Feedback{Fixed: &no}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("of a report that is not resolved: %v", err)
	}
	must(t, r, agent, id, "new", "resolved")
	for name, by := range map[string]reports.By{"nobody": {Actor: account.Anonymous}, "a stranger": {Actor: resident(t, r, "passant@example.org")}, "another browser": {Actor: account.Anonymous, Device: make([]byte, 32)}} {
		if _, err := tell(by, reports.Feedback{Fixed: &no}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s answers: %v", name, err)
		}
	}
	if reopened, err := tell(reporter, reports.Feedback{Fixed: &yes, Score: 3}); err != nil || reopened {
		t.Fatalf("yes: %t, %v", reopened, err)
	}
	if reopened, err := tell(reporter, reports.Feedback{Score: 2, Words: "Enfin"}); err != nil || reopened {
		t.Fatalf("so-so: %t, %v", reopened, err)
	}
	if reopened, err := tell(follower, reports.Feedback{Fixed: &no, Words: "Toujours là"}); err != nil || !reopened {
		t.Fatalf("no: %t, %v", reopened, err)
	}
	if got := statusOf(t, r, id); got != "reopened false" {
		t.Errorf("it is %s", got)
	}
	if got := read(t, r.DB, `select string_agg(recipient || ' ' || purpose, ', ') from mail`); got != "voirie@example.org reopened" {
		t.Errorf("mailed: %s", got)
	}
	if n, err := r.Contentment(t.Context(), id); err != nil || n != (reports.Contentment{Fixed: 1, NotFixed: 1, Middle: 1}) {
		t.Errorf("counted: %+v, %v", n, err)
	}
	updates, err := r.Timeline(t.Context(), account.Anonymous, id)
	if last := updates[len(updates)-1]; err != nil || last.To != "reopened" || last.Body != "Toujours là" || last.Role != account.RoleResident {
		t.Errorf("the timeline ends with %+v, %v", last, err)
	}
	must(t, r, agent, id, "reopened", "resolved")
	now = now.Add(31 * 24 * time.Hour)
	if reopened, err := tell(follower, reports.Feedback{Fixed: &no}); err != nil || reopened {
		t.Errorf("after a month: %t, %v", reopened, err)
	}
	if got := statusOf(t, r, id); got != "resolved true" {
		t.Errorf("after a month it is %s", got)
	}
}

// Who answers as a browser, then signs in with it and answers again counts once, by what was said last; so does who is signed in in a browser that has answered.
func TestFeedbackOfABrowser(t *testing.T) {
	r := newRegister(t)
	now := noon
	r.Now = func() time.Time { now = now.Add(time.Second); return now }
	agent, jeanne := agentOf(t, r), resident(t, r, "jeanne@example.org")
	id := file(t, r, filing()).ID
	exec(t, r.DB, `insert into follow (person_id, kind, item_id, created_at) values ($1, 'report', $2, $3)`, jeanne.Person, id, noon)
	for n := range 3 {
		exec(t, r.DB, `insert into follow (device_sha256, kind, item_id, by_mail, by_push, created_at) values ($1, 'report', $2, false, true, $3)`, device(byte(n+1)), id, noon)
	}
	must(t, r, agent, id, "new", "resolved")
	yes := true
	tell := func(by reports.By, f reports.Feedback) {
		t.Helper()
		if _, _, err := r.Tell(t.Context(), by, id, f, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	counted := func(what string, want reports.Contentment) {
		t.Helper()
		if n, err := r.Contentment(t.Context(), id); err != nil || n != want {
			t.Errorf("%s: counted %+v, %v", what, n, err)
		}
	}
	tell(reports.By{Actor: account.Anonymous, Device: device(1)}, reports.Feedback{Fixed: &yes, Score: 1, Words: "Bof"})
	fine(t, r.Adopt(t.Context(), jeanne, device(1)))
	o, err := r.Outcome(t.Context(), reports.By{Actor: jeanne, Device: device(1)}, id)
	if err != nil || o.Mine.Score != 1 || o.Mine.Words != "Bof" || o.Mine.Fixed == nil {
		t.Errorf("the answer is not hers: %+v, %v", o.Mine, err)
	}
	tell(reports.By{Actor: jeanne, Device: device(1)}, reports.Feedback{Score: 2})
	counted("signed in, again", reports.Contentment{Fixed: 1, Middle: 1})
	tell(reports.By{Actor: account.Anonymous, Device: device(2)}, reports.Feedback{Score: 3})
	fine(t, r.Adopt(t.Context(), jeanne, device(2)))
	counted("another browser, later", reports.Contentment{Fixed: 1, High: 1})
	tell(reports.By{Actor: account.Anonymous, Device: device(3)}, reports.Feedback{Score: 3})
	tell(reports.By{Actor: jeanne, Device: device(3)}, reports.Feedback{Score: 1})
	counted("signed in without the browser's being hers yet", reports.Contentment{Fixed: 1, Low: 1})
	tell(reports.By{Actor: account.Anonymous, Device: device(3)}, reports.Feedback{Score: 3})
	exec(t, r.DB, `update feedback set updated_at = $1 where device_sha256 is not null`, noon)
	fine(t, r.Adopt(t.Context(), jeanne, device(3)))
	counted("what was said before", reports.Contentment{Fixed: 1, Low: 1})
}

// Who filed a report corrects it within a quarter of an hour, as an account or in the browser where it was filed, and nobody else does.
func TestEditAndWithdraw(t *testing.T) {
	r := newRegister(t)
	now := noon
	r.Now = func() time.Time { return now }
	device := make([]byte, 32)
	device[0] = 1
	anonymous, known, stranger := reports.By{Actor: account.Anonymous, Device: device}, reports.By{Actor: resident(t, r, "jeanne@example.org"), Device: device}, reports.By{Actor: account.Anonymous, Device: make([]byte, 32)}
	for name, by := range map[string]reports.By{"a browser": anonymous, "an account": known} {
		now = noon
		id := as(t, r, by)
		edit := func(by reports.By, before time.Time, doubts ...reports.Doubt) error {
			_, err := r.Edit(t.Context(), by, id, reports.Edit{Title: "Trou bien plus grand", Category: "lamp-out", Before: before, Doubts: doubts})
			return err
		}
		if err := edit(stranger, noon); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: a stranger corrects it: %v", name, err)
		}
		if err := edit(by, noon.Add(time.Second)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: corrected on another state: %v", name, err)
		}
		now = noon.Add(14 * time.Minute)
		if err := edit(by, noon); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := read(t, r.DB, `select title || ' ' || c.slug from report r join category c on c.id = r.category_id where r.id = $1`, id); got != "Trou bien plus grand lamp-out" {
			t.Errorf("%s: it reads %s", name, got)
		}
		if got := read(t, r.DB, `select string_agg(type, ' ' order by id) from timeline where item_id = $1`, id); got != "filed edit" {
			t.Errorf("%s: its timeline reads %s", name, got)
		}
		if err := edit(by, now, reports.DoubtWord); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := statusOf(t, r, id); got != "pending false" {
			t.Errorf("%s: with a watched word it is %s", name, got)
		}
		if _, err := r.Withdraw(t.Context(), stranger, id, "", nil); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: a stranger withdraws it: %v", name, err)
		}
		if _, err := r.Withdraw(t.Context(), by, id, "Je me suis trompée", nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := r.Get(t.Context(), account.Anonymous, id); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: what waited for a moderator became public by being withdrawn: %v", name, err)
		}
		if _, err := r.Withdraw(t.Context(), by, id, "", nil); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: withdrawn twice: %v", name, err)
		}
		late := as(t, r, by)
		now = now.Add(16 * time.Minute)
		_, err := r.Edit(t.Context(), by, late, reports.Edit{Title: "Trop tard", Category: "pothole", Before: now})
		if kind := fault.KindOf(err); kind != fault.Conflict && (by.Actor.Person != 0 || kind != fault.NotFound) {
			t.Errorf("%s: corrected too late: %v", name, err)
		}
	}
	list, err := r.Mine(t.Context(), known.Actor, 0, 10)
	if err != nil || len(list) != 2 || list[0].ID < list[1].ID || !list[0].Withdraw || list[0].Edit || list[1].Withdraw {
		t.Errorf("an account finds %+v, %v", list, err)
	}
}
