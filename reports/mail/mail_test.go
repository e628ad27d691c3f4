package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"quartier/reports/fault"
	"quartier/reports/store"
	"quartier/reports/store/storetest"
)

// mailed posts a mail in a transaction of its own.
func mailed(t *testing.T, db *store.DB, m Message) error {
	t.Helper()
	return db.Write(t.Context(), func(tx pgx.Tx) error { return Post(t.Context(), tx, m) })
}

// count gives the number that a query answers.
func count(t *testing.T, db *store.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPost(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	err := mailed(t, db, Message{
		To: "Jeanne@Évian.example", Subject: "Votre signalement\r\nBcc: all@example.org\x00", Purpose: "answer",
		Text: "Bonjour,\r\n\tvoici\rla suite\x07.\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	var to, subject, text, messageID string
	err = db.QueryRow(t.Context(), `select id, recipient, subject, body, message_id from mail`).Scan(&id, &to, &subject, &text, &messageID)
	if err != nil {
		t.Fatal(err)
	}
	if to != "Jeanne@xn--vian-9oa.example" || subject != "Votre signalement Bcc: all@example.org" || text != "Bonjour,\n\tvoici\nla suite.\n" || len(messageID) != 32 {
		t.Errorf("posted to %q: %q, %q, under %q", to, subject, text, messageID)
	}
	// The job names the mail, and nothing of what stands in it.
	var args string
	if err := db.QueryRow(t.Context(), `select args::text from river_job where kind = 'mail_send' and queue = 'mail'`).Scan(&args); err != nil {
		t.Fatal(err)
	}
	if want := `{"mail": 1}`; args != want || id != 1 {
		t.Errorf("the job of mail %d is %s, want %s", id, args, want)
	}
}

// A mail and its job exist if what they tell about does.
func TestPostIsPartOfItsTransaction(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	failed := errors.New("the report was refused after all")
	err := db.Write(t.Context(), func(tx pgx.Tx) error {
		if err := Post(t.Context(), tx, Message{To: "jeanne@example.org", Subject: "x", Purpose: "answer"}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if n := count(t, db, `select (select count(*) from mail) + (select count(*) from river_job)`); n != 0 {
		t.Errorf("%d rows of a mail that was never posted", n)
	}
}

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var f *fault.Error
	if err := mailed(t, db, Message{To: "jeanne@example.org\nBcc: x@y.z", Subject: "x", Purpose: "answer"}); !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Errorf("an address with a header behind it: %v", err)
	}
	// Its text would be kept for ever if it cannot be sent.
	if err := mailed(t, db, Message{To: "jeanne@example.org", Subject: "x", Purpose: "sign_in", Secret: true}); err == nil {
		t.Error("a secret mail without an end was posted")
	}
	long := Message{To: "jeanne@example.org", Subject: strings.Repeat("é", 5000), Text: strings.Repeat("é", 300_000), Purpose: "answer",
		Secret: true, Expires: time.Now().Add(time.Hour)}
	if err := mailed(t, db, long); err != nil {
		t.Errorf("a mail that is too long was not cut: %v", err)
	}
}

// A person who is deleted takes the mails along; their jobs find nothing.
func TestMailsOfAPerson(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	person := count(t, db, `insert into person (email) values ('jeanne@example.org') returning id`)
	if err := mailed(t, db, Message{To: "jeanne@example.org", Subject: "x", Purpose: "answer", Person: int64(person)}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `with gone as (delete from person returning id) select count(*) from gone`); n != 1 {
		t.Fatal("the person is still there")
	}
	if n := count(t, db, `select count(*) from mail`); n != 0 {
		t.Errorf("%d mails of a person who is deleted", n)
	}
}
