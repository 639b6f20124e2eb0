package storage

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

const recipientColumns = `r.id, r.campaign_id, r.contact_id, r.person, r.state, r.why, r.template, r.language, r.variant, r.held, r.not_before,
	r.hold, r.attempts, r.message_id, r.class, r.code, r.failed_at, r.sent_at, r.rev`

const recipientFrom = "SELECT " + recipientColumns + " FROM recipients r "

func scanRecipientRow(rows *sql.Rows, x *campaign.Recipient) error {
	var notBefore, failed, sent int64
	err := rows.Scan(&x.ID, &x.CampaignID, &x.ContactID, &x.Person, &x.State, &x.Why, &x.Template, &x.Language, &x.Variant, &x.HeldBack, &notBefore,
		&x.Hold, &x.Attempts, &x.MessageID, &x.Class, &x.Code, &failed, &sent, &x.Rev)
	x.NotBefore, x.FailedAt, x.SentAt = at(notBefore), at(failed), at(sent)
	return err
}

// Campaigns is a DB as core/campaign sees it: there Counts are an audience's.
type Campaigns struct{ *DB }

// Counts implements campaign.Store.
func (db Campaigns) Counts(ctx context.Context, id int64) (campaign.Counts, error) {
	out := campaign.Counts{}
	err := reading{ctx, db.DB}.query(func(rows *sql.Rows) error {
		var s campaign.RecipientState
		var n int
		err := rows.Scan(&s, &n)
		if n > 0 {
			out[s] = n
		}
		return err
	}, "SELECT state, sum(n) FROM recipient_counts WHERE campaign_id = ? AND held = 0 GROUP BY state", id)
	return out, db.fail("storage.Counts", err)
}

// Recipients implements campaign.Store.
func (db *DB) Recipients(ctx context.Context, q campaign.RecipientQuery) ([]campaign.Recipient, error) {
	src := reading{ctx, db}
	limit := min(max(q.Limit, 1), 1000)
	from := recipientFrom
	if q.After > 0 { // a later page begins where the last one ended, and does not sort the whole campaign again
		from += "NOT INDEXED "
	}
	if len(q.States) == 0 {
		rows, err := all(src, scanRecipientRow, from+"WHERE r.campaign_id = ? AND r.id > ? ORDER BY r.id LIMIT +?", q.Campaign, q.After, limit)
		return rows, db.fail("storage.Recipients", err)
	}
	in, err := list(q.States)
	if err != nil {
		return nil, db.fail("storage.Recipients", err)
	}
	rows, err := all(src, scanRecipientRow, from+"WHERE r.campaign_id = ? AND r.id > ? AND r.state IN (SELECT value FROM json_each(?)) ORDER BY r.id LIMIT +?",
		q.Campaign, q.After, in, limit)
	return rows, db.fail("storage.Recipients", err)
}

// metSelect finds templates to people whose window was shut at that time. For
// whom has not written since, the window is the one that is noted; for the
// others the last message before it tells.
const metSelect = `SELECT c.contact_id, m.at FROM messages m INDEXED BY messages_out CROSS JOIN conversations c ON c.id = m.conversation_id
	WHERE m.direction = 1 AND m.at > ?1 AND m.type = 'template' AND c.free_until <= m.at AND CASE WHEN c.last_in_at <= m.at THEN c.window_closes <= m.at
		ELSE NOT EXISTS (SELECT 1 FROM messages i WHERE i.conversation_id = m.conversation_id AND i.id < m.id AND i.direction = 0 AND i.at > m.at - 86400000 AND i.at <= m.at) END`

// Met implements campaign.Store.
func (db *DB) Met(ctx context.Context, since time.Time, yield func(contact int64, at time.Time) bool) error {
	err := reading{ctx, db}.query(func(rows *sql.Rows) error {
		var contact, when int64
		if err := rows.Scan(&contact, &when); err != nil {
			return err
		}
		if !yield(contact, at(when)) {
			return errEnough
		}
		return nil
	}, metSelect, ms(since))
	if err == errEnough {
		err = nil
	}
	return db.fail("storage.Met", err)
}

