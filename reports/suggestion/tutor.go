package suggestion

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/account"
	"quartier/reports/store"
)

// When a model is learnt anew: after a day, when categories were changed, or when many reports came.
const (
	lookEvery  = time.Minute
	learnEvery = 24 * time.Hour
	manyCame   = 1000 // and a tenth of what there was
)

// mostLearnt is how many reports are learnt from: the latest.
const mostLearnt = 100_000

// Tutor keeps a model of the town's reports and learns it anew from time to time. Run it; Guess answers from the model of the moment.
type Tutor struct {
	DB  *store.DB
	Log *slog.Logger

	model atomic.Pointer[Model]
}

// Guess gives the likeliest categories of a text, at most n. Nothing, while nothing is learnt.
func (t *Tutor) Guess(text string, n int) []Guess {
	if t == nil {
		return nil
	}
	m := t.model.Load()
	if m == nil {
		return nil
	}
	return m.Guess(text, n)
}

// stamp tells whether it is time to learn anew.
type stamp struct {
	categories, reports int64
	at                  time.Time
}

func (s stamp) outdated(now stamp) bool {
	return now.categories != s.categories || now.reports > s.reports+s.reports/10+manyCame || now.at.Sub(s.at) >= learnEvery
}

// Run learns until the context ends. While the database rests, the model of before goes on.
func (t *Tutor) Run(ctx context.Context) {
	var learnt stamp
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for now := time.Now(); ; {
		if err := t.look(ctx, now, &learnt); err != nil && ctx.Err() == nil {
			t.Log.Warn("which words go with which category could not be learnt", "cause", err)
		}
		select {
		case <-ctx.Done():
			return
		case now = <-every.C:
		}
	}
}

// look learns anew if it is time to.
func (t *Tutor) look(ctx context.Context, now time.Time, learnt *stamp) error {
	current := stamp{at: now}
	err := t.DB.QueryRow(ctx, `select (select coalesce(sum(version) + count(*), 0) from category), (select coalesce(max(id), 0) from report)`).
		Scan(&current.categories, &current.reports)
	if err != nil {
		return store.Explain(err)
	}
	if t.model.Load() != nil && !learnt.outdated(current) {
		return nil
	}
	if err := t.Learn(ctx); err != nil {
		return err
	}
	*learnt = current
	return nil
}

// latestSQL gives the latest reports that everybody may see, by the index that lists are served from. An import's title can be no more than the name of its type:
// then its description says what the report is about.
const latestSQL = `
	select r.title || ' ' || left(r.description, 300), r.category_id
	from report r
	where %s
	order by r.created_at desc, r.id desc
	limit @most`

// Learn makes a model of what the database holds and lets it answer from now on.
func (t *Tutor) Learn(ctx context.Context) error {
	var names, examples []Example
	err := t.DB.Read(ctx, func(tx pgx.Tx) error {
		// A large town takes seconds, and nobody waits for it.
		if _, err := tx.Exec(ctx, `set local statement_timeout = '5min'`); err != nil {
			return err
		}
		active := map[int32]bool{}
		rows, err := tx.Query(ctx, `
			select c.id, c.slug, c.name_fr, c.name_en
			from category c
			left join category p on p.id = c.parent_id
			where c.active and coalesce(p.active, true)
			order by c.id`)
		if err != nil {
			return err
		}
		var id int32
		var slug, fr, en string
		_, err = pgx.ForEachRow(rows, []any{&id, &slug, &fr, &en}, func() error {
			active[id] = true
			names = append(names, Example{fr, id}, Example{en, id})
			for _, s := range synonyms[slug] {
				names = append(names, Example{s, id})
			}
			return nil
		})
		if err != nil {
			return err
		}
		if t.model.Load() == nil { // names alone, until more is known
			t.model.Store(Learn(names, nil))
		}
		rows, err = tx.Query(ctx, fmt.Sprintf(latestSQL, account.Anonymous.VisibleSQL("r")), pgx.NamedArgs{"most": mostLearnt})
		if err != nil {
			return err
		}
		var one Example
		_, err = pgx.ForEachRow(rows, []any{&one.Text, &one.Category}, func() error {
			if active[one.Category] {
				examples = append(examples, one)
			}
			return nil
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("learn what reports are about: %w", err)
	}
	t.model.Store(Learn(names, examples))
	return nil
}

//go:embed synonym.txt
var synonymFile string

// synonyms are the words and phrases of the file, by slug.
var synonyms = func() map[string][]string {
	all := map[string][]string{}
	lines := bufio.NewScanner(strings.NewReader(synonymFile))
	for lines.Scan() {
		slug, list, found := strings.Cut(lines.Text(), ":")
		if !found || strings.HasPrefix(slug, "#") {
			continue
		}
		for word := range strings.SplitSeq(list, ",") {
			all[slug] = append(all[slug], strings.TrimSpace(word))
		}
	}
	return all
}()
