-- +goose Up
alter table timeline drop constraint timeline_type_check;
alter table timeline add constraint timeline_type_check
  check (type in ('filed', 'status', 'comment', 'answer', 'note', 'photo', 'assignment', 'merge', 'unmerge', 'due', 'edit', 'photo_blurred', 'photo_removed'));
