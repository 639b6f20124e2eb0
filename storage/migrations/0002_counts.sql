-- Counters of the inbox, so that asking for them costs the same with a hundred
-- and with a million conversations. Triggers keep them, this file fills them
-- from what is there.

CREATE TABLE conversation_counts (
  state    TEXT    NOT NULL,
  assignee TEXT    NOT NULL,
  waiting  INTEGER NOT NULL, -- 1 or 0
  unread   INTEGER NOT NULL, -- 1 or 0
  n        INTEGER NOT NULL,
  PRIMARY KEY (state, assignee, waiting, unread)
) STRICT, WITHOUT ROWID;

INSERT INTO conversation_counts
  SELECT state, assignee, waiting_since > 0, unread > 0, count(*)
  FROM conversations GROUP BY 1, 2, 3, 4;

CREATE TRIGGER conversation_counts_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversation_counts VALUES (new.state, new.assignee, new.waiting_since > 0, new.unread > 0, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER conversation_counts_update AFTER UPDATE OF state, assignee, waiting_since, unread ON conversations
WHEN old.state <> new.state OR old.assignee <> new.assignee
  OR (old.waiting_since > 0) <> (new.waiting_since > 0) OR (old.unread > 0) <> (new.unread > 0)
BEGIN
  UPDATE conversation_counts SET n = n - 1
    WHERE state = old.state AND assignee = old.assignee AND waiting = (old.waiting_since > 0) AND unread = (old.unread > 0);
  INSERT INTO conversation_counts VALUES (new.state, new.assignee, new.waiting_since > 0, new.unread > 0, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER conversation_counts_delete AFTER DELETE ON conversations BEGIN
  UPDATE conversation_counts SET n = n - 1
    WHERE state = old.state AND assignee = old.assignee AND waiting = (old.waiting_since > 0) AND unread = (old.unread > 0);
END;

CREATE TABLE tag_counts (
  tag TEXT    NOT NULL PRIMARY KEY,
  n   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO tag_counts SELECT tag, count(*) FROM contact_tags GROUP BY tag;

CREATE TRIGGER tag_counts_insert AFTER INSERT ON contact_tags BEGIN
  INSERT INTO tag_counts VALUES (new.tag, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER tag_counts_delete AFTER DELETE ON contact_tags BEGIN
  UPDATE tag_counts SET n = n - 1 WHERE tag = old.tag;
  DELETE FROM tag_counts WHERE tag = old.tag AND n = 0;
END;
