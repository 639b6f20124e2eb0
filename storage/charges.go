package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"bottega/core"
)

// longestWay is how long the platform holds a message for a phone that is off,
// at most (bsp/meta.md 2.3): one written that long before a month may be
// delivered, and charged, in it.
const longestWay = 30 * 24 * time.Hour

// chargeStep is how much of the time one query reads, so that no reader holds
// the log of the file back for long.
const chargeStep = 24 * time.Hour

// chargeSelect walks along the index of what was sent. The customer's last
// message is looked up only where no receipt says what a template cost.
const chargeSelect = `SELECT m.channel_id, coalesce(m.ref, ''), m.state, m.flags, m.at, m.sent_at, m.delivered_at, m.read_at, v.free_until,
	coalesce(upper(f.country), ''), m.type, coalesce(m.extra ->> '$.template.name', ''), coalesce(m.extra ->> '$.template.category', ''),
	m.extra -> '$.pricing', m.extra -> '$.cost',
	CASE WHEN m.type = 'template' AND m.extra -> '$.pricing' IS NULL THEN coalesce((SELECT i.at FROM messages i
		WHERE i.conversation_id = m.conversation_id AND i.id < m.id AND i.direction = 0 AND i.type NOT IN ('system', 'unsupported')
		ORDER BY i.id DESC LIMIT 1), 0) ELSE 0 END,
	CASE WHEN m.type = 'sms' THEN m.text ELSE '' END
	FROM messages m INDEXED BY messages_out JOIN conversations v ON v.id = m.conversation_id LEFT JOIN facts f ON f.contact_id = v.contact_id
	WHERE m.direction = 1 AND m.at >= ?1 AND m.at < ?2 AND (m.at >= ?3 OR max(m.delivered_at, m.read_at) >= ?3)
		AND m.type NOT IN ('note', 'reaction') AND m.state NOT IN ('queued', 'sending') ORDER BY m.at`

// Charges implements core.ChargeReader.
func (db *DB) Charges(ctx context.Context, from, to time.Time, yield func(core.Charge) bool) error {
	r := reading{ctx, db}
	for at := from.Add(-longestWay); at.Before(to); at = at.Add(chargeStep) {
		end := at.Add(chargeStep)
		if end.After(to) {
			end = to
		}
		err := r.query(func(rows *sql.Rows) error {
			var c core.Charge
			if err := scanCharge(rows, &c); err != nil {
				return err
			}
			if c.At.Before(from) || !c.At.Before(to) {
				return nil
			}
			if !yield(c) {
				return errEnough
			}
			return nil
		}, chargeSelect, ms(at), ms(end), ms(from))
		if err == errEnough {
			return nil
		}
		if err != nil {
			return db.fail("storage.Charges", err)
		}
	}
	return nil
}

func scanCharge(rows *sql.Rows, c *core.Charge) error {
	var state core.State
	var kind core.MessageType
	var flags, made, sent, delivered, read, free, lastIn int64
	var pricing, cost *string
	var text string
	err := rows.Scan(&c.ChannelID, &c.Ref, &state, &flags, &made, &sent, &delivered, &read, &free, &c.Country,
		&kind, &c.Template, &c.Category, &pricing, &cost, &lastIn, &text)
	if err != nil {
		return err
	}
	c.Made, c.FreeUntil, c.LastInAt, c.Typed = at(made), at(free), at(lastIn), flags&flagEcho != 0
	c.Delivered = delivered > 0 || read > 0 || state == core.Delivered || state == core.Read || c.Typed
	for _, when := range []int64{delivered, read, sent, made} {
		if when > 0 {
			c.At = at(when)
			break
		}
	}
	if kind == core.TypeSMS {
		c.Texts, _ = core.SMS{Text: text}.Parts()
		c.Failed = state == core.Failed
	}
	if pricing != nil {
		c.Pricing = new(core.Pricing)
		err = json.Unmarshal([]byte(*pricing), c.Pricing)
	}
	if cost != nil {
		c.Cost = new(core.Money)
		err = errors.Join(err, json.Unmarshal([]byte(*cost), c.Cost))
	}
	return err
}

// orderSlack is how much older a message may be than those with smaller ids:
// history that was loaded late stands behind newer messages.
const orderSlack = 48 * time.Hour

// received is one inbound message as Received counts it.
type received struct{ id, channel, at int64 }

func scanReceived(rows *sql.Rows, r *received) error { return rows.Scan(&r.id, &r.channel, &r.at) }

// Received implements core.ChargeReader. It walks back along the messages
// and ends at the first that is clearly older.
func (db *DB) Received(ctx context.Context, from, to time.Time) (map[int64]int, error) {
	out := map[int64]int{}
	for before := int64(math.MaxInt64); ; {
		page, err := all(reading{ctx, db}, scanReceived, `SELECT id, channel_id, at FROM messages
			WHERE id < ? AND direction = 0 ORDER BY id DESC LIMIT +?`, before, deliveryPage)
		if err != nil {
			return nil, db.fail("storage.Received", err)
		}
		for _, r := range page {
			when := at(r.at)
			switch {
			case when.Before(from.Add(-orderSlack)):
				return out, nil
			case !when.Before(from) && when.Before(to):
				out[r.channel]++
			}
		}
		if len(page) < deliveryPage {
			return out, nil
		}
		before = page[len(page)-1].id
	}
}
