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
  last_order INTEGER NOT NULL DEFAULT 0,
  last_in    INTEGER NOT NULL DEFAULT 0,
  last_out   INTEGER NOT NULL DEFAULT 0,
  created    INTEGER NOT NULL DEFAULT 0,
  optout     INTEGER NOT NULL DEFAULT 0,
  optin      INTEGER NOT NULL DEFAULT 0,
  blocked    INTEGER NOT NULL DEFAULT 0,
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
