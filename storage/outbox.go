package storage

import (
	"context"
	"database/sql"
	"math"
	"time"

	"bottega/core"
)

// Enqueue implements core.OutboxTx; Conflict when the message waits already or
// is not Queued.
func (t *tx) Enqueue(m core.Message, p core.Priority) error {
	n, err := t.exec(`INSERT INTO outbox (message_id, channel_id, conversation_id, priority, not_before)
		SELECT id, channel_id, conversation_id, ?, ? FROM messages WHERE id = ? AND state = 'queued' ON CONFLICT DO NOTHING`,
		int64(p), ms(m.NotBefore), m.ID)
	if err == nil && n == 0 {
		err = core.Fail(core.Conflict, "storage.Enqueue", nil)
	}
	return t.db.fail("storage.Enqueue", err)
}

// Dequeue implements core.OutboxTx.
func (t *tx) Dequeue(message int64) error {
	n, err := t.exec("DELETE FROM outbox WHERE message_id = ? AND leased = 0", message)
	if err == nil && n == 0 {
		if _, err = one(t, scanInt, "SELECT id FROM messages WHERE id = ?", message); err == nil {
			err = core.Fail(core.TooLate, "storage.Dequeue", nil)
		}
	}
	return t.db.fail("storage.Dequeue", err)
}

// claimable finds due rows of one rank that nothing holds back, those that
// have been due longest first. A message waits while
// another of its conversation is being sent, and behind an earlier one of the
// same or higher rank that is due as well or has been tried before; one that
// is merely planned for later, or of lower rank, holds nobody back. A row that
// was ever leased and not released is never due again: only its claimer, or a
// person, knows what became of it.
const claimable = `SELECT o.message_id, o.conversation_id FROM outbox o INDEXED BY outbox_turn
	WHERE o.leased = 0 AND o.channel_id = ?1 AND o.priority = ?4 AND o.not_before <= ?2 AND NOT EXISTS (
		SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.message_id <> o.message_id AND (
			e.leased > 0 OR e.message_id < o.message_id AND e.priority <= o.priority AND (e.not_before <= ?2 OR e.tried > 0)))
	ORDER BY o.not_before, o.message_id LIMIT +?3`

// nextRank is the rank after another in a channel's line: a seek, however long that is.
const nextRank = `SELECT priority FROM outbox INDEXED BY outbox_turn
	WHERE leased = 0 AND channel_id = ? AND priority > ? ORDER BY priority LIMIT 1`

type claim struct{ message, conversation int64 }

func scanClaim(rows *sql.Rows, c *claim) error { return rows.Scan(&c.message, &c.conversation) }

// Claim implements core.OutboxTx. Attempts are counted by the sender, who
// knows whether it came to one.
func (t *tx) Claim(channel int64, owner string, now time.Time, lease time.Duration, n int) ([]core.Job, error) {
	jobs, err := t.claim(channel, owner, now, lease, n)
	return jobs, t.db.fail("storage.Claim", err)
}

