-- +goose Up
create table change_log (
  seq       bigint generated always as identity,
  xid       xid8 not null default pg_current_xact_id(),
  logged_at timestamptz not null default now(),
  kind      text not null,
  first_id  bigint not null,
  last_id   bigint not null,
  lon       integer,
  lat       integer,
  check (first_id <= last_id)
) partition by range (logged_at);
comment on table change_log is 'What changed, never what it says: readers look the items up as they stand. No personal data';
comment on column change_log.xid is 'The writing transaction: readers compare it with their snapshot, never seq, which is no commit order';
comment on column change_log.last_id is 'A batch logs one row for a run of ids; items of the run that did not change are read again in vain, harmlessly';
comment on column change_log.lon is 'Position before the change, units of 1e-7 degrees; null: new, or several';

create table change_log_rest partition of change_log default;
comment on table change_log_rest is 'Takes rows of days whose partition is missing, so that no write ever fails for the log''s sake';
create index change_log_xid on change_log (xid);

create table change_cursor (
  reader     text primary key,
  epoch      text not null,
  snapshot   pg_snapshot not null,
  updated_at timestamptz not null default now()
);
comment on table change_cursor is 'How far each durable reader of the change log has come; the log is kept until all have passed';

-- +goose StatementBegin
-- Makes the partitions of a day and the days after it. A day that already has rows in the rest is left there.
create function change_log_prepare(day date, days integer) returns void language plpgsql as $$
declare
  d date;
begin
  -- Writers queue behind this: rather give up and come again than hold them up.
  perform set_config('lock_timeout', '2s', true);
  perform pg_advisory_xact_lock(hashtext('change_log'));
  for i in 0 .. days loop
    d := day + i;
    if to_regclass('change_log_' || to_char(d, 'YYYYMMDD')) is null
       and not exists (select from change_log_rest where logged_at >= (d::timestamp at time zone 'UTC')
                                                     and logged_at < ((d + 1)::timestamp at time zone 'UTC')) then
      execute format('create table %I partition of change_log for values from (%L) to (%L)',
        'change_log_' || to_char(d, 'YYYYMMDD'), d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
    end if;
  end loop;
end $$;

-- Drops the partitions of days before the given one that every stored cursor has passed, and remembers the newest transaction of what was
-- dropped: a reader whose cursor had not seen it must load anew.
create function change_log_prune(before date) returns integer language plpgsql as $$
declare
  p record;
  newest xid8;
  dropped integer := 0;
begin
  perform set_config('lock_timeout', '2s', true);
  perform pg_advisory_xact_lock(hashtext('change_log'));
  -- Readers lock the log before its partitions: so do we, or each would wait for the other.
  lock table change_log in access exclusive mode;
  for p in
    select c.oid::regclass as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'change_log'::regclass and c.relname ~ '^change_log_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < before
    order by c.relname
  loop
    execute format('select max(xid) from %s', p.name) into newest;
    exit when exists (select from change_cursor where newest is not null and pg_snapshot_xmin(snapshot) <= newest);
    if newest is not null then
      insert into setting (name, value) values ('change_log_pruned', newest::text)
      on conflict (name) do update set value = greatest(setting.value::xid8, excluded.value::xid8)::text;
    end if;
    execute format('drop table %s', p.name);
    dropped := dropped + 1;
  end loop;
  -- Days without a partition of their own.
  select max(xid) into newest from change_log_rest where logged_at < (before::timestamp at time zone 'UTC');
  if newest is not null and not exists (select from change_cursor where pg_snapshot_xmin(snapshot) <= newest) then
    insert into setting (name, value) values ('change_log_pruned', newest::text)
    on conflict (name) do update set value = greatest(setting.value::xid8, excluded.value::xid8)::text;
    delete from change_log_rest where logged_at < (before::timestamp at time zone 'UTC');
  end if;
  return dropped;
end $$;
-- +goose StatementEnd
