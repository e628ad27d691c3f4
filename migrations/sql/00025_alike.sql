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

-- What is left of the first seven letters of a word without up to two of them. Words of which one becomes the other by two mistakes (a letter more, less, other,
-- or swapped with the next) have something left in common, since each mistake costs each of them a letter at most.
create function remains(word text) returns text[] language sql immutable parallel safe strict as $$
  select array_agg(distinct left(w, greatest(i - 1, 0)) || substr(w, i + 1, greatest(j - i - 1, 0)) || substr(w, j + 1)) -- the letters i and j; 0: none
  from (select left(word, 7)) as start (w), generate_series(0, length(w)) i, generate_series(0, length(w)) j
  where i < j or i = 0 and j = 0
$$;
comment on function remains(text) is 'What is left of the first seven letters of a word without up to two of them: misspelt words share it with what they mean';

create table street_word (
  word text collate "C" primary key check (word <> ''),
  remains text[] not null generated always as (remains(word)) stored
);
comment on table street_word is 'The words of street.search, each once: what a misspelt word of a search may mean. An import of addresses keeps it';
create index street_word_remains on street_word using gin (remains) with (fastupdate = off);
-- Searches are many, imports are rare: what an import has just written is not to be looked through one by one.
alter index street_search set (fastupdate = off);
insert into street_word (word)
select distinct word from street, unnest(string_to_array(ltrim(search), ' ')) word where word <> '';
