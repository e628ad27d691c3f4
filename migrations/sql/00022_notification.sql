-- +goose Up
-- What the reader of the change log has not seen yet is found by the transaction that wrote it: a late commit is not lost behind an early one.
alter table timeline add xid xid8 not null default pg_current_xact_id();
comment on column timeline.xid is 'The writing transaction; of an entry that was made public later, the one that did';
create index timeline_xid on timeline (xid);

-- +goose StatementBegin
create function timeline_published() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  return new;
end $$;
-- +goose StatementEnd
create trigger timeline_published before update of public on timeline
  for each row when (new.public and not old.public) execute function timeline_published();

alter table report_contact add stopped_at timestamptz;
comment on column report_contact.stopped_at is 'Who filed wants to hear no more of the report since; null: hears';

create table notice_choice (
  person_id  bigint primary key references person on delete cascade,
  rhythm     text not null default 'now' check (rhythm in ('now', 'daily', 'weekly')),
  by_mail    boolean not null default true,
  by_push    boolean not null default true,
  hour       smallint not null default 8 check (hour between 0 and 23),
  weekday    smallint not null default 1 check (weekday between 1 and 7),
  quiet_from smallint check (quiet_from between 0 and 23),
  quiet_to   smallint check (quiet_to between 0 and 23),
  check ((quiet_from is null) = (quiet_to is null) and quiet_from <> quiet_to)
);
comment on table notice_choice is 'When and how a person is told things; who has no row has the defaults';
comment on column notice_choice.rhythm is 'Of reports that the person filed; a follow has its own';
comment on column notice_choice.by_mail is 'false: by no mail at all, whatever a follow says; so is by_push';
comment on column notice_choice.hour is 'Of digests, in the city''s time zone';
comment on column notice_choice.weekday is 'Of weekly digests; 1: Monday';
comment on column notice_choice.quiet_from is 'Hour from which nothing is told at once, until quiet_to; null: never';

create table notice (
  id            bigint generated always as identity primary key,
  person_id     bigint references person on delete cascade,
  device_sha256 bytea check (length(device_sha256) = 32),
  contact_id    bigint references report_contact on delete cascade,
  channel       text not null check (channel in ('mail', 'push')),
  entry_id      bigint not null references timeline on delete cascade,
  follow_ids    bigint[] not null default '{}',
  filed         boolean not null,
  due_at        timestamptz not null,
  told_at       timestamptz,
  dropped_at    timestamptz,
  mail_id       bigint references mail on delete set null,
  check (num_nonnulls(person_id, device_sha256, contact_id) = 1),
  check (num_nonnulls(told_at, dropped_at) <= 1),
  check (channel = 'push' or device_sha256 is null),
  check (channel = 'mail' or contact_id is null),
  check (filed or follow_ids <> '{}')
);
comment on table notice is 'That somebody is to be told of an entry of a timeline, or was. Personal data: rows are removed some time after they are done';
comment on column notice.device_sha256 is 'As in follow: a browser without an account';
comment on column notice.contact_id is 'Who filed this report without an account and proved the address';
comment on column notice.follow_ids is 'Because of which follows; they may have ended since';
comment on column notice.filed is 'Because the recipient filed the report';
comment on column notice.told_at is 'When it went into a mail, or into the queue of pushes: in the same transaction';
comment on column notice.mail_id is 'The mail that it went into, for as long as the outbox keeps that';
comment on column notice.dropped_at is 'When it was found that nothing was to be told: hidden, redacted, unsubscribed, no address';
-- A person hears of an entry once, however many follows match.
create unique index notice_person on notice (person_id, entry_id, channel) where person_id is not null;
create unique index notice_device on notice (device_sha256, entry_id) where device_sha256 is not null;
create unique index notice_contact on notice (contact_id, entry_id) where contact_id is not null;
create index notice_entry on notice (entry_id);
create index notice_mail on notice (mail_id) where mail_id is not null;
create index notice_due on notice (due_at, id) where told_at is null and dropped_at is null;
create index notice_done on notice ((coalesce(told_at, dropped_at))) where told_at is not null or dropped_at is not null;

-- What waits for who filed without an account waits for the account from when the report is that one's.
-- +goose StatementBegin
create function notice_claimed() returns trigger language plpgsql as $$
begin
  update notice n set person_id = new.person_id, contact_id = null
  where n.contact_id = new.report_id
    and not exists (select from notice o where o.person_id = new.person_id and o.entry_id = n.entry_id and o.channel = n.channel);
  return null;
end $$;
-- +goose StatementEnd
create trigger notice_claimed after update of person_id on report_contact
  for each row when (old.person_id is null and new.person_id is not null) execute function notice_claimed();

create table unsubscribe (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  person_id    bigint references person on delete cascade,
  contact_id   bigint references report_contact on delete cascade,
  follow_ids   bigint[] not null,
  report_ids   bigint[] not null,
  created_at   timestamptz not null,
  check (num_nonnulls(person_id, contact_id) = 1)
);
comment on table unsubscribe is 'Links by which the reader of a mail ends what led to it (RFC 8058), without signing in';
comment on column unsubscribe.report_ids is 'Reports that the recipient filed, of which the mail told';
create index unsubscribe_person on unsubscribe (person_id) where person_id is not null;
create index unsubscribe_contact on unsubscribe (contact_id) where contact_id is not null;
create index unsubscribe_created on unsubscribe (created_at);

create table push_subscription (
  id              bigint generated always as identity primary key,
  person_id       bigint references person on delete cascade,
  device_sha256   bytea check (length(device_sha256) = 32),
  endpoint_sha256 bytea not null unique check (length(endpoint_sha256) = 32),
  endpoint        text not null check (endpoint ~ '^https://' and length(endpoint) <= 2000),
  p256dh          bytea not null check (length(p256dh) = 65),
  auth            bytea not null check (length(auth) = 16),
  agent           text not null default '' check (char_length(agent) <= 100),
  language        text not null default 'fr' check (language in ('fr', 'en')),
  created_at      timestamptz not null,
  check (num_nonnulls(person_id, device_sha256) = 1)
);
comment on table push_subscription is 'Browsers that take push messages (RFC 8030), of a person or of nobody who is known. Whoever knows an endpoint can write to it: it leaves the table for the push service only';
comment on column push_subscription.p256dh is 'Public key of the browser, uncompressed (RFC 8291, 3.1); auth is the secret that goes with it';
create index push_person on push_subscription (person_id) where person_id is not null;
create index push_device on push_subscription (device_sha256) where device_sha256 is not null;

alter table mail
  add html        text not null default '' check (length(html) <= 400000),
  add unsubscribe text not null default '' check (length(unsubscribe) <= 500 and unsubscribe !~ '[[:cntrl:] <>]'),
  add thread      text not null default '' check (thread ~ '^[a-z0-9.-]{0,60}$'),
  add renewed     boolean not null default false;
comment on column mail.html is 'The text once more, as a page; empty: there is none';
comment on column mail.unsubscribe is 'Address that ends such mails by one POST (RFC 8058); empty: none';
comment on column mail.renewed is 'What it says is asked for again at each attempt to send it: what it told of may be hidden by then';
comment on column mail.thread is 'What mails about one thing have in common: mail programs show them together';

create table mail_refused (
  address text primary key check (address = lower(address) and length(address) <= 320),
  reason  text not null check (reason <> '' and length(reason) <= 200),
  at      timestamptz not null
);
comment on table mail_refused is 'Addresses that were said to be none: only what their owner asks for is sent there. Personal data: goes with the person, and a year later';
create index mail_refused_at on mail_refused (at);
