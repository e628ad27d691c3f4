-- +goose Up
create table person (
  id                bigint generated always as identity primary key,
  email             text unique check (email = lower(email) and email <> '' and char_length(email) <= 254),
  name              text not null default '' check (char_length(name) <= 100),
  name_shown        boolean not null default false,
  language          text not null default 'fr' check (language in ('fr', 'en')),
  email_verified_at timestamptz,
  password_hash     text check (password_hash <> ''),
  password_at       timestamptz,
  blocked_at        timestamptz,
  erased_at         timestamptz,
  created_at        timestamptz not null default now(),
  seen_at           timestamptz,
  check ((password_hash is null) = (password_at is null)),
  check (erased_at is null or (email is null and name = '' and password_hash is null))
);
comment on table person is 'Who has an account. Personal data: leaves by no export but the person''s own, is erased on request; other tables name people by their id only';
comment on column person.email is 'In lower case, domain in its ASCII form; null: erased';
comment on column person.name_shown is 'The name may stand beside what the person writes in public';
comment on column person.password_hash is 'Argon2id in PHC form; null: none';
comment on column person.blocked_at is 'May not sign in since; null: may';
comment on column person.seen_at is 'Day of the last sign-in or use, for retention';

create table role_grant (
  id           bigint generated always as identity primary key,
  person_id    bigint not null references person on delete cascade,
  role         text not null check (role in ('agent', 'analyst', 'moderator', 'administrator')),
  service_ids  integer[] not null default '{}',
  category_ids integer[] not null default '{}',
  zone_ids     integer[] not null default '{}',
  granted_at   timestamptz not null default now(),
  granted_by   bigint references person on delete set null,
  unique (person_id, role, service_ids, category_ids, zone_ids),
  check (role in ('agent', 'analyst') or (service_ids = '{}' and category_ids = '{}' and zone_ids = '{}'))
);
comment on table role_grant is 'What people are to the service beyond residents. Several grants of one person are a union';
comment on column role_grant.service_ids is 'Services that it is limited to; empty: all. So are categories (with those below them) and zones; a report must lie within all three';

create table person_group (
  id         bigint generated always as identity primary key,
  slug       text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name       text not null check (name <> '' and char_length(name) <= 200),
  about      text not null default '' check (char_length(about) <= 2000),
  created_at timestamptz not null default now()
);
comment on table person_group is 'Associations, conseils de quartier, teams: people who act together';

create table group_member (
  group_id  bigint not null references person_group on delete cascade,
  person_id bigint not null references person on delete cascade,
  lead      boolean not null default false,
  joined_at timestamptz not null default now(),
  primary key (group_id, person_id)
);
comment on column group_member.lead is 'May speak and admit for the group';
create index group_member_person on group_member (person_id);

create table session (
  id            bigint generated always as identity primary key,
  token_sha256  bytea not null unique check (length(token_sha256) = 32),
  person_id     bigint not null references person on delete cascade,
  method        text not null check (method in ('link', 'password', 'passkey', 'oidc')),
  second_factor boolean not null default false,
  agent         text not null default '' check (char_length(agent) <= 100),
  created_at    timestamptz not null default now(),
  proved_at     timestamptz not null default now(),
  seen_at       timestamptz not null default now(),
  expires_at    timestamptz not null
);
comment on table session is 'Browsers that are signed in. The token itself is only in the browser''s cookie; a row that is gone is a session that was ended';
comment on column session.agent is 'Browser and system in a few words, so that a person recognises it';
comment on column session.proved_at is 'When the person last proved to be who they are: asked again before credentials are changed';
create index session_person on session (person_id);
create index session_expires on session (expires_at);

create table api_token (
  id           bigint generated always as identity primary key,
  token_sha256 bytea not null unique check (length(token_sha256) = 32),
  person_id    bigint not null references person on delete cascade,
  name         text not null check (name <> '' and char_length(name) <= 100),
  scopes       text[] not null check (scopes <> '{}' and scopes <@ array['read', 'write']),
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  used_at      timestamptz
);
comment on table api_token is 'Keys for programs that act for a person, with no more than that person''s rights; shown once';
comment on column api_token.scopes is 'read: see what the person sees; write: file and change what the person may';
create index api_token_person on api_token (person_id);

create table login_link (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  purpose      text not null check (purpose in ('sign-in', 'email', 'report', 'invite')),
  email        text not null,
  person_id    bigint references person on delete cascade,
  report_id    bigint references report on delete cascade,
  next         text not null default '',
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  used_at      timestamptz
);
comment on table login_link is 'Links sent by mail that prove an address. Each works once and for a short time; rows are removed when they have expired';
comment on column login_link.purpose is 'sign-in; email: the person''s new address; report: the address given with a report; invite: the first sign-in of somebody whom an administrator added';
create index login_link_expires on login_link (expires_at);
create index login_link_email on login_link (email);

create table passkey (
  id            bigint generated always as identity primary key,
  person_id     bigint not null references person on delete cascade,
  credential_id bytea not null unique,
  credential    jsonb not null,
  name          text not null check (name <> '' and char_length(name) <= 100),
  created_at    timestamptz not null default now(),
  used_at       timestamptz
);
comment on table passkey is 'WebAuthn credentials (public keys)';
create index passkey_person on passkey (person_id);

create table ceremony (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  kind         text not null check (kind in ('passkey-create', 'passkey-use', 'oidc', 'second-factor')),
  person_id    bigint references person on delete cascade,
  data         jsonb not null,
  expires_at   timestamptz not null
);
comment on table ceremony is 'Sign-ins under way that take two steps: challenges and states, each for one browser and once';
create index ceremony_expires on ceremony (expires_at);

create table identity (
  issuer     text not null check (issuer <> ''),
  subject    text not null check (subject <> ''),
  person_id  bigint not null references person on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
comment on table identity is 'Accounts at OpenID providers (OpenID Connect Core 1.0, 5.7: issuer and subject name a person)';
create index identity_person on identity (person_id);

create table totp (
  person_id    bigint primary key references person on delete cascade,
  secret       bytea not null check (length(secret) >= 20),
  confirmed_at timestamptz,
  last_step    bigint not null default 0
);
comment on table totp is 'Second factor by time (RFC 6238)';
comment on column totp.last_step is 'The step of the last code that was taken: none is taken twice (RFC 6238, 5.2)';

create table recovery_code (
  person_id   bigint not null references person on delete cascade,
  code_sha256 bytea not null check (length(code_sha256) = 32),
  used_at     timestamptz,
  primary key (person_id, code_sha256)
);
comment on table recovery_code is 'Codes on paper for who lost the second factor; each works once';

alter table report_contact add person_id bigint references person on delete set null;
alter table report_contact add email_verified_at timestamptz;
comment on column report_contact.person_id is 'The account that filed; sees the report also while it is pending or private';
comment on column report_contact.email_verified_at is 'When a link sent to the address was opened; null: not proved';
create index report_contact_person on report_contact (person_id, report_id) where person_id is not null;
create index report_contact_email on report_contact (lower(email)) where email <> '';
create index audit_actor on audit (actor_id, at) where actor_id is not null;
