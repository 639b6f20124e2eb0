-- How the way in fares: which rows of the journal were asked for and which
-- came by themselves, how many an hour, and how long callbacks were answered in.

ALTER TABLE journal ADD COLUMN polled INTEGER NOT NULL DEFAULT 0;

-- An hour is unix time in hours.
CREATE TABLE arrivals (
  channel_id INTEGER NOT NULL,
  hour       INTEGER NOT NULL,
  callbacks  INTEGER NOT NULL,
  polled     INTEGER NOT NULL,
  PRIMARY KEY (channel_id, hour)
) STRICT, WITHOUT ROWID;

-- The shop's rhythm so far, from the youngest rows: enough for eight weeks of a
-- small shop, and quick in a large one.
INSERT INTO arrivals SELECT channel_id, received_at / 3600000, count(*), 0 FROM journal
  WHERE id > (SELECT coalesce(max(id), 0) FROM journal) - 50000 GROUP BY 1, 2;

-- Answers to callbacks by the hundreds of their status and by time: bucket i
-- holds those below the i-th bound of core/health.
CREATE TABLE answers (
  hour   INTEGER NOT NULL,
  class  INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (hour, class, bucket)
) STRICT, WITHOUT ROWID;
