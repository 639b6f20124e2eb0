-- What a shop knows of its customers: facts that segments ask about, the
-- shop's own fields, saved segments, and the ledger of consents.

ALTER TABLE contacts ADD COLUMN email    TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN birthday TEXT NOT NULL DEFAULT ''; -- YYYY-MM-DD
ALTER TABLE contacts ADD COLUMN note     TEXT NOT NULL DEFAULT '';

-- One narrow row a person, so that judging all of them is one short walk.
-- Texts are folded, tiers are their place in the language's list of values,
-- amounts are hundred-millionths of the shop's currency.
CREATE TABLE facts (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts(id) ON DELETE CASCADE,
  value      INTEGER NOT NULL DEFAULT 0,
  freq       INTEGER NOT NULL DEFAULT 0,
  aov_tier   INTEGER NOT NULL DEFAULT 0,
  orders     INTEGER NOT NULL DEFAULT 0,
  spend      INTEGER NOT NULL DEFAULT 0,
  aov        INTEGER NOT NULL DEFAULT 0,
  ltv        INTEGER NOT NULL DEFAULT 0,
  first_order INTEGER NOT NULL DEFAULT 0,
  last_order INTEGER NOT NULL DEFAULT 0,
  computed   TEXT    NOT NULL DEFAULT '', -- the value tier that orders gave; another one was set by hand
  last_in    INTEGER NOT NULL DEFAULT 0,
  last_out   INTEGER NOT NULL DEFAULT 0,
  created    INTEGER NOT NULL DEFAULT 0,
  optout     INTEGER NOT NULL DEFAULT 0,
  optin      INTEGER NOT NULL DEFAULT 0,
  blocked    INTEGER NOT NULL DEFAULT 0,
  kept       INTEGER NOT NULL DEFAULT 0, -- never in the low-frequency group, by a person's word
  waiting    INTEGER NOT NULL DEFAULT 0,
  lang       TEXT    NOT NULL DEFAULT '',
  country    TEXT    NOT NULL DEFAULT '',
  words      TEXT    NOT NULL DEFAULT '', -- name, phone and user name, a line each
  phone      TEXT    NOT NULL DEFAULT '',
  name       TEXT    NOT NULL DEFAULT '',
  username   TEXT    NOT NULL DEFAULT '',
  zone       TEXT    NOT NULL DEFAULT ''
) STRICT;

INSERT INTO facts (contact_id, value, last_in, last_out, created, waiting, lang, country, words, phone, name, username, zone)
  SELECT k.id, CASE k.value WHEN 'low' THEN 1 WHEN 'mid' THEN 2 WHEN 'high' THEN 3 ELSE 0 END, k.last_in_at,
    coalesce((SELECT max(last_out_at) FROM conversations WHERE contact_id = k.id), 0), k.created_at,
    EXISTS (SELECT 1 FROM conversations WHERE contact_id = k.id AND waiting_since > 0),
    fold(k.language), fold(country_of(k.phone,
      coalesce((SELECT value FROM identities WHERE contact_id = k.id AND kind = 'user_id' LIMIT 1), ''))),
    fold(k.name) || char(10) || k.phone || char(10) || fold(k.username), k.phone, fold(k.name), fold(k.username), fold(k.time_zone)
  FROM contacts k;

CREATE TRIGGER facts_talk_insert AFTER INSERT ON conversations BEGIN
  UPDATE facts SET last_out = max(last_out, new.last_out_at), waiting = max(waiting, new.waiting_since > 0) WHERE contact_id = new.contact_id;
END;

CREATE TRIGGER facts_talk_update AFTER UPDATE OF last_out_at, waiting_since, contact_id ON conversations
WHEN old.last_out_at <> new.last_out_at OR old.waiting_since <> new.waiting_since OR old.contact_id <> new.contact_id BEGIN
  UPDATE facts SET last_out = coalesce((SELECT max(last_out_at) FROM conversations WHERE contact_id = facts.contact_id), 0),
    waiting = EXISTS (SELECT 1 FROM conversations WHERE contact_id = facts.contact_id AND waiting_since > 0)
    WHERE contact_id IN (old.contact_id, new.contact_id);
END;

