package storage

import (
	"context"
	"database/sql"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
)

var (
	_ campaign.Audience = (*DB)(nil)
	_ campaign.Records  = (*DB)(nil)
	_ campaign.Pulse    = Campaigns{}
)

// Recent implements campaign.Records.
func (db *DB) Recent(ctx context.Context, channel int64, since time.Time) (campaign.Recent, error) {
	var out campaign.Recent
	err := db.snapshot(ctx, func(src source) error {
		scan := func(rows *sql.Rows, r *campaign.Recent) error { return rows.Scan(&r.Messages, &r.Templates) }
		var err error
		if out, err = one(src, scan, `SELECT count(*), coalesce(sum(type = 'template'), 0) FROM messages INDEXED BY messages_out
			WHERE direction = 1 AND at >= ? AND type NOT IN ('note', 'reaction') AND channel_id = ?`, ms(since), channel); err != nil {
			return err
		}
		if err := recentOutcomes(src, channel, since, &out); err != nil {
			return err
		}
		left, err := one(src, scanInt, `SELECT count(DISTINCT e.contact_id) FROM consents e WHERE e.kind IN ('opt_out', 'provider_stop') AND e.at >= ?1 AND e.source <> ?3
			AND EXISTS (SELECT 1 FROM recipients r JOIN campaigns c ON c.id = r.campaign_id WHERE r.contact_id = e.contact_id AND r.sent_at BETWEEN ?1 AND e.at
				AND c.channel_id = ?2 AND r.message_id <> 0)
			AND NOT EXISTS (SELECT 1 FROM consents u WHERE u.contact_id = e.contact_id AND u.kind = ?4 AND u.undoes = e.id)`,
			ms(since), channel, consent.ByImport, consent.Mistaken)
		out.Left += int(left)
		return err
	})
	return out, db.fail("storage.Recent", err)
}

// recentOutcomes adds what became of campaigns started since a time.
func recentOutcomes(src source, channel int64, since time.Time, out *campaign.Recent) error {
	return src.query(func(rows *sql.Rows) error {
		var s campaign.RecipientState
		var class core.Class
		var n int
		if err := rows.Scan(&s, &class, &n); err != nil {
			return err
		}
		switch s {
		case campaign.Failed:
			if campaign.Telling(class) {
				out.Failed += n
			}
			if class == core.ClassBlocked {
				out.Left += n
			}
		case campaign.Replied, campaign.Converted:
			out.Replied += n
			out.Sent += n
		default:
			out.Sent += n
		}
		return nil
	}, `SELECT n.state, n.class, sum(n.n) FROM campaigns c JOIN recipient_counts n ON n.campaign_id = c.id
		WHERE c.channel_id = ? AND c.started_at >= ? AND n.state IN ('accepted', 'delivered', 'read', 'replied', 'converted', 'failed') GROUP BY 1, 2`,
		channel, ms(since))
}

// Buyers implements campaign.Records.
func (db *DB) Buyers(ctx context.Context, id int64, from, to time.Time) (written, held campaign.Arm, err error) {
	err = reading{ctx, db}.query(func(rows *sql.Rows) error {
		var kept bool
		var arm campaign.Arm
		if err := rows.Scan(&kept, &arm.N, &arm.Hits); err != nil {
			return err
		}
		if kept {
			held = arm
		} else {
			written = arm
		}
		return nil
	}, `SELECT r.held, count(*), sum(EXISTS (SELECT 1 FROM orders o WHERE o.contact_id = r.contact_id AND o.at >= ?2 AND o.at < ?3 AND o.amount >= 0))
		FROM recipients r WHERE r.campaign_id = ?1 AND (r.held = 1 OR r.attempts > 0) GROUP BY r.held`, id, ms(from), ms(to))
	return written, held, db.fail("storage.Buyers", err)
}

// Handed implements campaign.Pulse. A campaign's message is written when it is
// handed over.
func (db Campaigns) Handed(ctx context.Context, channel int64, since time.Time) (int, error) {
	n, err := one(reading{ctx, db.DB}, scanInt, `SELECT count(*) FROM messages m INDEXED BY messages_out WHERE m.direction = 1 AND m.at > ? AND m.type = 'template'
		AND m.channel_id = ? AND m.ref GLOB 'c[0-9]*:*:*'`, ms(since), channel)
	return int(n), db.fail("storage.Handed", err)
}
