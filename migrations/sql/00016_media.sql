-- +goose Up
create table media (
  id            text primary key check (id ~ '^[0-9a-f]{32}$'),
  state         text not null check (state in ('receiving', 'ready', 'erased')),
  person_id     bigint references person on delete set null,
  secret_sha256 bytea check (length(secret_sha256) = 32),
  kind          text check (kind <> ''),
  item_id       bigint,
  position      smallint not null default 0 check (position >= 0),
  width         integer not null default 0 check (width between 0 and 1600),
  height        integer not null default 0 check (height between 0 and 1600),
  sha256        bytea check (length(sha256) = 32),
  created_at    timestamptz not null,
  check ((kind is null) = (item_id is null)),
  check (kind is null or state = 'ready'),
  check (state <> 'ready' or (sha256 is not null and width > 0 and height > 0)),
  check (state <> 'erased' or (person_id is null and secret_sha256 is null))
);
comment on table media is 'Photos, encoded anew and without any metadata; their files lie in the data folder under the id. Keyed by kind and item, as all shared things';
comment on column media.id is '128 random bits in hexadecimal: cannot be guessed';
comment on column media.state is 'receiving: files are being written; ready; erased: seen by nobody, the files go and then the row';
comment on column media.person_id is 'Who uploaded it, with an account';
comment on column media.secret_sha256 is 'Of the secret of who uploaded it without an account; null once it is attached';
comment on column media.item_id is 'What it belongs to; null: nothing yet, and then it is removed after a day';
comment on column media.width is 'Of the full size, in pixels';
comment on column media.sha256 is 'Of the file of the full size';
create unique index media_item on media (kind, item_id, position) where kind is not null;
create index media_person on media (person_id) where person_id is not null;
create index media_loose on media (created_at) where kind is null;

-- The folder of this database's photos: another database in the same data folder has another.
insert into setting (name, value) values ('media_folder', substr(replace(gen_random_uuid()::text, '-', ''), 1, 16));
