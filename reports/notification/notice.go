package notification

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Channels by which somebody is told.
const (
	byMail = "mail"
	byPush = "push"
)

// recipient is who is told: one of three.
type recipient struct {
	person  int64
	device  string // keyed digest, raw: a browser without an account
	contact int64  // who filed this report without an account
}

// match is that an entry concerns somebody, for one reason.
type match struct {
	entry      int64
	follow     int64 // 0: the recipient filed the report
	person     int64
	device     []byte
	contact    int64
	rhythm     Rhythm
	mail, push bool
	choice     Choice
}

// fields are where the columns of matchSQL go.
func (m *match) fields() []any {
	return []any{&m.entry, &m.follow, &m.person, &m.device, &m.contact, &m.rhythm, &m.mail, &m.push,
		&m.choice.Hour, &m.choice.Weekday, &m.choice.Quiet, &m.choice.QuietFrom, &m.choice.QuietTo}
}

// notices gathers matches: of one recipient, entry and channel there is one notice, due when the most urgent of its reasons says.
type notices struct {
	list  []notice
	known map[noticeKey]int
}

type noticeKey struct {
	recipient
	entry   int64
	channel string
}

type notice struct {
	noticeKey
	follows []int64
	filed   bool
	due     time.Time
}

func (n *notices) add(m match, now time.Time, city *time.Location) {
	due := m.choice.due(m.rhythm, now, city)
	for channel, wanted := range map[string]bool{byMail: m.mail, byPush: m.push} {
		if !wanted {
			continue
		}
		key := noticeKey{recipient{m.person, string(m.device), m.contact}, m.entry, channel}
		i, there := n.known[key]
		if !there {
			if n.known == nil {
				n.known = map[noticeKey]int{}
			}
			i = len(n.list)
			n.known[key] = i
			n.list = append(n.list, notice{noticeKey: key, due: due})
		}
		one := &n.list[i]
		if due.Before(one.due) {
			one.due = due
		}
		if m.follow == 0 {
			one.filed = true
		} else {
			one.follows = append(one.follows, m.follow)
		}
	}
}

// store writes the notices, and gives how many are new: an entry that is published a second time is told once.
func (n *notices) store(ctx context.Context, tx pgx.Tx) (int, error) {
	if len(n.list) == 0 {
		return 0, nil
	}
	var persons, contacts, entries []int64
	var devices [][]byte
	var channels, follows []string
	var filed []bool
	var due []time.Time
	for _, one := range n.list {
		persons, contacts, entries = append(persons, one.person), append(contacts, one.contact), append(entries, one.entry)
		devices, channels, filed, due = append(devices, []byte(one.device)), append(channels, one.channel), append(filed, one.filed), append(due, one.due)
		follows = append(follows, arrayOf(one.follows))
	}
	tag, err := tx.Exec(ctx, `
		insert into notice (person_id, device_sha256, contact_id, channel, entry_id, follow_ids, filed, due_at)
		select nullif(person, 0), nullif(device, ''), nullif(contact, 0), channel, entry, follows::bigint[], filed, due
		from unnest(@persons::bigint[], @devices::bytea[], @contacts::bigint[], @channels::text[], @entries::bigint[], @follows::text[], @filed::boolean[],
		            @due::timestamptz[]) as u (person, device, contact, channel, entry, follows, filed, due)
		on conflict do nothing`,
		pgx.NamedArgs{"persons": persons, "devices": devices, "contacts": contacts, "channels": channels, "entries": entries, "follows": follows,
			"filed": filed, "due": due})
	if err != nil {
		return 0, fmt.Errorf("store the notices: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// arrayOf writes ids as PostgreSQL does: lists of several lengths cannot be sent as one array.
func arrayOf(ids []int64) string {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return "{" + strings.Join(texts, ",") + "}"
}
