-- +goose Up
create table signing_key (
  name       text primary key check (name ~ '^[a-z_]{1,40}$'),
  secret     bytea not null check (length(secret) = 32),
  created_at timestamptz not null default now()
);
comment on table signing_key is 'Keys by which nodes recognise what any of them gave to a browser: time stamps of forms, challenges. Made when first wanted; whoever deletes one makes what is under way worth nothing';

create table block (
  id         bigint generated always as identity primary key,
  kind       text not null check (kind in ('email', 'domain', 'network', 'word')),
  value      text not null check (value <> '' and char_length(value) <= 254),
  reason     text not null check (reason <> '' and char_length(reason) <= 500),
  created_at timestamptz not null,
  created_by bigint references person on delete set null,
  expires_at timestamptz check (expires_at > created_at),
  unique (kind, value)
);
comment on table block is 'Who may not file, sign in or flag: addresses, domains of addresses, networks; and words that make a report wait for a moderator';
comment on column block.value is 'In the form in which it is compared: an address as accounts have it, a network in CIDR notation, a word folded as for searches';
comment on column block.expires_at is 'Null: until somebody takes it away';

create table quarantine (
  report_id  bigint primary key references report on delete cascade,
  reasons    text[] not null check (reasons <> '{}' and reasons <@ array['unconfirmed', 'trap', 'fast', 'stamp', 'often', 'crowd', 'odd', 'word']),
  created_at timestamptz not null,
  ended_at   timestamptz
);
comment on table quarantine is 'Why reports are, or were, pending';
comment on column quarantine.reasons is 'unconfirmed: the address given with it; the others: what made the filing suspicious';
comment on column quarantine.ended_at is 'When the report was let out, or refused; null: it waits';

create table decision (
  id                bigint generated always as identity primary key,
  kind              text not null,
  item_id           bigint not null,
  entry_id          bigint references timeline on delete cascade,
  verdict           text not null check (verdict in ('keep', 'hide', 'show', 'redact', 'publish', 'reject')),
  reason            text not null check (char_length(reason) <= 2000),
  visibility_before text not null default '',
  moderator_id      bigint references person on delete set null,
  created_at        timestamptz not null,
  appeal_sha256     bytea unique check (length(appeal_sha256) = 32),
  appeal_until      timestamptz,
  appealed_at       timestamptz,
  appeal            text not null default '' check (char_length(appeal) <= 2000),
  settled_at        timestamptz,
  settled_by        bigint references person on delete set null,
  upheld            boolean,
  answer            text not null default '' check (char_length(answer) <= 2000),
  check ((verdict = 'redact') = (entry_id is not null) or verdict = 'keep'),
  check ((appealed_at is null) = (appeal = '')),
  check ((settled_at is null) = (upheld is null)),
  check (settled_at is null or appealed_at is not null)
);
comment on table decision is 'What moderators decided about items and entries of timelines, and the one appeal that each may meet';
comment on column decision.visibility_before is 'What an overturned hide gives back';
comment on column decision.appeal_sha256 is 'Of the secret in the author''s notice';
comment on column decision.upheld is 'The appeal was heard and the decision stays; false: it was undone';
create index decision_item on decision (kind, item_id, created_at);
create index decision_appeal on decision (appealed_at, id) where appealed_at is not null and settled_at is null;

create table flag (
  id            bigint generated always as identity primary key,
  kind          text not null,
  item_id       bigint not null,
  entry_id      bigint references timeline on delete cascade,
  reason        text not null check (reason in ('personal', 'insult', 'place', 'spam', 'illegal', 'other')),
  words         text not null default '' check (char_length(words) <= 1000),
  person_id     bigint references person on delete set null,
  device_sha256 bytea check (length(device_sha256) = 32),
  created_at    timestamptz not null,
  decision_id   bigint references decision on delete cascade
);
comment on table flag is 'What people find wrong with an item, or with an entry of its timeline. Who flags is told nothing of other flags';
comment on column flag.device_sha256 is 'Keyed digest of what tells the flagger''s browser from others; null: the person has an account';
comment on column flag.decision_id is 'What came of it; null: it waits';
create unique index flag_person on flag (kind, item_id, coalesce(entry_id, 0), person_id) where decision_id is null and person_id is not null;
create unique index flag_device on flag (kind, item_id, coalesce(entry_id, 0), device_sha256) where decision_id is null and device_sha256 is not null;
create index flag_open on flag (kind, item_id, entry_id, created_at) where decision_id is null;
create index flag_decision on flag (decision_id) where decision_id is not null;

alter table timeline add person_id bigint references person on delete set null;
comment on column timeline.person_id is 'The account that wrote it, to be told what moderators decide; never shown';
alter table report_contact add language text not null default 'fr' check (language in ('fr', 'en'));
comment on column report_contact.language is 'In which mails are written';
create index report_pending on report (created_at, id) where status = 'pending' and visibility <> 'hidden';
