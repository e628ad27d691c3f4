-- +goose Up
alter table timeline drop constraint timeline_type_check;
alter table timeline add constraint timeline_type_check
  check (type in ('filed', 'status', 'comment', 'answer', 'note', 'photo', 'assignment', 'merge', 'unmerge', 'due', 'edit'));
alter table timeline add other_id bigint;
alter table timeline add due_at timestamptz;
alter table timeline add doubts text[] not null default '{}' check (doubts <@ array['anonymous', 'link', 'word', 'often']);
alter table timeline add check (doubts = '{}' or type = 'comment' and not public);
comment on column timeline.type is 'merge and unmerge stand with the original and name the other; what was merged has a status. due: another expected date. edit: the reporter corrected the text';
comment on column timeline.other_id is 'Of a merge: the report on its other side, as it was named then';
comment on column timeline.due_at is 'The expected date that was told with it; of the year 9999: it was taken back';
comment on column timeline.doubts is 'Why a comment waits for a moderator, or was refused by one (redacted_at): it is seen by moderators only';
create index timeline_waiting on timeline (kind, created_at, id) where doubts <> '{}' and redacted_at is null;
create index timeline_other on timeline (other_id) where other_id is not null;

-- A comment that waits is published or refused.
alter table decision drop constraint decision_check;
alter table decision add constraint decision_entry_check
  check (case verdict when 'redact' then entry_id is not null when 'hide' then entry_id is null when 'show' then entry_id is null else true end);

create table report_device (
  report_id     bigint primary key references report on delete cascade,
  device_sha256 bytea not null check (length(device_sha256) = 32),
  created_at    timestamptz not null
);
comment on table report_device is 'From which browser a report was filed without an account, so that it may be corrected or withdrawn there for a while; removed after a day';
comment on column report_device.device_sha256 is 'Keyed digest of the browser''s cookie';
create index report_device_digest on report_device (device_sha256);
create index report_device_age on report_device (created_at);

create table feedback (
  id            bigint generated always as identity primary key,
  kind          text not null,
  item_id       bigint not null,
  person_id     bigint references person on delete set null,
  device_sha256 bytea check (length(device_sha256) = 32),
  fixed         boolean,
  score         smallint check (score between 1 and 3),
  words         text not null default '' check (char_length(words) <= 1000),
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  check (num_nonnulls(person_id, device_sha256) <= 1),
  check (num_nonnulls(fixed, score) > 0)
);
comment on table feedback is '"Is it fixed?" and how content people are with what was done, once each; shown as counts only. Of who was erased the answer stays, nobody''s';
comment on column feedback.score is '1 not content, 2 so-so, 3 content; null: did not say';
comment on column feedback.words is 'For who handles the item; never public';
create unique index feedback_person on feedback (kind, item_id, person_id) where person_id is not null;
create unique index feedback_device on feedback (kind, item_id, device_sha256) where device_sha256 is not null;
create index feedback_item on feedback (kind, item_id);
create index feedback_of on feedback (person_id) where person_id is not null;
