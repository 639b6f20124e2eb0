package storage

import (
	"context"
	"database/sql"
	"math"
	"time"

	"bottega/core"
)

// deliveryPage is how many messages one step of Deliveries reads.
const deliveryPage = 2000

// delivery is one row with what to go on from: its place in messages_out.
type delivery struct {
	core.Delivery
	kind        string
	channel, id int64
}

// Deliveries implements core.DeliveryReader. It walks back along the index of
// what was sent, a page at a time, so that no reader holds a connection for long.
func (db *DB) Deliveries(ctx context.Context, since time.Time, yield func(core.Delivery) bool) error {
	before, last := int64(math.MaxInt64), delivery{}
	for {
		page, err := all(reading{ctx, db}, scanDelivery, `SELECT m.id, m.type, m.channel_id, m.state, m.at, m.sent_at, m.delivered_at, c.phone,
			coalesce((SELECT i.value FROM identities i WHERE i.contact_id = c.id AND i.kind = 'user_id' LIMIT 1), '')
			FROM messages m INDEXED BY messages_out JOIN conversations v ON v.id = m.conversation_id JOIN contacts c ON c.id = v.contact_id
			WHERE m.direction = 1 AND m.type NOT IN ('note', 'reaction') AND m.at >= ? AND (m.at, m.type, m.channel_id, m.id) < (?, ?, ?, ?)
			ORDER BY m.at DESC, m.type DESC, m.channel_id DESC, m.id DESC LIMIT +?`, ms(since), before, last.kind, last.channel, last.id, deliveryPage)
		if err != nil {
			return db.fail("storage.Deliveries", err)
		}
		for _, d := range page {
			if !yield(d.Delivery) {
				return nil
			}
		}
		if len(page) < deliveryPage {
			return nil
		}
		last = page[len(page)-1]
		before = ms(last.At)
	}
}

// Reached implements core.DeliveryReader.
func (db *DB) Reached(ctx context.Context, since time.Time) (int, error) {
	n, err := one(reading{ctx, db}, scanInt, `SELECT count(DISTINCT v.contact_id) FROM messages m INDEXED BY messages_out JOIN conversations v ON v.id = m.conversation_id
		WHERE m.direction = 1 AND m.type = 'template' AND m.at >= ? AND m.state IN ('accepted', 'sent', 'delivered', 'read', 'unsure')`, ms(since))
	return int(n), db.fail("storage.Reached", err)
}

func scanDelivery(rows *sql.Rows, d *delivery) error {
	var sent, delivered, when int64
	err := rows.Scan(&d.id, &d.kind, &d.channel, &d.State, &when, &sent, &delivered, &d.Phone, &d.UserID)
	d.Type = core.MessageType(d.kind)
	d.Template = d.Type == core.TypeTemplate
	d.At, d.SentAt, d.DeliveredAt = at(when), at(sent), at(delivered)
	return err
}
