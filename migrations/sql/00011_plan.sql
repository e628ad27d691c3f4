-- +goose Up
-- A function in SQL is planned anew for every statement that calls it, which costs more than what these two look up; one in PL/pgSQL keeps its plan
-- for as long as the connection lasts. What they answer is as before.
-- +goose StatementBegin
create or replace function quartier_epoch() returns text language plpgsql stable as $$
begin
  return (select system_identifier from pg_control_system())
      || '-' || case when pg_is_in_recovery() then (select timeline_id from pg_control_checkpoint())
                -- A primary that was promoted writes its new timeline before its first checkpoint tells of it.
                else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer end
      || '-' || coalesce((select value from setting where name = 'epoch_counter'), '0')
      || '-' || coalesce(to_regclass('change_log')::oid::text, '0');
end $$;

create or replace function zones_at(lon integer, lat integer) returns integer[] language plpgsql stable parallel safe as $$
begin
  return (
    select coalesce(array_agg(zone_id order by zone_id), '{}')
    from (
      select distinct on (z.zone_set_id) z.id as zone_id
      from zone_shape s
      join zone_set zs on zs.revision_id = s.revision_id
      join zone z on z.id = s.zone_id
      where ST_Covers(s.geometry, ST_SetSRID(ST_MakePoint(lon / 1e7::float8, lat / 1e7::float8), 4326))
      order by z.zone_set_id, z.code collate "C"
    ) one);
end $$;
-- +goose StatementEnd
