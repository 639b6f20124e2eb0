-- The library of templates: each version of each language a row of its own,
-- the text with its samples as JSON in form. Messages sent are found by time,
-- to count what became of those with a template.

CREATE TABLE templates (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id   INTEGER NOT NULL, -- 0 for a draft that no channel has yet
  name         TEXT    NOT NULL,
  language     TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  state        TEXT    NOT NULL,
  provider_id  TEXT    NOT NULL,
  status       TEXT    NOT NULL, -- the provider's word, as quality, reason, category and correct
  category     TEXT    NOT NULL,
  wanted       TEXT    NOT NULL,
  drift        TEXT    NOT NULL,
  correct      TEXT    NOT NULL,
  quality      TEXT    NOT NULL,
  reason       TEXT    NOT NULL,
  detail       TEXT    NOT NULL,
  family       TEXT    NOT NULL,
  role         TEXT    NOT NULL,
  author       TEXT    NOT NULL,
  agent        TEXT    NOT NULL,
  form         TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL,
  decided_at   INTEGER NOT NULL,
  approved_at  INTEGER NOT NULL,
  rev          INTEGER NOT NULL DEFAULT 1,
  UNIQUE (channel_id, name, language, version)
) STRICT;

CREATE INDEX messages_out ON messages(at, type, channel_id) WHERE direction = 1;
