-- +goose Up
alter table report add parent_id bigint references report check (parent_id <> id);
comment on column report.parent_id is 'The report that this one is a part of, since that was split; never changes. Null: it is whole';
create index report_parent on report (parent_id) where parent_id is not null;

alter table timeline drop constraint timeline_type_check;
alter table timeline add constraint timeline_type_check
  check (type in ('filed', 'status', 'comment', 'answer', 'note', 'photo', 'assignment', 'merge', 'unmerge', 'split', 'due', 'edit', 'photo_blurred', 'photo_removed'));
comment on column timeline.other_id is 'Of a merge: the report on its other side, as it was named then. Of a split: the part; of the first entry of a part: what it is a part of';
