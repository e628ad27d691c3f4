-- +goose Up
create table follow (
  id            bigint generated always as identity primary key,
  person_id     bigint references person on delete cascade,
  device_sha256 bytea check (length(device_sha256) = 32),
  kind          text not null default '' check (kind = '' or kind ~ '^[a-z]{1,20}$'),
  item_id       bigint,
  zone_id       integer references zone on delete cascade,
  category_id   integer references category on delete cascade,
  area          geometry(Polygon, 4326) check (ST_IsValid(area) and not ST_IsEmpty(area)),
  lon           integer check (lon >= -1800000000 and lon < 1800000000),
  lat           integer check (lat between -850511000 and 850511000),
  radius_m      integer check (radius_m between 25 and 5000),
  name          text not null default '' check (char_length(name) <= 100),
  rhythm        text not null default 'now' check (rhythm in ('now', 'daily', 'weekly')),
  by_mail       boolean not null default true,
  by_push       boolean not null default false,
  created_at    timestamptz not null,
  check (num_nonnulls(person_id, device_sha256) = 1),
  check (device_sha256 is null or not by_mail),
  check (num_nonnulls(item_id, zone_id, category_id, area) > 0),
  check (item_id is null or (kind <> '' and num_nonnulls(zone_id, category_id, area) = 0)),
  check (num_nulls(lon, lat, radius_m) in (0, 3) and (radius_m is null or area is not null))
);
comment on table follow is 'Abonnements: what a person, or a browser that takes push messages, wants to hear of. One item, or everything that meets all of zone, category and area which are given';
comment on column follow.device_sha256 is 'Keyed digest of what tells the browser from others, where there is no account';
comment on column follow.kind is 'Of items; empty: every kind';
comment on column follow.category_id is 'With the categories below it';
comment on column follow.area is 'Drawn, or the circle of radius_m around lon and lat';
comment on column follow.name is 'The follower''s own word for it; shown to nobody else';
comment on column follow.rhythm is 'now, or gathered into a digest each day or week';
create unique index follow_person_item on follow (kind, item_id, person_id) where item_id is not null and person_id is not null;
create unique index follow_device_item on follow (kind, item_id, device_sha256) where item_id is not null and device_sha256 is not null;
create index follow_person on follow (person_id) where person_id is not null;
create index follow_device on follow (device_sha256) where device_sha256 is not null;
-- What a change is looked up by: its area, else its zone, else its category.
create index follow_area on follow using gist (area) where area is not null;
create index follow_zone on follow (zone_id) where area is null and zone_id is not null;
create index follow_category on follow (category_id) where area is null and zone_id is null and category_id is not null;

create table support (
  kind          text not null,
  item_id       bigint not null,
  person_id     bigint references person on delete set null,
  device_sha256 bytea check (length(device_sha256) = 32),
  created_at    timestamptz not null,
  check (num_nonnulls(person_id, device_sha256) <= 1)
);
comment on table support is '"Moi aussi": one per person or device and item; the number stands with the item. Of a person who was erased the support stays, nobody''s';
create unique index support_person on support (kind, item_id, person_id) where person_id is not null;
create unique index support_device on support (kind, item_id, device_sha256) where device_sha256 is not null;
create index support_item on support (kind, item_id);
create index support_of on support (person_id) where person_id is not null;
