-- +goose Up
create table consent_text (
  slug         text not null check (slug in ('privacy')),
  version      integer not null check (version > 0),
  fr           text not null check (fr <> '' and char_length(fr) <= 20000),
  en           text not null check (en <> '' and char_length(en) <= 20000),
  published_at timestamptz not null default now(),
  published_by bigint references person on delete set null,
  primary key (slug, version)
);
comment on table consent_text is 'What people are told about their data and agree to; the highest version is in force. Never changed: another text is another version';
comment on column consent_text.fr is 'Plain text: paragraphs apart by an empty line, "## " before a heading, "- " before a point; {town}, {contact} and {years} are filled in from the settings';

create table consent (
  id        bigint generated always as identity primary key,
  person_id bigint references person on delete cascade,
  report_id bigint references report_contact on delete cascade,
  slug      text not null,
  version   integer not null,
  given_at  timestamptz not null,
  foreign key (slug, version) references consent_text,
  check (num_nonnulls(person_id, report_id) = 1),
  unique (person_id, slug, version)
);
comment on table consent is 'Who agreed to which text: an account, or whoever gave an address with a report. Goes with the account or the contact';
create index consent_report on consent (report_id) where report_id is not null;

create index timeline_person on timeline (person_id) where person_id is not null;

alter table mail add forget boolean not null default false check (not forget or expires_at is not null);
comment on column mail.forget is 'The row goes as soon as the mail was sent or has expired: the last one to somebody who was erased';
create index mail_forget on mail (expires_at) where forget;

alter table person add leaving_at timestamptz;
comment on column person.leaving_at is 'The person was told by mail that the unused account is erased then, unless it is used before; null: nothing is planned';

insert into consent_text (slug, version, fr, en) values ('privacy', 1,
$fr$Ce service sert à signaler ce qui ne va pas dans l’espace public et à suivre ce qui en est fait. Il est tenu par {town}, qui répond de vos données. Il n’y a ni publicité, ni mesure d’audience, ni revente, et rien n’est confié à un réseau social.

## Ce qui est conservé, et pourquoi

- Vos signalements : lieu, catégorie, texte, photos. Ils sont publics, sauf dans les catégories privées ; n’y écrivez ni votre nom ni votre adresse.
- Votre adresse de courriel, si vous la donnez avec un signalement : pour vous répondre. Elle est tenue à part, n’est jamais publiée, et chaque lecture par un agent est notée.
- Votre compte, si vous vous connectez : adresse, nom si vous l’indiquez, langue, dernier jour d’utilisation, appareils connectés, clés d’accès et mot de passe (seulement sous une forme qui ne permet pas de le retrouver).
- Les courriels que le service vous envoie, le temps de les envoyer et de répondre aux questions à leur sujet.
- Ce que vous signalez aux modérateurs : le motif et vos mots ; sans compte aussi, jusqu’à leur décision, une empreinte qui distingue votre navigateur (ou, s’il refuse les cookies, votre réseau), pour ne compter votre alerte qu’une fois.
- Les actes des agents et des administrateurs, par numéro de compte : pour pouvoir en rendre compte.
- Si vous avez abusé du service : l’adresse ou le réseau bloqué, avec la raison et jusqu’à une date. Effacer vos données ne lève pas le blocage.
- Votre adresse réseau, en mémoire seulement, le temps de limiter les abus.

Les cookies servent à la connexion, à la langue, à la protection des formulaires et à ne compter vos alertes qu’une fois : rien d’autre.

## Qui les voit

Le service municipal chargé du signalement, et les administrateurs. Personne d’autre.

## Combien de temps

- Adresse et nom liés à un signalement : {years} ans après sa clôture. Ce que vous avez signalé aux modérateurs : {years} ans après leur décision.
- Compte : tant qu’il sert, puis {years} ans ; vous êtes prévenu par courriel 30 jours avant.
- Journal des actes : {years} ans. Courriels envoyés : 90 jours. Connexions et liens expirés : effacés chaque jour.

Le signalement lui-même reste, anonyme.

## Vos droits

Dans « Mes données » vous pouvez tout voir, télécharger, corriger et effacer, sans rien demander à personne. Sans compte, connectez-vous une fois avec l’adresse que vous aviez donnée : un lien vous est envoyé, et vos signalements sont retrouvés. Pour toute question : {contact}. Vous pouvez aussi vous adresser à la CNIL (cnil.fr).

La base légale est la mission d’intérêt public de la commune (RGPD, article 6, 1, e) ; votre accord pour ce que vous donnez de plus.$fr$,
$en$This service is for reporting what is wrong in public space and for following what is done about it. It is run by {town}, which answers for your data. There is no advertising, no audience tracking, nothing is sold, and nothing is handed to a social network.

## What is kept, and why

- Your reports: place, category, text, photos. They are public, except in private categories; do not write your name or address in them.
- Your e-mail address, if you give it with a report: to answer you. It is kept apart, is never published, and each reading by an agent is noted.
- Your account, if you sign in: address, name if you give one, language, last day of use, devices signed in, passkeys and password (only in a form from which it cannot be found again).
- The e-mails that the service sends you, for as long as it takes to send them and to answer questions about them.
- What you flag to the moderators: the reason and your words; without an account also, until they decide, a fingerprint that tells your browser from others (or your network, if it takes no cookies), so that your flag counts once.
- What agents and administrators do, by account number: so that it can be accounted for.
- If you abused the service: the address or network that is blocked, with the reason and until a date. Erasing your data does not lift it.
- Your network address, in memory only, for as long as it takes to limit abuse.

Cookies serve the sign-in, the language, the protection of forms, and to count your flags once: nothing else.

## Who sees them

The municipal department in charge of the report, and the administrators. Nobody else.

## For how long

- Address and name with a report: {years} years after it is closed. What you flagged to the moderators: {years} years after their decision.
- Account: while it is used, then {years} years; you are told by e-mail 30 days before.
- Record of what staff did: {years} years. E-mails sent: 90 days. Expired sign-ins and links: removed every day.

The report itself stays, anonymous.

## Your rights

In “My data” you can see, download, correct and erase everything, without asking anybody. Without an account, sign in once with the address that you gave: a link is sent to you, and your reports are found. For any question: {contact}. You may also turn to the French data protection authority, the CNIL (cnil.fr).

The legal basis is the town’s task in the public interest (GDPR, article 6, 1, e); your agreement for what you give beyond it.$en$);
