-- +goose Up
-- Where an item was before a change nobody asks the log: who follows has it in memory.
alter table change_log drop column lon, drop column lat;
