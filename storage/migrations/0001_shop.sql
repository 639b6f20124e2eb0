-- The shop: channels, people, conversations, messages, the queue of messages
-- to send, the journal of callbacks, and what processes tell each other.
--
-- Times are unix milliseconds in UTC, 0 for "never". Texts that are absent are
-- '' except where a unique index needs NULL. Lists and shapes that no query
-- looks into are JSON. Each row that a screen shows carries rev, which grows
-- with every change of what is shown.

CREATE TABLE channels (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  name             TEXT    NOT NULL UNIQUE,
  provider         TEXT    NOT NULL,
  number           TEXT    NOT NULL,
  account          TEXT    NOT NULL,
  state            TEXT    NOT NULL,
  pause_class      TEXT    NOT NULL,
  detail           TEXT    NOT NULL,
  health           TEXT    NOT NULL,
  last_callback_at INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  rev              INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE contacts (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT    NOT NULL,
  username   TEXT    NOT NULL,
  phone      TEXT    NOT NULL,
  language   TEXT    NOT NULL,
  time_zone  TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  tags       TEXT    NOT NULL, -- one a line; contact_tags has them for lookups
  created_at INTEGER NOT NULL,
  last_in_at INTEGER NOT NULL,
  rev        INTEGER NOT NULL DEFAULT 1
) STRICT;

-- One address belongs to one person; one person may have many.
CREATE TABLE identities (
  channel_id INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  PRIMARY KEY (channel_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_value   ON identities(kind, value);
CREATE INDEX identities_contact ON identities(contact_id);

CREATE TABLE contact_tags (
  tag        TEXT    NOT NULL,
  contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  PRIMARY KEY (tag, contact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_tags_contact ON contact_tags(contact_id);

CREATE TABLE conversations (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id      INTEGER NOT NULL REFERENCES channels(id),
  contact_id      INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
  state           TEXT    NOT NULL,
  assignee        TEXT    NOT NULL,
  unread          INTEGER NOT NULL,
  last_message_id INTEGER NOT NULL,
  last_at         INTEGER NOT NULL,
  last_in_at      INTEGER NOT NULL,
  last_out_at     INTEGER NOT NULL,
  waiting_since   INTEGER NOT NULL,
  due_at          INTEGER NOT NULL,
  courtesy_since  INTEGER NOT NULL,
  window_closes   INTEGER NOT NULL,
  free_until      INTEGER NOT NULL,
  referral_at     INTEGER NOT NULL,
  snooze_until    INTEGER NOT NULL,
  sort_key        INTEGER NOT NULL,
  draft           TEXT    NOT NULL DEFAULT '', -- the newest of drafts
  card            BLOB    NOT NULL,            -- of the contact and
  last            BLOB,                        -- of the last message, what the inbox shows; see card.go
  rev             INTEGER NOT NULL DEFAULT 1,
  window_ends     INTEGER NOT NULL GENERATED ALWAYS AS (max(window_closes, free_until)) VIRTUAL,
  has_unread      INTEGER NOT NULL GENERATED ALWAYS AS (unread > 0) VIRTUAL,
  UNIQUE (contact_id, channel_id)
) STRICT;

-- Four orders by three families of views, so that each page of the inbox is a
-- walk along one index (list.go). ViewAll merges the three states.
CREATE INDEX list_state_priority ON conversations(state, sort_key, id);
CREATE INDEX list_state_newest   ON conversations(state, last_at, id);
CREATE INDEX list_state_unread   ON conversations(state, has_unread, last_at, id);
CREATE INDEX list_state_window   ON conversations(state, window_ends, id);
CREATE INDEX list_agent_priority ON conversations(assignee, sort_key, id)            WHERE state = 'open';
CREATE INDEX list_agent_newest   ON conversations(assignee, last_at, id)             WHERE state = 'open';
CREATE INDEX list_agent_unread   ON conversations(assignee, has_unread, last_at, id) WHERE state = 'open';
CREATE INDEX list_agent_window   ON conversations(assignee, window_ends, id)         WHERE state = 'open';
CREATE INDEX list_wait_priority  ON conversations(sort_key, id)            WHERE state = 'open' AND waiting_since > 0;
CREATE INDEX list_wait_newest    ON conversations(last_at, id)             WHERE state = 'open' AND waiting_since > 0;
CREATE INDEX list_wait_unread    ON conversations(has_unread, last_at, id) WHERE state = 'open' AND waiting_since > 0;
CREATE INDEX list_wait_window    ON conversations(window_ends, id)         WHERE state = 'open' AND waiting_since > 0;

CREATE INDEX conversations_channel ON conversations(channel_id);
CREATE INDEX conversations_waiting ON conversations(id) WHERE waiting_since > 0;
CREATE INDEX conversations_snoozed ON conversations(snooze_until, id) WHERE state = 'snoozed';

CREATE TABLE drafts (
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  agent           TEXT    NOT NULL,
  text            TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, agent)
) STRICT, WITHOUT ROWID;

-- Ids are never used twice (AUTOINCREMENT): a screen that still shows a taken
-- back message must not mistake the next one for it.
CREATE TABLE messages (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation_id INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  channel_id      INTEGER NOT NULL,
  direction       INTEGER NOT NULL, -- 0 in, 1 out
  type            TEXT    NOT NULL,
  text            TEXT    NOT NULL,
  reply_to        TEXT    NOT NULL,
  extra           TEXT,             -- JSON of what a plain text does not have; see content.go
  media_path      TEXT    NOT NULL,
  media_wanted    INTEGER NOT NULL, -- 1 while the file of a received message is to be fetched
  provider_id     TEXT,
  ref             TEXT,
  state           TEXT    NOT NULL,
  error           TEXT,             -- JSON
  author          TEXT    NOT NULL,
  flags           INTEGER NOT NULL, -- 1 auto, 2 echo, 4 revoked, 8 courtesy
  retry_of        INTEGER NOT NULL,
  retried_by      INTEGER NOT NULL,
  not_before      INTEGER NOT NULL,
  attempts        INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  sent_at         INTEGER NOT NULL,
  delivered_at    INTEGER NOT NULL,
  read_at         INTEGER NOT NULL,
  edited_at       INTEGER NOT NULL,
  waited          INTEGER NOT NULL,
  reactions       TEXT,             -- JSON, one of each side at most
  rev             INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX messages_chat ON messages(conversation_id, id);
CREATE UNIQUE INDEX messages_provider ON messages(channel_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX messages_ref      ON messages(ref)                     WHERE ref IS NOT NULL;
CREATE INDEX messages_unsure ON messages(id)     WHERE state = 'unsure';
CREATE INDEX messages_failed ON messages(at)     WHERE state = 'failed' AND retried_by = 0;
CREATE INDEX messages_media  ON messages(id)     WHERE media_wanted = 1;

-- Events that came before the message they speak of.
CREATE TABLE receipts (
  id          INTEGER PRIMARY KEY,
  channel_id  INTEGER NOT NULL,
  provider_id TEXT,
  ref         TEXT,
  event       TEXT    NOT NULL,
  kept_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX receipts_provider ON receipts(channel_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX receipts_ref      ON receipts(channel_id, ref)         WHERE ref IS NOT NULL;
CREATE INDEX receipts_kept     ON receipts(kept_at);

CREATE TABLE activities (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL, -- 0 for the shop
  contact_id      INTEGER NOT NULL,
  channel_id      INTEGER NOT NULL,
  kind            TEXT    NOT NULL,
  actor           TEXT    NOT NULL,
  detail          TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  key             TEXT
) STRICT;
CREATE INDEX activities_conversation ON activities(conversation_id, at, id);
CREATE UNIQUE INDEX activities_key   ON activities(key) WHERE key IS NOT NULL;

-- Messages to send. leased is set by a claim and cleared by nothing but the
-- end of that claim: a row whose lease ran out can never be claimed again.
CREATE TABLE outbox (
  message_id      INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  channel_id      INTEGER NOT NULL,
  conversation_id INTEGER NOT NULL,
  priority        INTEGER NOT NULL,
  not_before      INTEGER NOT NULL,
  tried           INTEGER NOT NULL DEFAULT 0, -- claims so far
  owner           TEXT    NOT NULL DEFAULT '',
  leased          INTEGER NOT NULL DEFAULT 0, -- end of the lease
  CHECK (leased >= 0)
) STRICT;
CREATE INDEX outbox_line         ON outbox(channel_id, priority, message_id, not_before) WHERE leased = 0;
CREATE INDEX outbox_due          ON outbox(channel_id, not_before)                       WHERE leased = 0;
CREATE INDEX outbox_leased       ON outbox(leased, message_id)                           WHERE leased > 0;
CREATE INDEX outbox_conversation ON outbox(conversation_id, message_id);

-- Callbacks exactly as they came.
CREATE TABLE journal (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id  INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  state       TEXT    NOT NULL,
  version     INTEGER NOT NULL,
  error       TEXT    NOT NULL,
  body        BLOB    NOT NULL
) STRICT;
CREATE INDEX journal_version ON journal(version, id);

CREATE TABLE presence (
  process         TEXT    NOT NULL,
  conversation_id INTEGER NOT NULL,
  agent           TEXT    NOT NULL,
  typing          INTEGER NOT NULL,
  until           INTEGER NOT NULL,
  PRIMARY KEY (process, conversation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_conversation ON presence(conversation_id);

-- Send locks of conversations.
CREATE TABLE locks (
  conversation_id INTEGER PRIMARY KEY,
  agent           TEXT    NOT NULL,
  until           INTEGER NOT NULL
) STRICT;

-- Jobs that one of several processes does.
CREATE TABLE leases (
  name  TEXT    NOT NULL PRIMARY KEY,
  owner TEXT    NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Full text, without a copy of the texts. What goes in is folded and cut by
-- fold.go, so the tokenizer has nothing left to do but split at spaces.
-- The prefix index makes beginnings of two and three letters as quick as words:
-- 0.1 ms instead of 40 ms in half a million messages, for 50 bytes a message.
CREATE VIRTUAL TABLE message_words USING fts5(
  text, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE contact_words USING fts5(
  text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
-- Any three or more digits of a phone number.
CREATE VIRTUAL TABLE contact_digits USING fts5(
  text, content='', contentless_delete=1, tokenize="trigram");
