-- +goose Up
-- Pictures that say what they mean at a glance. What a city has chosen itself stays.
update category c
set icon = i.now
from (values
  ('graffiti', 'art-gallery', 'paint'), ('tag', 'art-gallery', 'paint'), ('illegal-poster', 'art-gallery', 'poster_box'),
  ('dumping', 'recycling', 'furniture'), ('bulky-waste', 'recycling', 'furniture'), ('rubble', 'recycling', 'boulder2'),
  ('abandoned-bicycle', 'recycling', 'bicycle_parked'),
  ('lighting', 'lighthouse', 'street_lamp_arm'), ('lamp-out', 'lighthouse', 'street_lamp_arm'), ('lamp-damaged', 'lighthouse', 'mast_lighting'),
  ('street-furniture', 'picnic-site', 'bench'), ('bench', 'picnic-site', 'bench'), ('bollard', 'picnic-site', 'bollard_row'),
  ('playground', 'picnic-site', 'playground'),
  ('noise', 'volcano', 'speaker'), ('noisy-works', 'volcano', 'construction'), ('terrace', 'volcano', 'cafe'),
  ('animals', 'dog-park', 'veterinary'), ('pests', 'dog-park', 'veterinary'), ('dead-animal', 'dog-park', 'veterinary'),
  ('pavement-damage', 'roadblock', 'pedestrian'), ('road-markings', 'roadblock', 'crossing_markings-zebra'),
  ('traffic-sign', 'roadblock', 'traffic_signals'),
  ('litter', 'waste-basket', 'waste'), ('dog-mess', 'waste-basket', 'dog-park'), ('dead-leaves', 'waste-basket', 'tree_leafless'),
  ('dangerous-tree', 'park', 'tree_broadleaved'), ('overgrown', 'park', 'shrub'),
  ('leak', 'water', 'pipe'), ('blocked-drain', 'water', 'manhole'),
  ('abandoned-vehicle', 'parking', 'junk_car'), ('scooter-left', 'bicycle', 'scooter'),
  ('works-site', 'building', 'construction'), ('unsafe-building', 'building', 'ruins')
) as i (slug, before, now)
where c.slug = i.slug and c.icon = i.before;

comment on column category.icon is 'Name of a Maki or Temaki icon of the sprite (web/ui/build/icons.ts)';