// Behind implements campaign.Store.
func (db *DB) Behind(ctx context.Context, channel int64, n int) ([]campaign.Recipient, error) {
	rows, err := all(reading{ctx, db}, scanRecipientRow, recipientFrom+`CROSS JOIN messages m ON m.id = r.message_id
		WHERE r.behind = 1 AND m.channel_id = ? ORDER BY r.id LIMIT +?`, channel, n)
	return rows, db.fail("storage.Behind", err)
}

// Update implements campaign.Store.
func (db *DB) Update(ctx context.Context, fn func(campaign.Tx) error) error {
	return db.write(ctx, "storage.Update", func(t *tx) error { return fn(t) })
}

// countKey is a line of recipient_counts.
type countKey struct {
	campaign int64
	state    campaign.RecipientState
	held     bool
	run      int64
	class    core.Class
}

// count notes that a row came to a line of the counts (n = 1) or left it (-1).
// They are written once a transaction: a batch moves many rows the same way.
func (t *tx) count(k countKey, n int64) {
	if t.counts == nil {
		t.counts = map[countKey]int64{}
	}
	t.counts[k] += n
}

// countAll writes what count has noted.
func (t *tx) countAll() error {
	for k, n := range t.counts {
		if n == 0 {
			continue
		}
		if _, err := t.exec(`INSERT INTO recipient_counts (campaign_id, state, held, run, class, n) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, k.campaign, k.state, number(k.held), k.run, k.class, n); err != nil {
			return err
		}
	}
	clear(t.counts)
	return nil
}

// AddRecipient implements campaign.AudienceTx.
func (t *tx) AddRecipient(x *campaign.Recipient) (added bool, err error) {
	res, err := t.result(`INSERT INTO recipients (campaign_id, contact_id, person, state, why, template, language, variant, held, not_before, hold,
		attempts, message_id, class, code, failed_at, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		x.CampaignID, x.ContactID, x.Person, x.State, x.Why, x.Template, x.Language, x.Variant, number(x.HeldBack), ms(x.NotBefore), x.Hold,
		x.Attempts, x.MessageID, x.Class, x.Code, ms(x.FailedAt), ms(x.SentAt))
	if err != nil {
		return false, t.db.fail("storage.AddRecipient", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, t.db.fail("storage.AddRecipient", err)
	}
	if x.ID, err = res.LastInsertId(); err != nil {
		return false, t.db.fail("storage.AddRecipient", err)
	}
	x.Rev = 1
	t.count(countKey{x.CampaignID, x.State, x.HeldBack, 0, x.Class}, 1)
	return true, nil
}

// ClearAudience implements campaign.AudienceTx.
func (t *tx) ClearAudience(id int64) error {
	for k := range t.counts {
		if k.campaign == id {
			delete(t.counts, k)
		}
	}
	_, err := t.exec("DELETE FROM recipients WHERE campaign_id = ?", id)
	if err == nil {
		_, err = t.exec("DELETE FROM recipient_counts WHERE campaign_id = ?", id)
	}
	return t.db.fail("storage.ClearAudience", err)
}

// NextRecipients implements campaign.AudienceTx.
func (t *tx) NextRecipients(id int64, now time.Time, n int) (rows []campaign.Recipient, next campaign.Wait, err error) {
	rows, err = all(t, scanRecipientRow, recipientFrom+`INDEXED BY recipients_due WHERE r.state = 'pending' AND r.campaign_id = ? AND r.not_before <= ?
		ORDER BY r.not_before, r.id LIMIT +?`, id, ms(now), n)
	if err != nil || len(rows) > 0 {
		return rows, next, t.db.fail("storage.NextRecipients", err)
	}
	first, err := all(t, scanRecipientRow, recipientFrom+`INDEXED BY recipients_due WHERE r.state = 'pending' AND r.campaign_id = ? AND r.not_before > ?
		ORDER BY r.not_before, r.id LIMIT 1`, id, ms(now))
	if err == nil && len(first) > 0 {
		next = campaign.Wait{Reason: cmp.Or(first[0].Hold, campaign.QuietHours), Until: first[0].NotBefore}
	}
	return nil, next, t.db.fail("storage.NextRecipients", err)
}

// ranks of a row's states as the trigger recipients_news compares them.
var ranks = map[campaign.RecipientState]int{campaign.Pending: 0, campaign.Sending: 1, campaign.Unsure: 2, campaign.Accepted: 3, campaign.Failed: 4,
	campaign.Delivered: 5, campaign.Read: 6, campaign.Replied: 9, campaign.Converted: 9, campaign.Skipped: 9}

// updateRecipient keeps in run which start of its campaign handed a row over,
// and in behind whether its message has moved on already.
const updateRecipient = `UPDATE recipients SET state = ?1, why = ?2, template = ?3, language = ?4, variant = ?5, held = ?6, not_before = ?7, hold = ?8,
	attempts = ?9, message_id = ?10, class = ?11, code = ?12, failed_at = ?13, sent_at = ?14, contact_id = ?15, rev = rev + 1,
	run = CASE WHEN ?14 = 0 THEN 0 WHEN ?14 = sent_at AND ?10 = message_id THEN run ELSE (SELECT resumed_at FROM campaigns c WHERE c.id = campaign_id) END,
	behind = ?10 <> 0 AND coalesce((SELECT CASE m.state WHEN 'unsure' THEN 2 WHEN 'accepted' THEN 3 WHEN 'sent' THEN 3 WHEN 'failed' THEN 4
		WHEN 'delivered' THEN 5 WHEN 'read' THEN 6 ELSE 0 END FROM messages m WHERE m.id = ?10), 0) > ?16
	WHERE id = ?17 RETURNING run`

// SaveRecipient implements campaign.AudienceTx. Campaign and person stay.
func (t *tx) SaveRecipient(x *campaign.Recipient) error {
	return t.db.fail("storage.SaveRecipient", t.saveRecipient(x))
}

func (t *tx) saveRecipient(x *campaign.Recipient) error {
	scan := func(rows *sql.Rows, k *countKey) error {
		return rows.Scan(&k.campaign, &k.state, &k.held, &k.run, &k.class)
	}
	old, err := one(t, scan, "SELECT campaign_id, state, held, run, class FROM recipients WHERE id = ?", x.ID)
	if err != nil {
		return err
	}
	run, err := one(t, scanInt, updateRecipient, x.State, x.Why, x.Template, x.Language, x.Variant, number(x.HeldBack), ms(x.NotBefore), x.Hold,
		x.Attempts, x.MessageID, x.Class, x.Code, ms(x.FailedAt), ms(x.SentAt), x.ContactID, ranks[x.State], x.ID)
	if err != nil {
		return err
	}
	x.Rev++
	t.count(old, -1)
	t.count(countKey{old.campaign, x.State, x.HeldBack, run, x.Class}, 1)
	return nil
}

// SkipPending implements campaign.AudienceTx. All rows in one statement: a
// million one by one would keep every other write waiting for minutes.
func (t *tx) SkipPending(id int64, why campaign.Reason) error {
	err := t.countAll()
	if err == nil {
		_, err = t.exec("UPDATE recipients SET state = 'skipped', why = ?2, behind = 0, rev = rev + 1 WHERE state = 'pending' AND campaign_id = ?1", id, why)
	}
	if err == nil {
		_, err = t.exec(`INSERT INTO recipient_counts (campaign_id, state, held, run, class, n)
			SELECT campaign_id, 'skipped', held, run, class, n FROM recipient_counts WHERE campaign_id = ? AND state = 'pending' AND n <> 0
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, id)
	}
	if err == nil {
		_, err = t.exec("DELETE FROM recipient_counts WHERE campaign_id = ? AND state = 'pending'", id)
	}
	return t.db.fail("storage.SkipPending", err)
}

// Recipient implements campaign.AudienceTx.
func (t *tx) Recipient(id int64) (campaign.Recipient, error) {
	x, err := one(t, scanRecipientRow, recipientFrom+"WHERE r.id = ?", id)
	return x, t.db.fail("storage.Recipient", err)
}

// Handed implements campaign.LineTx.
func (t *tx) Handed(id int64) ([]campaign.Recipient, error) {
	rows, err := all(t, scanRecipientRow, recipientFrom+"INDEXED BY recipients_handed WHERE r.state = 'sending' AND r.campaign_id = ? ORDER BY r.id", id)
	return rows, t.db.fail("storage.Handed", err)
}

// AnyHanded implements campaign.LineTx.
func (t *tx) AnyHanded(id int64) (bool, error) {
	n, err := one(t, scanInt, "SELECT EXISTS (SELECT 1 FROM recipients r INDEXED BY recipients_handed WHERE r.state = 'sending' AND r.campaign_id = ?)", id)
	return n > 0, t.db.fail("storage.AnyHanded", err)
}

// InLine implements campaign.LineTx.
func (t *tx) InLine(channel int64) (int, error) {
	n, err := one(t, scanInt, `SELECT (SELECT count(*) FROM outbox INDEXED BY outbox_turn WHERE leased = 0 AND channel_id = ?1 AND priority = ?2) +
		(SELECT count(*) FROM outbox INDEXED BY outbox_leased WHERE leased > 0 AND channel_id = ?1 AND priority = ?2)`, channel, int64(core.PriorityCampaign))
	return int(n), t.db.fail("storage.InLine", err)
}

// rowsOf finds a person's rows by contact, and the contacts by the addresses
// they share.
const rowsOf = recipientFrom + `WHERE r.contact_id IN (SELECT value FROM json_each(?)) AND r.sent_at >= ? AND r.message_id <> 0 ORDER BY r.sent_at DESC, r.id`

// rowsSince tells whether any campaign was under way since a time: with most
// messages that customers write there was none.
const rowsSince = "SELECT EXISTS (SELECT 1 FROM campaigns WHERE started_at > 0 AND (ended_at = 0 OR ended_at >= ?))"

// RowsOf implements campaign.LineTx.
func (t *tx) RowsOf(contact int64, since time.Time) ([]campaign.Recipient, error) {
	some, err := one(t, scanInt, rowsSince, ms(since))
	if err != nil || some == 0 {
		return nil, t.db.fail("storage.RowsOf", err)
	}
	own, err := list([]int64{contact})
	if err != nil {
		return nil, t.db.fail("storage.RowsOf", err)
	}
	same, err := samePersons(t, own)
	if err != nil {
		return nil, t.db.fail("storage.RowsOf", err)
	}
	in, err := list(append(same[contact], contact))
	if err != nil {
		return nil, t.db.fail("storage.RowsOf", err)
	}
	rows, err := all(t, scanRecipientRow, rowsOf, in, ms(since))
	return rows, t.db.fail("storage.RowsOf", err)
}

// forget leaves no address of a person who is erased in the rows of campaigns.
// Who was not written to yet, or whose message goes with them, is left out; the
// counts still add up.
func (t *tx) forget(contact int64) error {
	rows, err := all(t, scanRecipientRow, recipientFrom+"WHERE r.contact_id = ?", contact)
	if err != nil {
		return err
	}
	for i := range rows {
		x := &rows[i]
		switch x.State {
		case campaign.Pending, campaign.Sending, campaign.Unsure:
			x.State, x.Why = campaign.Skipped, campaign.Gone
		}
		x.MessageID = 0
		if err := t.saveRecipient(x); err != nil {
			return err
		}
		if err := t.must1("UPDATE recipients SET person = 'gone:' || id WHERE id = ?", x.ID); err != nil {
			return err
		}
	}
	return nil
}
