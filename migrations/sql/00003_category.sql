-- +goose Up
create table service (
  id      integer generated always as identity primary key,
  slug    text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name_fr text not null check (name_fr <> ''),
  name_en text not null check (name_en <> ''),
  email   text not null default '',
  active  boolean not null default true
);
comment on table service is 'Technical services of the city: who handles reports';
comment on column service.email is 'Mailbox of the service; empty: none';

create table category (
  id                  integer generated always as identity primary key,
  parent_id           integer references category,
  slug                text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,94}$'),
  name_fr             text not null check (name_fr <> ''),
  name_en             text not null check (name_en <> ''),
  icon                text not null default 'marker',
  colour              text not null default '#0B5D66' check (colour ~ '^#[0-9A-F]{6}$'),
  service_id          integer references service,
  attributes          jsonb not null default '[]' check (jsonb_typeof(attributes) = 'array'),
  deadline_hours      integer check (deadline_hours > 0),
  deadline_working    boolean not null default true,
  private             boolean not null default false,
  duplicate_radius_m  integer not null default 50 check (duplicate_radius_m between 0 and 5000),
  evidence_needed     boolean not null default false,
  active              boolean not null default true,
  rank                integer not null default 0,
  check (parent_id <> id)
);
comment on table category is 'What a report is about; two levels, bilingual';
comment on column category.icon is 'Name of a Maki icon';
comment on column category.attributes is 'Extra questions, as Open311 attributes';
comment on column category.deadline_hours is 'Time to resolve; null: none';
comment on column category.deadline_working is 'The deadline counts working hours; otherwise calendar hours';
comment on column category.private is 'Reports of this category are seen only by the reporter and the responsible service';
comment on column category.duplicate_radius_m is 'Metres within which an open report of the category may be the same thing';
comment on column category.rank is 'Order within its level, then by name';
create index category_parent on category (parent_id);

-- +goose StatementBegin
create function category_two_levels() returns trigger language plpgsql as $$
begin
  if new.parent_id is not null and (
       exists (select from category where id = new.parent_id and parent_id is not null)
    or exists (select from category where parent_id = new.id)) then
    raise exception 'category % would be on a third level', new.slug using errcode = 'check_violation';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger category_two_levels before insert or update of parent_id on category
  for each row execute function category_two_levels();

insert into service (slug, name_fr, name_en) values
  ('roads', 'Voirie', 'Roads'),
  ('cleaning', 'Propreté', 'Street cleaning'),
  ('green-spaces', 'Espaces verts', 'Parks and trees'),
  ('lighting', 'Éclairage public', 'Street lighting'),
  ('water', 'Eau et assainissement', 'Water and sewers'),
  ('public-order', 'Tranquillité publique', 'Public order'),
  ('front-desk', 'Accueil', 'Front desk');

insert into category (slug, name_fr, name_en, icon, colour, service_id, deadline_hours, private, rank)
select c.slug, c.name_fr, c.name_en, c.icon, c.colour, s.id, c.hours, c.private, c.rank
from (values
  ('roads',            'Voirie et trottoirs',       'Roads and pavements',     'roadblock',      '#7A5C3E', 'roads',        80, false, 1),
  ('cleanliness',      'Propreté',                  'Cleanliness',             'waste-basket',   '#2F7D4F', 'cleaning',     24, false, 2),
  ('dumping',          'Objets abandonnés',         'Dumped items',            'recycling',      '#8C6D1F', 'cleaning',     40, false, 3),
  ('graffiti',         'Graffitis et affichage',    'Graffiti and posters',    'art-gallery',    '#8A4F7D', 'cleaning',     80, false, 4),
  ('lighting',         'Éclairage et électricité',  'Lighting and electricity','lighthouse',     '#B07A00', 'lighting',     40, false, 5),
  ('street-furniture', 'Mobilier urbain',           'Street furniture',        'picnic-site',    '#4A6A8A', 'roads',       120, false, 6),
  ('green-spaces',     'Arbres et espaces verts',   'Trees and green spaces',  'park',           '#3B7A2A', 'green-spaces', 80, false, 7),
  ('water',            'Eau et égouts',             'Water and drains',        'water',          '#1F6FA8', 'water',        16, false, 8),
  ('parking',          'Stationnement et véhicules','Parking and vehicles',    'parking',        '#5B5F97', 'public-order', 40, false, 9),
  ('cycling',          'Vélos et mobilités',        'Cycling and mobility',    'bicycle',        '#0B7A75', 'roads',        80, false, 10),
  ('noise',            'Bruit et activités',        'Noise and activities',    'volcano',        '#A5502A', 'public-order', 80, false, 11),
  ('animals',          'Animaux',                   'Animals',                 'dog-park',       '#8A6A4A', 'public-order', 80, false, 12),
  ('buildings',        'Bâtiments et chantiers',    'Buildings and works',     'building',       '#6B5B73', 'roads',       120, false, 13),
  ('person-at-risk',   'Personne en difficulté',    'Person in difficulty',    'heart',          '#A8261C', 'front-desk',    8, true,  14),
  ('other',            'Autre',                     'Other',                   'marker',         '#59626D', 'front-desk',  120, false, 15)
) as c (slug, name_fr, name_en, icon, colour, service, hours, private, rank)
join service s on s.slug = c.service;

