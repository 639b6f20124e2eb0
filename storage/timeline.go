package storage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
)

// timelineParts are the sources of a timeline, each newest first.
const (
	timelineMessages = "SELECT " + messageColumns + ` FROM conversations c JOIN messages m ON m.conversation_id = c.id
		WHERE c.contact_id = ? AND m.at < ? AND m.type <> 'reaction' ORDER BY m.at DESC, m.id DESC LIMIT +?`
	timelineActivities = `SELECT id, conversation_id, contact_id, channel_id, kind, actor, detail, at, key FROM activities
		WHERE contact_id = ? AND contact_id <> 0 AND at < ? ORDER BY at DESC, id DESC LIMIT +?`
	timelinePurchases = "SELECT " + purchaseColumns + " FROM orders WHERE contact_id = ? AND at < ? ORDER BY at DESC, id DESC LIMIT +?"
	timelineConsents  = "SELECT " + consentColumns + " FROM consents WHERE contact_id = ? AND at < ? ORDER BY at DESC, id DESC LIMIT +?"
)

const purchaseColumns = "id, source, ref, contact_id, at, amount, currency, campaign"

func scanPurchase(rows *sql.Rows, o *core.Purchase) error {
	var when, amount int64
	err := rows.Scan(&o.ID, &o.Source, &o.Ref, &o.ContactID, &when, &amount, &o.Amount.Currency, &o.Campaign)
	o.At, o.Amount.Amount = at(when), people.Amount(amount)
	return err
}

// Timeline implements people.Store.
func (db *DB) Timeline(ctx context.Context, contact int64, before time.Time, limit int) ([]people.Event, error) {
	var out []people.Event
	err := db.snapshot(ctx, func(src source) (err error) {
		out, err = timeline(src, contact, before, limit)
		return err
	})
	return out, db.fail("storage.Timeline", err)
}

func timeline(src source, contact int64, before time.Time, limit int) (out []people.Event, err error) {
	if out, err = events(out, src, timelineMessages, scanMessage, func(m *core.Message) people.Event {
		return people.Event{At: m.At, Message: m}
	}, contact, ms(before), limit); err != nil {
		return nil, err
	}
	if out, err = events(out, src, timelineActivities, scanActivity, func(a *core.Activity) people.Event {
		return people.Event{At: a.At, Activity: a}
	}, contact, ms(before), limit); err != nil {
		return nil, err
	}
	if out, err = events(out, src, timelinePurchases, scanPurchase, func(o *core.Purchase) people.Event {
		return people.Event{At: o.At, Purchase: o}
	}, contact, ms(before), limit); err != nil {
		return nil, err
	}
	if out, err = events(out, src, timelineConsents, scanConsent, func(e *consent.Entry) people.Event {
		return people.Event{At: e.At, Consent: e}
	}, contact, ms(before), limit); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b people.Event) int { return b.At.Compare(a.At) })
	return out[:min(len(out), limit)], nil
}

func events[T any](out []people.Event, src source, q string, scan func(*sql.Rows, *T) error, event func(*T) people.Event, args ...any) ([]people.Event, error) {
	rows, err := all(src, scan, q, args...)
	for i := range rows {
		out = append(out, event(&rows[i]))
	}
	return out, err
}

const reviewSelect = `SELECT t.id, t.contact_id, t.conversation_id, t.message_id, k.name, k.phone, coalesce(m.text, ''),
	t.reading, t.word, t.scope, t.at, t.channel_id, t.entry_id
	FROM consent_tray t JOIN contacts k ON k.id = t.contact_id LEFT JOIN messages m ON m.id = t.message_id `

func scanReview(rows *sql.Rows, r *people.Review) error {
	var when int64
	err := rows.Scan(&r.ID, &r.ContactID, &r.ConversationID, &r.MessageID, &r.Name, &r.Phone, &r.Text,
		&r.Reading, &r.Word, &r.Scope, &when, &r.ChannelID, &r.EntryID)
	r.At = at(when)
	return err
}

// ConsentTray implements people.Store.
func (db *DB) ConsentTray(ctx context.Context, limit int) ([]people.Review, error) {
	rs, err := all(reading{ctx, db}, scanReview, reviewSelect+`WHERE t.decided_at = 0
		ORDER BY t.reading = 'opt_out', CASE WHEN t.reading = 'opt_out' THEN -t.at ELSE t.at END, t.id LIMIT +?`, limit)
	return rs, db.fail("storage.ConsentTray", err)
}

// PendConsent puts a reading before a person to decide; a message is there once.
func (t *tx) PendConsent(contact, conversation, message int64, p consent.Pending) error {
	_, err := t.exec(`INSERT INTO consent_tray (contact_id, conversation_id, message_id, channel_id, reading, word, scope, at, entry_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, contact, conversation, message, p.ChannelID, p.Reading, p.Word, p.Scope, ms(p.At), p.EntryID)
	return t.db.fail("storage.PendConsent", err)
}

// ReopenConsent implements people.Tx.
func (t *tx) ReopenConsent(review, entry int64) error {
	n, err := t.exec("UPDATE consent_tray SET decided_at = 0, decided_by = '', entry_id = ? WHERE id = ? AND decided_at > 0", entry, review)
	if err == nil && n == 0 {
		err = core.Fail(core.Conflict, "storage.ReopenConsent", nil)
	}
	return t.db.fail("storage.ReopenConsent", err)
}

// DecideConsent implements people.Tx.
func (t *tx) DecideConsent(review int64, agent string, when time.Time) (people.Review, error) {
	r, err := one(t, scanReview, reviewSelect+"WHERE t.id = ?", review)
	if err == nil {
		var n int64
		if n, err = t.exec("UPDATE consent_tray SET decided_at = ?, decided_by = ? WHERE id = ? AND decided_at = 0", ms(when), agent, review); err == nil && n == 0 {
			err = core.Fail(core.Conflict, "storage.DecideConsent", nil)
		}
	}
	return r, t.db.fail("storage.DecideConsent", err)
}
