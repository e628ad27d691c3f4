-- +goose Up
create table import (
  id             bigint generated always as identity primary key,
  source         text not null check (source <> ''),
  file_name      text not null,
  file_sha256    bytea not null check (length(file_sha256) = 32),
  mapping_name   text not null,
  mapping_sha256 bytea not null check (length(mapping_sha256) = 32),
  state          text not null default 'moving' check (state in ('moving', 'done')),
  counts         jsonb not null default '{}' check (jsonb_typeof(counts) = 'object'),
  started_at     timestamptz not null default now(),
  finished_at    timestamptz check ((finished_at is not null) = (state = 'done'))
);
comment on table import is 'Imports of reports: report.import_id says which one brought a report. The same file with the same mapping continues one that is not done';
comment on column import.counts is 'Rows read, taken, known, twice, skipped, refused, and refused by reason';
create unique index import_unfinished on import (source, file_sha256, mapping_sha256) where state = 'moving';