insert into category (parent_id, slug, name_fr, name_en, icon, colour, service_id, deadline_hours, private, rank)
select p.id, c.slug, c.name_fr, c.name_en, p.icon, p.colour, p.service_id, p.deadline_hours, p.private, c.rank
from (values
  ('roads', 'pothole', 'Nid-de-poule', 'Pothole', 1),
  ('roads', 'pavement-damage', 'Trottoir abîmé', 'Damaged pavement', 2),
  ('roads', 'road-markings', 'Marquage effacé', 'Faded road markings', 3),
  ('roads', 'traffic-sign', 'Panneau ou feu en panne', 'Broken sign or signal', 4),
  ('cleanliness', 'litter', 'Détritus', 'Litter', 1),
  ('cleanliness', 'overflowing-bin', 'Corbeille pleine', 'Overflowing bin', 2),
  ('cleanliness', 'dog-mess', 'Déjections canines', 'Dog mess', 3),
  ('cleanliness', 'dead-leaves', 'Feuilles mortes', 'Dead leaves', 4),
  ('dumping', 'bulky-waste', 'Encombrants', 'Bulky waste', 1),
  ('dumping', 'rubble', 'Gravats', 'Rubble', 2),
  ('dumping', 'abandoned-bicycle', 'Vélo abandonné', 'Abandoned bicycle', 3),
  ('graffiti', 'tag', 'Tag', 'Tag', 1),
  ('graffiti', 'illegal-poster', 'Affiche sauvage', 'Illegal poster', 2),
  ('lighting', 'lamp-out', 'Lampadaire éteint', 'Street lamp out', 1),
  ('lighting', 'lamp-damaged', 'Lampadaire abîmé', 'Damaged street lamp', 2),
  ('street-furniture', 'bench', 'Banc', 'Bench', 1),
  ('street-furniture', 'bollard', 'Potelet ou barrière', 'Bollard or barrier', 2),
  ('street-furniture', 'playground', 'Aire de jeux', 'Playground', 3),
  ('green-spaces', 'dangerous-tree', 'Arbre dangereux', 'Dangerous tree', 1),
  ('green-spaces', 'overgrown', 'Végétation envahissante', 'Overgrown vegetation', 2),
  ('water', 'leak', 'Fuite d’eau', 'Water leak', 1),
  ('water', 'blocked-drain', 'Avaloir bouché', 'Blocked drain', 2),
  ('parking', 'abandoned-vehicle', 'Véhicule abandonné', 'Abandoned vehicle', 1),
  ('parking', 'obstructive-parking', 'Stationnement gênant', 'Obstructive parking', 2),
  ('cycling', 'cycle-lane', 'Piste cyclable', 'Cycle lane', 1),
  ('cycling', 'scooter-left', 'Trottinette gênante', 'Obstructing scooter', 2),
  ('noise', 'noisy-works', 'Chantier bruyant', 'Noisy works', 1),
  ('noise', 'terrace', 'Terrasse ou commerce', 'Terrace or shop', 2),
  ('animals', 'pests', 'Rats et nuisibles', 'Rats and pests', 1),
  ('animals', 'dead-animal', 'Animal mort', 'Dead animal', 2),
  ('buildings', 'works-site', 'Chantier mal signalé', 'Poorly marked works', 1),
  ('buildings', 'unsafe-building', 'Bâtiment dangereux', 'Unsafe building', 2)
) as c (parent, slug, name_fr, name_en, rank)
join category p on p.slug = c.parent;