-- Fields of the shop's own.
CREATE TABLE custom_fields (
  name    TEXT NOT NULL PRIMARY KEY, -- lower case
  type    TEXT NOT NULL,             -- text, number, date, choice
  choices TEXT NOT NULL              -- JSON list
) STRICT, WITHOUT ROWID;

CREATE TABLE custom_values (
  field      TEXT    NOT NULL,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  value      TEXT    NOT NULL,
  folded     TEXT    NOT NULL,
  cased      TEXT    NOT NULL, -- without the difference of capitals only
  number     INTEGER,          -- hundred-millionths, where it is a number
  day        INTEGER,          -- unix milliseconds, where it is a date
  PRIMARY KEY (field, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX custom_values_contact ON custom_values(contact_id);

CREATE TABLE segments (
  name       TEXT    NOT NULL PRIMARY KEY,
  expr       TEXT    NOT NULL, -- in normal form
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Proofs of consent: lines are added, never changed.
CREATE TABLE consents (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  kind       TEXT    NOT NULL,
  scope      TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  source     TEXT    NOT NULL,
  words      TEXT    NOT NULL,
  place      TEXT    NOT NULL,
  agent      TEXT    NOT NULL,
  channel_id INTEGER NOT NULL,
  undoes     INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_contact ON consents(contact_id, at, id);

-- What is to be decided about words that may mean stop.
CREATE TABLE consent_tray (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_id      INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  conversation_id INTEGER NOT NULL,
  message_id      INTEGER NOT NULL UNIQUE,
  channel_id      INTEGER NOT NULL,
  reading         TEXT    NOT NULL, -- ask, propose; opt_out for what was applied and may be undone
  word            TEXT    NOT NULL,
  scope           TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  entry_id        INTEGER NOT NULL, -- in the ledger, 0 while there is none
  decided_at      INTEGER NOT NULL DEFAULT 0,
  decided_by      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX consent_tray_open    ON consent_tray(at, id) WHERE decided_at = 0;
CREATE INDEX consent_tray_contact ON consent_tray(contact_id);

CREATE TABLE tag_colours (
  tag    TEXT NOT NULL PRIMARY KEY,
  colour TEXT NOT NULL -- of the theme's names
) STRICT, WITHOUT ROWID;

-- Receipts of the till. Amounts are hundred-millionths.
CREATE TABLE orders (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  source     TEXT    NOT NULL,
  ref        TEXT    NOT NULL, -- the till's own id
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  at         INTEGER NOT NULL,
  amount     INTEGER NOT NULL,
  currency   TEXT    NOT NULL,
  campaign   TEXT    NOT NULL,
  UNIQUE (source, ref)
) STRICT;
CREATE INDEX orders_contact ON orders(contact_id, at);

-- Merges of two records of one person, with all that is needed to part them again.
CREATE TABLE merges (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  kept      INTEGER NOT NULL,
  gone      INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  agent     TEXT    NOT NULL,
  undone_at INTEGER NOT NULL DEFAULT 0,
  before    TEXT    NOT NULL -- JSON
) STRICT;
CREATE INDEX merges_kept ON merges(kept) WHERE undone_at = 0;

-- Salted hashes of the addresses of people who were erased.
CREATE TABLE tombstones (
  hash TEXT    NOT NULL PRIMARY KEY,
  at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Imports under way and done, and what each changed of whom, so that one that
-- was cancelled or cut short is taken back whole.
CREATE TABLE imports (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  file   TEXT    NOT NULL,
  agent  TEXT    NOT NULL,
  fields TEXT    NOT NULL, -- JSON list of those that it made
  at     INTEGER NOT NULL,
  state  TEXT    NOT NULL, -- running, done, undoing, undone
  until  INTEGER NOT NULL  -- while running: the process that works on it is dead after that
) STRICT;
CREATE INDEX imports_running ON imports(until) WHERE state IN ('running', 'undoing');

CREATE TABLE import_rows (
  import_id  INTEGER NOT NULL,
  contact_id INTEGER NOT NULL,
  change     TEXT    NOT NULL, -- JSON; '' for somebody new
  PRIMARY KEY (import_id, contact_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX activities_contact ON activities(contact_id, at, id) WHERE contact_id <> 0;
