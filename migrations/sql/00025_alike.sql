-- +goose Up
-- What is open around a place: the reports that somebody who files another may mean.
create index report_open_position on report using gist (position)
  where status in ('new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'reopened');

-- A text without accents and capitals, as language.Fold has it, and its words as both languages' searches stem them: "Lampadaires éteints" and "lampadaire
-- eteint" have the same stems. Refused: the extension unaccent, which an administrator would have to make.
create function stems(text text, out folded text, out french text[], out english text[]) language sql immutable parallel safe strict as $$
  select f.folded, tsvector_to_array(to_tsvector('pg_catalog.french', f.folded)), tsvector_to_array(to_tsvector('pg_catalog.english', f.folded))
  from (select translate(replace(replace(lower(text), 'œ', 'oe'), 'æ', 'ae'), 'àáâäãåçèéêëìíîïñòóôöõùúûüýÿ’''-', 'aaaaaaceeeeiiiinooooouuuuyy   ') as folded) f
$$;
comment on function stems(text) is 'A text without accents and capitals, and its words as the French and the English search stem them';

create table street_word (
  word text collate "C" primary key check (word <> '')
);
comment on table street_word is 'The words of street.search, each once: what a misspelt word of a search may mean. An import of addresses keeps it';
create index street_word_search on street_word using gin (word gin_trgm_ops);
insert into street_word
select distinct word from street, unnest(string_to_array(ltrim(search), ' ')) word where word <> '';
