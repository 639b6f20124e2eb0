package storage

import (
	"context"
	"database/sql"

	"bottega/core"
	"bottega/core/campaign"
)

// textsOf are a campaign's SMS by the reference that they begin with: ';' is
// the character after ':'.
const textsOf = "m.ref >= ?1 AND m.ref < substr(?1, 1, length(?1) - 1) || ';'"

// Texts implements campaign.Store.
func (db *DB) Texts(ctx context.Context, id int64) (n campaign.Texts, err error) {
	err = reading{ctx, db}.query(func(rows *sql.Rows) error {
		var s core.State
		if err := rows.Scan(&s); err != nil {
			return err
		}
		n.Count(s, 1)
		return nil
	}, "SELECT m.state FROM messages m INDEXED BY messages_ref WHERE "+textsOf, campaign.SMSRefs(id))
	return n, db.fail("storage.Texts", err)
}

// TextsInLine implements campaign.LineTx.
func (t *tx) TextsInLine(id int64) ([]core.Message, error) {
	ms, err := all(t, scanMessage, messageFrom+"INDEXED BY messages_ref WHERE "+textsOf+" AND m.state = 'queued' ORDER BY m.ref", campaign.SMSRefs(id))
	return ms, t.db.fail("storage.TextsInLine", err)
}
