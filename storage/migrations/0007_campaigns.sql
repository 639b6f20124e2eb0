-- Campaigns: what is to be sent, a row for each person of a frozen audience,
-- and the pace of each channel. What a campaign may ask of a person at the
-- moment of sending lies beside the facts that segments ask about.

CREATE TABLE campaigns (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id INTEGER NOT NULL,
  name       TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  code       TEXT    NOT NULL, -- of orders that it brings
  plan       TEXT    NOT NULL, -- JSON of what people decide: who, what, when, how fast
  course     TEXT    NOT NULL, -- JSON of how it goes: waits, pauses, who started it where
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  resumed_at INTEGER NOT NULL,
  ended_at   INTEGER NOT NULL,
  rev        INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX campaigns_state ON campaigns(state, id);

-- Ids are never used twice: a message's reference is made of one.
CREATE TABLE recipients (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  campaign_id INTEGER NOT NULL,
  contact_id  INTEGER NOT NULL,
  person      TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  why         TEXT    NOT NULL,
  template    TEXT    NOT NULL,
  language    TEXT    NOT NULL,
  variant     INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  not_before  INTEGER NOT NULL,
  hold        TEXT    NOT NULL,
  attempts    INTEGER NOT NULL,
  message_id  INTEGER NOT NULL,
  class       TEXT    NOT NULL,
  code        TEXT    NOT NULL,
  failed_at   INTEGER NOT NULL,
  sent_at     INTEGER NOT NULL,
  run         INTEGER NOT NULL DEFAULT 0, -- resumed_at of the campaign when it was handed over
  behind      INTEGER NOT NULL DEFAULT 0, -- 1 while its message has moved on further
  rev         INTEGER NOT NULL DEFAULT 1,
  UNIQUE (campaign_id, person)
) STRICT;
CREATE INDEX recipients_due     ON recipients(campaign_id, not_before, id) WHERE state = 'pending';
CREATE INDEX recipients_handed  ON recipients(campaign_id, id)             WHERE state = 'sending';
CREATE INDEX recipients_behind  ON recipients(id)                          WHERE behind = 1;
CREATE INDEX recipients_trouble ON recipients(campaign_id, state, id)      WHERE state IN ('failed', 'unsure');
CREATE INDEX recipients_message ON recipients(message_id)                  WHERE message_id <> 0;
CREATE INDEX recipients_contact ON recipients(contact_id, sent_at);

-- How many rows of a campaign are in each state, so that asking costs the same
-- with a hundred people and with a million; by run and class for the outcomes
-- that pause it. Kept by the program (recipients.go), a statement for many rows:
-- a trigger would make the search index write out what it has gathered.
CREATE TABLE recipient_counts (
  campaign_id INTEGER NOT NULL,
  state       TEXT    NOT NULL,
  held        INTEGER NOT NULL,
  run         INTEGER NOT NULL,
  class       TEXT    NOT NULL,
  n           INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, state, held, run, class)
) STRICT, WITHOUT ROWID;

-- The news of a message is for its row; see Store.Behind. The ranks are those
-- of campaign.RecipientState.Merge.
CREATE TRIGGER recipients_news AFTER UPDATE OF state ON messages
WHEN new.direction = 1 AND old.state <> new.state AND new.state IN ('unsure', 'accepted', 'sent', 'failed', 'delivered', 'read')
BEGIN
  UPDATE recipients SET behind = 1 WHERE message_id = new.id AND message_id <> 0 AND behind = 0
    AND CASE state WHEN 'pending' THEN 0 WHEN 'sending' THEN 1 WHEN 'unsure' THEN 2 WHEN 'accepted' THEN 3 WHEN 'failed' THEN 4
      WHEN 'delivered' THEN 5 WHEN 'read' THEN 6 ELSE 9 END
      < CASE new.state WHEN 'unsure' THEN 2 WHEN 'failed' THEN 4 WHEN 'delivered' THEN 5 WHEN 'read' THEN 6 ELSE 3 END;
END;

CREATE TABLE paces (
  channel_id INTEGER PRIMARY KEY,
  state      BLOB    NOT NULL
) STRICT;

-- The signs of interest that no other fact tells: the last message of ours
-- that was read, and the consent that stands.
ALTER TABLE facts ADD COLUMN last_read INTEGER NOT NULL DEFAULT 0;
ALTER TABLE facts ADD COLUMN agreed    INTEGER NOT NULL DEFAULT 0;

UPDATE facts SET last_read = r.at FROM (SELECT c.contact_id AS contact, max(m.read_at) AS at
    FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.direction = 1 AND m.read_at > 0 GROUP BY 1) r
  WHERE r.contact = facts.contact_id;
UPDATE facts SET agreed = coalesce((SELECT max(e.at) FROM consents e WHERE e.contact_id = facts.contact_id AND e.kind = 'opt_in'
    AND NOT EXISTS (SELECT 1 FROM consents u WHERE u.contact_id = e.contact_id AND u.undoes = e.id)), 0)
  WHERE optin = 1;

CREATE TRIGGER facts_read AFTER UPDATE OF read_at ON messages
WHEN new.direction = 1 AND new.read_at > old.read_at
BEGIN
  UPDATE facts SET last_read = new.read_at
    WHERE contact_id = (SELECT contact_id FROM conversations WHERE id = new.conversation_id) AND last_read < new.read_at;
END;

-- The hours of the day, in UTC, in which a person wrote; kept by the program as well.
CREATE TABLE reply_hours (
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  hour       INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (contact_id, hour)
) STRICT, WITHOUT ROWID;

INSERT INTO reply_hours
  SELECT c.contact_id, (m.at / 3600000) % 24, count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.direction = 0 AND m.at > 0 AND m.type <> 'reaction' GROUP BY 1, 2;

-- Bit 16 of flags marks a promotion: a marketing template of ours.
UPDATE messages SET flags = flags | 16
  WHERE direction = 1 AND type = 'template' AND upper(coalesce(json_extract(extra, '$.template.category'), '')) = 'MARKETING';
CREATE INDEX messages_promo ON messages(conversation_id, at) WHERE flags & 16;

-- Who said stop, by time.
CREATE INDEX consents_out ON consents(at, contact_id) WHERE kind IN ('opt_out', 'provider_stop');
