-- +goose Up
-- +goose StatementBegin
-- The epoch of this database, as before, and the identity of the change log's table: a dump that is restored beside or over this database on the same
-- server makes another one, and nobody need think of raising the counter.
create or replace function quartier_epoch() returns text language sql stable as $$
  select (select system_identifier from pg_control_system())
      || '-' || case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                -- A primary that was promoted writes its new timeline before its first checkpoint tells of it.
                else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end
      || '-' || coalesce((select value from setting where name = 'epoch_counter'), '0')
      || '-' || coalesce(to_regclass('change_log')::oid::text, '0')
$$;
-- +goose StatementEnd
