-- +goose Up
create table audit (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  actor_role text not null,
  actor_id   bigint,
  action     text not null check (action <> ''),
  subject    text not null,
  detail     jsonb not null default '{}'
);
comment on table audit is 'Who did what to what, for accountability: imports, zone revisions, rights, reads of contacts. Append-only; not the change log';
comment on column audit.subject is 'Kind and id or slug: report/12, zone-set/quartiers';
comment on column audit.detail is 'Counts, names of settings, versions; never personal data';
create index audit_subject on audit (subject, at);
create index audit_at on audit (at);
