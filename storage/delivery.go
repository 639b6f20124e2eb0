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

// orderSlack is how much older a message may be than those with smaller ids:
// history that was loaded late stands behind newer messages.
const orderSlack = 48 * time.Hour

// delivery is one row with the id to go on from.
type delivery struct {
	core.Delivery
	id int64
}

// Deliveries implements core.DeliveryReader. It walks back along the messages
// and ends at the first that is clearly older than since.
func (db *DB) Deliveries(ctx context.Context, since time.Time, yield func(core.Delivery) bool) error {
	for before := int64(math.MaxInt64); ; {
		page, err := all(reading{ctx, db}, scanDelivery, `SELECT m.id, m.type = 'template', m.state, m.at, m.sent_at, m.delivered_at, c.phone,
			coalesce((SELECT i.value FROM identities i WHERE i.contact_id = c.id AND i.kind = 'user_id' LIMIT 1), '')
			FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN contacts c ON c.id = v.contact_id
			WHERE m.id < ? AND m.direction = 1 AND m.type NOT IN ('note', 'reaction') ORDER BY m.id DESC LIMIT +?`, before, deliveryPage)
		if err != nil {
			return db.fail("storage.Deliveries", err)
		}
		for _, d := range page {
			if d.At.Before(since) {
				if d.At.Before(since.Add(-orderSlack)) {
					return nil
				}
				continue
			}
			if !yield(d.Delivery) {
				return nil
			}
		}
		if len(page) < deliveryPage {
			return nil
		}
		before = page[len(page)-1].id
	}
}

func scanDelivery(rows *sql.Rows, d *delivery) error {
	var sent, delivered, when int64
	err := rows.Scan(&d.id, &d.Template, &d.State, &when, &sent, &delivered, &d.Phone, &d.UserID)
	d.At, d.SentAt, d.DeliveredAt = at(when), at(sent), at(delivered)
	return err
}
