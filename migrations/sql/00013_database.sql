-- +goose Up
-- The epoch as before, with the identity of the database: one that is made from another as its template has tables of the same identity. Databases that
-- had an earlier form of 00011 get what that file says now.
-- +goose StatementBegin
create or replace function quartier_epoch() returns text language plpgsql stable as $$
begin
  return (select system_identifier from pg_control_system())
      || '-' || case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                -- A primary that was promoted writes its new timeline before its first checkpoint tells of it.
                else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end
      || '-' || coalesce((select value from setting where name = 'epoch_counter'), '0')
      || '-' || coalesce(to_regclass('change_log')::oid::text, '0')
      || '-' || (select oid from pg_database where datname = current_database());
end $$;
-- +goose StatementEnd
