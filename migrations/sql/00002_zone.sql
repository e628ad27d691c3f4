-- +goose Up
create table zone_set (
  id          integer generated always as identity primary key,
  slug        text not null unique check (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  name_fr     text not null check (name_fr <> ''),
  name_en     text not null check (name_en <> ''),
  revision_id integer,
  created_at  timestamptz not null default now()
);
comment on table zone_set is 'A family of zones: arrondissements, quartiers, sectors … Sets may overlap each other';
comment on column zone_set.revision_id is 'The revision in force; null only while the first one is being imported';

create table zone_revision (
  id          integer generated always as identity primary key,
  zone_set_id integer not null references zone_set on delete cascade,
  number      integer not null check (number >= 1),
  sha256      bytea not null check (length(sha256) = 32),
  source      text not null,
  created_at  timestamptz not null default now(),
  unique (zone_set_id, number)
);
comment on table zone_revision is 'One state of the geometries of a set; changing one is a new revision';
comment on column zone_revision.sha256 is 'Of codes, names and geometries: the same content twice is one revision';

alter table zone_set add foreign key (revision_id) references zone_revision;

create table zone (
  id          integer generated always as identity primary key,
  zone_set_id integer not null references zone_set on delete cascade,
  code        text not null check (code <> '' and char_length(code) <= 100),
  unique (zone_set_id, code)
);
comment on table zone is 'The lasting identity of a zone: its set and its code; name and shape belong to a revision';

create table zone_shape (
  revision_id integer not null references zone_revision on delete cascade,
  zone_id     integer not null references zone on delete cascade,
  name        text not null check (name <> '' and char_length(name) <= 200),
  search      text not null default '',
  geometry    geometry(MultiPolygon, 4326) not null check (ST_IsValid(geometry) and not ST_IsEmpty(geometry)),
  label_point geometry(Point, 4326) generated always as (ST_PointOnSurface(geometry)) stored,
  primary key (revision_id, zone_id)
);
comment on table zone_shape is 'Name and geometry of a zone in one revision of its set';
comment on column zone_shape.search is 'The name folded for searching: a space, then words without accents and capitals';
create index zone_shape_geometry on zone_shape using gist (geometry);
create index zone_shape_zone on zone_shape (zone_id);
create index zone_shape_search on zone_shape using gin (search gin_trgm_ops);

-- +goose StatementBegin
-- The zones a position (units of 1e-7 degrees) lies in, one for each set: on a shared border the zone whose code sorts first (byte order).
create function zones_at(lon integer, lat integer) returns integer[] language sql stable parallel safe as $$
  select coalesce(array_agg(zone_id order by zone_id), '{}')
  from (
    select distinct on (z.zone_set_id) z.id as zone_id
    from zone_shape s
    join zone_set zs on zs.revision_id = s.revision_id
    join zone z on z.id = s.zone_id
    where ST_Covers(s.geometry, ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326))
    order by z.zone_set_id, z.code collate "C"
  ) one
$$;
-- +goose StatementEnd
comment on function zones_at(integer, integer) is 'PostGIS decides which zones a position lies in; the answer is stored with the item';
