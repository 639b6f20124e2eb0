-- Reactions are no messages that somebody has to settle or send again: what is
-- counted and listed as unsure or failed leaves them out.

DROP INDEX messages_unsure;
DROP INDEX messages_failed;
CREATE INDEX messages_unsure ON messages(id) WHERE state = 'unsure' AND type <> 'reaction';
CREATE INDEX messages_failed ON messages(at) WHERE state = 'failed' AND retried_by = 0 AND type <> 'reaction';
