-- +goose Up
alter table service add version integer not null default 1;
alter table category add version integer not null default 1;
alter table person_group add version integer not null default 1;
alter table zone_set add version integer not null default 1;
comment on column service.version is 'Raised by each change: a form that was filled in on an older one is refused';
comment on column category.version is 'Raised by each change: a form that was filled in on an older one is refused';
comment on column person_group.version is 'Raised by each change: a form that was filled in on an older one is refused';
comment on column zone_set.version is 'Raised by each change of the names: a form that was filled in on an older one is refused';

alter table zone_revision add repaired jsonb not null default '[]' check (jsonb_typeof(repaired) = 'array');
alter table zone_revision add activated_at timestamptz;
update zone_revision set activated_at = created_at;
comment on column zone_revision.repaired is 'Geometries that had to be made valid: codes and reasons';
comment on column zone_revision.activated_at is 'When it was last put into force; null: never, it may be dropped';
comment on column zone_set.revision_id is 'The revision in force; null while the first one waits to be put into force';

create index person_name on person using gin ((coalesce(email, '') || ' ' || lower(name)) gin_trgm_ops) where erased_at is null;
create index audit_action on audit (action, at);
