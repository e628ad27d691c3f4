package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"quartier/reports"
	"quartier/reports/account"
	"quartier/reports/follow"
	"quartier/reports/media"
	"quartier/reports/notification"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
	"quartier/tiles"
	"quartier/web/live"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// site is a server over a database of its own.
type site struct {
	*Server
	t   *testing.T
	log *bytes.Buffer
}

// newSite starts a server whose map is loaded and follows the database.
func newSite(t *testing.T, change ...func(*Server)) *site {
	t.Helper()
	db := storetest.New(t)
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	m, err := live.New(db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	city, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Register: &reports.Register{DB: db, Now: time.Now}, People: &account.Directory{DB: db, Now: time.Now, Holders: []account.Holder{reports.Holder{}, follow.Holder{}, notification.Holder{}}}, Map: m, Cache: tiles.NewCache(m.Index, 0), Log: logger, TimeZone: city,
		FilingsPerTenMinutes: 1000}
	if s.Photos, err = media.Open(t.Context(), db, t.TempDir(), nil, time.Now); err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(s)
	}
	if err := s.Prepare(); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { m.Run(ctx); close(done) }()
	t.Cleanup(func() {
		cancel()
		<-done
		s.stop()
	})
	return &site{Server: s, t: t, log: &log}
}

// answer is what a request got.
type answer struct {
	*http.Response
	body string
}

// do sends a request; headers come in pairs.
func (s *site) do(method, target, body string, headers ...string) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.app.Test(r, -1)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, target, err)
	}
	return answer{response, string(raw)}
}

func (s *site) get(target string, headers ...string) answer {
	s.t.Helper()
	return s.do(fiber.MethodGet, target, "", headers...)
}

// postJSON files a report by the API.
func (s *site) postJSON(body string, headers ...string) answer {
	s.t.Helper()
	return s.do(fiber.MethodPost, "/api/v1/reports", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

// file files a report and gives its number and token.
func (s *site) file(title string) (id int64, token string) {
	s.t.Helper()
	a := s.postJSON(`{"uuid":"` + uuid.NewString() + `","category":"pothole","title":"` + title + `","location":{"type":"Point","coordinates":[2.35,48.85]}}`)
	var filed struct{ ID int64 }
	if err := json.Unmarshal([]byte(a.body), &filed); err != nil || a.StatusCode != http.StatusCreated {
		s.t.Fatalf("filing %q: %d %s", title, a.StatusCode, a.body)
	}
	return filed.ID, a.Header.Get(tokenHeader)
}

// change changes reports by SQL, logs it and waits until the map has taken it in.
func (s *site) change(id int64, sql string, args ...any) {
	s.t.Helper()
	var token store.Token
	err := s.Register.DB.Write(s.t.Context(), func(tx pgx.Tx) (err error) {
		if _, err = tx.Exec(s.t.Context(), sql, args...); err != nil {
			return err
		}
		if token, err = store.CurrentToken(s.t.Context(), tx); err != nil {
			return err
		}
		return store.Append(s.t.Context(), tx, store.Change{Kind: reports.Kind, First: id, Last: id})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.await(token)
}

func (s *site) await(token store.Token) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	if !s.Map.Await(ctx, token) {
		s.t.Fatal("the map did not catch up within a minute")
	}
}

// awaitText waits for the write that a Quartier-Token names.
func (s *site) awaitText(token string) {
	s.t.Helper()
	parsed, err := store.ParseToken(token)
	if err != nil {
		s.t.Fatal(err)
	}
	s.await(parsed)
}

// count gives the number that a query answers.
func (s *site) count(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.Register.DB.QueryRow(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}