func (t *tx) claim(channel int64, owner string, now time.Time, lease time.Duration, n int) ([]core.Job, error) {
	cs, err := t.line(channel, ms(now), n)
	if err != nil || len(cs) == 0 {
		return nil, err
	}
	ch, err := t.Channel(channel)
	if err != nil {
		return nil, err
	}
	var jobs []core.Job
	taken := map[int64]bool{}
	for _, c := range cs {
		if taken[c.conversation] {
			continue // of another rank; its turn comes after this one's release
		}
		taken[c.conversation] = true
		if settled, err := t.dropSettled(c.message); err != nil || settled {
			if err != nil {
				return nil, err
			}
			continue
		}
		job, err := t.take(c, owner, now.Add(lease))
		if err != nil {
			return nil, err
		}
		job.Channel = ch
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// line returns up to n claimable rows, rank by rank.
func (t *tx) line(channel, now int64, n int) ([]claim, error) {
	var cs []claim
	for rank := int64(math.MinInt64); len(cs) < n; {
		ranks, err := all(t, scanInt, nextRank, channel, rank)
		if err != nil || len(ranks) == 0 {
			return cs, err
		}
		rank = ranks[0]
		more, err := all(t, scanClaim, claimable, channel, now, n-len(cs), rank)
		if err != nil {
			return nil, err
		}
		cs = append(cs, more...)
	}
	return cs, nil
}

// dropSettled takes a message out of line that is not Queued: a receipt or a
// person has said already what became of it, and sending it would be a second time.
func (t *tx) dropSettled(message int64) (bool, error) {
	n, err := t.exec("DELETE FROM outbox WHERE message_id = ? AND message_id NOT IN (SELECT id FROM messages WHERE id = ? AND state = 'queued')", message, message)
	return n > 0, err
}

// Hasten implements core.OutboxTx.
func (t *tx) Hasten(channel int64, after, until time.Time, by time.Duration) error {
	ids, err := all(t, scanInt, `UPDATE outbox SET not_before = not_before - ?
		WHERE channel_id = ? AND leased = 0 AND not_before > ? AND not_before <= ? RETURNING message_id`,
		by.Milliseconds(), channel, ms(after), ms(until))
	for _, id := range ids {
		if err == nil {
			err = t.must1("UPDATE messages SET not_before = not_before - ?, rev = rev + 1 WHERE id = ?", by.Milliseconds(), id)
		}
		if err == nil {
			err = t.touchMessage(id)
		}
	}
	return t.db.fail("storage.Hasten", err)
}

// Holds implements core.OutboxTx.
func (t *tx) Holds(message, claim int64) (bool, error) {
	n, err := one(t, scanInt, "SELECT count(*) FROM outbox WHERE message_id = ? AND tried = ? AND leased > 0", message, claim)
	return n > 0, t.db.fail("storage.Holds", err)
}

// take marks one claimed message Sending and finds its recipient.
func (t *tx) take(c claim, owner string, until time.Time) (core.Job, error) {
	var job core.Job
	var err error
	if job.Claim, err = one(t, scanInt, "UPDATE outbox SET leased = ?, owner = ?, tried = tried + 1 WHERE message_id = ? RETURNING tried", ms(until), owner, c.message); err != nil {
		return job, err
	}
	if err := t.must1("UPDATE messages SET state = 'sending', rev = rev + 1 WHERE id = ?", c.message); err != nil {
		return job, err
	}
	if job.Message, err = one(t, scanMessage, messageFrom+"WHERE m.id = ?", c.message); err != nil {
		return job, err
	}
	if err := t.touchLast(&job.Message); err != nil {
		return job, err
	}
	job.To, job.ToUser, err = t.recipient(c.conversation)
	return job, err
}

type recipient struct{ phone, user string }

func scanRecipient(rows *sql.Rows, r *recipient) error { return rows.Scan(&r.phone, &r.user) }

// recipient is where the conversation's contact is reached on its channel: its
// number there, else the number of the contact; and its id at the provider.
func (t *tx) recipient(conversation int64) (core.Phone, string, error) {
	r, err := one(t, scanRecipient, `SELECT
		coalesce((SELECT value FROM identities WHERE contact_id = c.contact_id AND channel_id = c.channel_id AND kind = 'phone'
			ORDER BY value = k.phone DESC, value LIMIT 1), k.phone),
		coalesce((SELECT value FROM identities WHERE contact_id = c.contact_id AND channel_id = c.channel_id AND kind IN ('user_id', 'address')
			ORDER BY kind DESC, value LIMIT 1), '')
		FROM conversations c JOIN contacts k ON k.id = c.contact_id WHERE c.id = ?`, conversation)
	return core.Phone(r.phone), r.user, err
}

// Release implements core.OutboxTx. A message that goes back in line is
// Queued again if it was Sending. NotFound when it is not claimed.
func (t *tx) Release(message int64, done bool, notBefore time.Time) error {
	return t.db.fail("storage.Release", t.release(message, done, notBefore))
}

func (t *tx) release(message int64, done bool, notBefore time.Time) error {
	if done {
		return t.must1("DELETE FROM outbox WHERE message_id = ? AND leased > 0", message)
	}
	if err := t.must1("UPDATE outbox SET leased = 0, owner = '', not_before = ? WHERE message_id = ? AND leased > 0", ms(notBefore), message); err != nil {
		return err
	}
	n, err := t.exec("UPDATE messages SET state = 'queued', not_before = ?, rev = rev + 1 WHERE id = ? AND state = 'sending'", ms(notBefore), message)
	if err != nil || n == 0 { // the caller has said already what the message is
		return err
	}
	return t.touchMessage(message)
}

// Expired implements core.OutboxTx, the oldest lease first. The rows stay
// claimed until Release.
func (t *tx) Expired(now time.Time, limit int) ([]core.Message, error) {
	ms, err := all(t, scanMessage, messageFrom+`JOIN outbox o ON o.message_id = m.id
		WHERE o.leased > 0 AND o.leased <= ? ORDER BY o.leased, o.message_id LIMIT +?`, ms(now), limit)
	return ms, t.db.fail("storage.Expired", err)
}

// NextDue implements core.OutboxReader. A message without NotBefore is due
// since 1970, so that zero stays the answer for an empty line.
func (db *DB) NextDue(ctx context.Context, channel int64) (time.Time, error) {
	due, err := one(reading{ctx, db}, scanNullInt, "SELECT min(not_before) FROM outbox WHERE channel_id = ? AND leased = 0", channel)
	if err != nil || !due.Valid {
		return time.Time{}, db.fail("storage.NextDue", err)
	}
	return time.UnixMilli(max(due.Int64, 1)).UTC(), nil
}

// UnsureMessages implements core.OutboxReader.
func (db *DB) UnsureMessages(ctx context.Context, limit int) ([]core.Message, error) {
	ms, err := all(reading{ctx, db}, scanMessage, messageFrom+"WHERE m.state = 'unsure' AND m.type <> 'reaction' ORDER BY m.id LIMIT +?", limit)
	return ms, db.fail("storage.UnsureMessages", err)
}
