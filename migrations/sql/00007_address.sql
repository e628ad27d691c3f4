-- +goose Up
create table address (
  id          bigint generated always as identity primary key,
  source      text not null check (source <> ''),
  external_id text not null check (external_id <> ''),
  number      text not null default '',
  street      text not null check (street <> ''),
  postcode    text not null default '',
  city        text not null default '',
  label       text not null check (label <> ''),
  search      text not null,
  lon         integer not null check (lon >= -1800000000 and lon < 1800000000),
  lat         integer not null check (lat between -850511000 and 850511000),
  unique (source, external_id)
);
comment on table address is 'Known addresses of the city, for search and for words instead of coordinates';
comment on column address.label is 'As people write it: 12 bis Rue de la Lune, 75002 Paris';
comment on column address.search is 'The label without accents and capitals';
comment on column address.lon is 'WGS 84, units of 1e-7 degrees';
create index address_search on address using gin (search gin_trgm_ops);
create index address_position on address using gist ((ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326)));
