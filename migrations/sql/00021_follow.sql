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
  carried_from  bigint check (carried_from is null or item_id is not null),
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
comment on column follow.carried_from is 'The item that repeats this one, whose follower this is; goes when that merge is undone';
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
  person_id     bigint references person,
  device_sha256 bytea check (length(device_sha256) = 32),
  created_at    timestamptz not null,
  carried_from  bigint,
  check (num_nonnulls(person_id, device_sha256) = 1)
);
comment on table support is '"Moi aussi": one per person or device and item; the number stands with the item';
comment on column support.device_sha256 is 'Keyed digest of what tells the browser from others, where there is no account; of a person who was erased a digest of nothing that is kept';
comment on column support.carried_from is 'The item that repeats this one, which was supported; goes when that merge is undone';
create unique index support_person on support (kind, item_id, person_id) where person_id is not null;
create unique index support_device on support (kind, item_id, device_sha256) where device_sha256 is not null;
create index support_item on support (kind, item_id);
create index support_of on support (person_id) where person_id is not null;
create index support_of_device on support (device_sha256) where device_sha256 is not null;

create table carried (
  kind    text not null,
  from_id bigint not null,
  to_id   bigint not null check (to_id <> from_id),
  primary key (kind, from_id)
);
comment on table carried is 'Items that were merged into another one: who follows and supports them does so there too, in rows of their own, so that an undo takes exactly those away';
create index carried_to on carried (kind, to_id);

alter table login_link drop constraint login_link_purpose_check, add check (purpose in ('sign-in', 'email', 'report', 'invite', 'follow'));

-- The notice tells of follows and supports. Where somebody has put another text in force it is theirs to add that: README.
insert into consent_text (slug, version, fr, en)
select slug, 2,
  replace(replace(replace(fr,
    '- Ce que vous signalez aux modérateurs',
    '- Ce que vous suivez (un signalement, une zone, une catégorie, un secteur que vous dessinez) et comment vous voulez en être averti : pour vous en avertir. Personne d’autre ne le voit.
- Vos « moi aussi » : pour les compter. Leur nombre est public ; qui les a donnés ne l’est pas. Sans compte, une empreinte qui distingue votre navigateur, pour que chacun ne compte qu’une fois.
- Si vous demandez des notifications sur un appareil : l’adresse que le fabricant de son navigateur lui donne pour les recevoir, et la clé qui les chiffre. Le fabricant les transmet sans pouvoir les lire.
- Ce que vous signalez aux modérateurs'),
    'et à ne compter vos alertes qu’une fois : rien d’autre.', 'et à ne compter vos alertes et vos « moi aussi » qu’une fois : rien d’autre.'),
    '- Compte : tant qu’il sert,',
    '- Ce que vous suivez, et les appareils à notifier : jusqu’à ce que vous y mettiez fin, ou avec votre compte. Un « moi aussi » reste compté tant que le signalement est là ; si vous effacez vos données, plus rien n’y mène à vous.
- Compte : tant qu’il sert,'),
  replace(replace(replace(en,
    '- What you flag to the moderators',
    '- What you follow (a report, a zone, a category, an area that you draw) and how you want to hear of it: to tell you. Nobody else sees it.
- Your “me too”s: to count them. Their number is public; who gave them is not. Without an account, a fingerprint that tells your browser from others, so that everybody counts once.
- If you ask for notifications on a device: the address that the maker of its browser gives it to receive them, and the key that encrypts them. The maker passes them on and cannot read them.
- What you flag to the moderators'),
    'and to count your flags once: nothing else.', 'and to count your flags and your “me too”s once: nothing else.'),
    '- Account: while it is used,',
    '- What you follow, and the devices to notify: until you end it, or with your account. A “me too” stays counted while the report is there; once you erase your data nothing in it leads to you.
- Account: while it is used,')
from consent_text
where slug = 'privacy' and version = 1 and not exists (select from consent_text where slug = 'privacy' and version > 1);
