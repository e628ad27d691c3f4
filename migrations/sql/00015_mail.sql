-- Applied after River's tables, by the same migration: job.go.
create table mail (
  id         bigint generated always as identity primary key,
  message_id text not null unique default replace(gen_random_uuid()::text, '-', ''),
  purpose    text not null check (purpose ~ '^[a-z_]{1,40}$'),
  recipient  text not null check (length(recipient) between 3 and 320 and recipient !~ '[[:cntrl:]]'),
  subject    text not null check (length(subject) between 1 and 200 and subject !~ '[[:cntrl:]]'),
  body       text not null check (length(body) <= 100000),
  secret     boolean not null default false,
  person_id  bigint references person on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  attempts   smallint not null default 0,
  sent_at    timestamptz,
  failed_at  timestamptz check (sent_at is null or failed_at is null),
  reason     text check (reason <> '' and length(reason) <= 200) check (failed_at is null or reason is not null),
  check (not secret or expires_at is not null),
  check (not secret or sent_at is null or body = '')
);
comment on table mail is 'The outbox: mails that wait, were sent, or have failed (given up, expired, refused). Personal data: rows are removed some time after they are done';
comment on column mail.message_id is 'Left side of the Message-ID, the same in every attempt; the right side is the sender''s domain';
comment on column mail.recipient is 'One mailbox (RFC 5321), its domain in ASCII and small letters';
comment on column mail.secret is 'The text lets somebody in: it is emptied when the mail was sent or has expired';
comment on column mail.reason is 'Why the last attempt failed: a word of ours or step and codes of the mail server, never an address';
create index mail_waiting on mail (id) where sent_at is null and failed_at is null;
create index mail_sent on mail (id) where sent_at is not null;
create index mail_failed on mail (id) where failed_at is not null;
create index mail_done on mail ((coalesce(sent_at, failed_at))) where sent_at is not null or failed_at is not null;
create index mail_secret on mail (expires_at) where secret and body <> '';
create index mail_recipient on mail using gin (lower(recipient) gin_trgm_ops);
create index mail_person on mail (person_id) where person_id is not null;
