-- +goose Up
create table street (
  id       integer generated always as identity primary key,
  source   text not null check (source <> ''),
  name     text not null check (name <> '' and char_length(name) <= 200),
  postcode text not null default '' check (char_length(postcode) <= 20),
  city     text not null default '' check (char_length(city) <= 100),
  search   text not null check (search like ' %'),
  lon      integer not null check (lon >= -1800000000 and lon < 1800000000),
  lat      integer not null check (lat between -850511000 and 850511000),
  unique (source, search)
);
comment on table street is 'Streets of the known addresses: a search looks at some thousands of streets instead of at every house';
comment on column street.search is 'Name, postcode and city folded for searching: a space, then words without accents and capitals';
comment on column street.lon is 'Of the address nearest to the middle of the street''s addresses; WGS 84, units of 1e-7 degrees';
create index street_search on street using gin (search gin_trgm_ops);

create table address (
  id          bigint generated always as identity primary key,
  source      text not null check (source <> ''),
  external_id text not null check (external_id <> ''),
  street_id   integer not null references street,
  number      text not null default '' check (char_length(number) <= 20),
  lon         integer not null check (lon >= -1800000000 and lon < 1800000000),
  lat         integer not null check (lat between -850511000 and 850511000),
  unique (source, external_id)
);
comment on table address is 'Known addresses of the city, for search and for words instead of coordinates';
comment on column address.number is 'House number as people write it: 12, 12 bis; empty: the place has none';
comment on column address.lon is 'WGS 84, units of 1e-7 degrees';
create index address_street on address (street_id, number);
create index address_position on address using gist ((ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326)));
