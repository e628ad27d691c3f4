-- +goose Up
alter table api_token add strong boolean not null default false;
comment on column api_token.strong is 'It was made by a session with two factors or a passkey; others give no roles where staff must use a second factor';
