-- +goose Up
create extension if not exists postgis;
create extension if not exists pg_trgm;

create table setting (
  name  text primary key,
  value text not null
);
comment on table setting is 'Facts about this database that nodes share; settings of a node are in its environment';

-- +goose StatementBegin
-- The epoch of this database: another one means that transaction ids of before may be lost or used again, and every stored cursor is void.
-- System identifier (a new cluster), timeline (a failover) and a counter that a restore raises.
create function quartier_epoch() returns text language sql stable as $$
  select (select system_identifier from pg_control_system())
      || '-' || case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                -- A primary that was promoted writes its new timeline before its first checkpoint tells of it.
                else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end
      || '-' || coalesce((select value from setting where name = 'epoch_counter'), '0')
$$;
-- +goose StatementEnd
comment on function quartier_epoch() is 'Identity of this database''s history; part of every cursor and token';

insert into setting (name, value) values ('epoch_counter', '1');
