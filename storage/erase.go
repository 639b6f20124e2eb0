package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"bottega/core/people"
)

// MediaOf implements people.Store.
func (db *DB) MediaOf(ctx context.Context, contact int64) ([]string, error) {
	scan := func(rows *sql.Rows, s *string) error { return rows.Scan(s) }
	ps, err := all(reading{ctx, db}, scan, `SELECT m.media_path FROM conversations c JOIN messages m ON m.conversation_id = c.id
		WHERE c.contact_id = ? AND m.media_path <> ''`, contact)
	return ps, db.fail("storage.MediaOf", err)
}

// RemoveMedia implements people.Store. A name that leads out of the folder is Damaged.
func (db *DB) RemoveMedia(paths []string) error {
	var errs []error
	for _, p := range paths {
		full, err := db.MediaPath(p)
		if err == nil {
			err = os.Remove(full)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return db.fail("storage.RemoveMedia", errors.Join(errs...))
}

// CallbacksWith implements people.Store. It reads the whole journal.
func (db *DB) CallbacksWith(ctx context.Context, values []string) ([]int64, error) {
	in, err := list(values)
	if err != nil || len(values) == 0 {
		return nil, err
	}
	ids, err := all(once{ctx, db}, scanInt, "SELECT id FROM journal WHERE EXISTS (SELECT 1 FROM json_each(?) j WHERE instr(journal.body, CAST(j.value AS BLOB)) > 0)", in)
	return ids, db.fail("storage.CallbacksWith", err)
}

// SettingOnce implements people.Store.
func (db *DB) SettingOnce(ctx context.Context, key, value string) (out string, err error) {
	b, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	err = db.write(ctx, "storage.SettingOnce", func(t *tx) error {
		if _, err := t.exec("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key, string(b)); err != nil {
			return err
		}
		s, err := one(t, scanNull, "SELECT value FROM settings WHERE key = ?", key)
		if err == nil {
			err = json.Unmarshal([]byte(s.String), &out)
		}
		return err
	})
	return out, err
}

// TrayOf implements people.Store.
func (db *DB) TrayOf(ctx context.Context, contact int64) ([]people.Review, error) {
	rs, err := all(reading{ctx, db}, scanReview, reviewSelect+"WHERE t.contact_id = ? ORDER BY t.at, t.id", contact)
	return rs, db.fail("storage.TrayOf", err)
}

// Bury implements people.EraseTx.
func (t *tx) Bury(hashes []string, when time.Time) error {
	for _, h := range hashes {
		if _, err := t.exec("INSERT INTO tombstones (hash, at) VALUES (?, ?) ON CONFLICT DO NOTHING", h, ms(when)); err != nil {
			return t.db.fail("storage.Bury", err)
		}
	}
	return nil
}

// EraseContact implements people.EraseTx.
func (t *tx) EraseContact(id int64) (out people.Erased, err error) {
	scan := func(rows *sql.Rows, e *people.Erased) error { return rows.Scan(&e.Messages, &e.Purchases, &e.Consents) }
	if out, err = one(t, scan, `SELECT (SELECT count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.contact_id = ?1),
		(SELECT count(*) FROM orders WHERE contact_id = ?1), (SELECT count(*) FROM consents WHERE contact_id = ?1)`, id); err != nil {
		return out, t.db.fail("storage.EraseContact", err)
	}
	for _, q := range []string{
		"DELETE FROM activities WHERE contact_id = ?1 AND contact_id <> 0 OR conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
		"DELETE FROM import_rows WHERE contact_id = ?1",
		"DELETE FROM merges WHERE kept = ?1 OR gone = ?1",
		"DELETE FROM presence WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
		"DELETE FROM locks WHERE conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
		"DELETE FROM receipts WHERE (channel_id, provider_id) IN (SELECT m.channel_id, m.provider_id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.contact_id = ?1)",
	} {
		if _, err := t.exec(q, id); err != nil {
			return out, t.db.fail("storage.EraseContact", err)
		}
	}
	return out, t.RemoveContact(id)
}

// EmptyCallbacks implements people.EraseTx.
func (t *tx) EmptyCallbacks(ids []int64, values []string) error {
	in, err := list(ids)
	if err == nil {
		_, err = t.exec("UPDATE journal SET body = x'', error = '' WHERE id IN (SELECT value FROM json_each(?)) AND state <> 'new'", in)
	}
	if err == nil {
		in, err = list(values)
	}
	if err == nil {
		_, err = t.exec("DELETE FROM receipts WHERE EXISTS (SELECT 1 FROM json_each(?) j WHERE instr(receipts.event, j.value) > 0)", in)
	}
	return t.db.fail("storage.EmptyCallbacks", err)
}

// PurgeMessages implements people.EraseTx. What is still to be sent, or whose
// outcome is open, stays.
func (t *tx) PurgeMessages(before time.Time, limit int) (n int, files []string, err error) {
	type old struct {
		id   int64
		path string
	}
	scan := func(rows *sql.Rows, o *old) error { return rows.Scan(&o.id, &o.path) }
	olds, err := all(t, scan, `SELECT id, media_path FROM messages WHERE at < ? AND at > 0 AND state NOT IN ('queued', 'sending', 'unsure') ORDER BY id LIMIT +?`, ms(before), limit)
	if err != nil || len(olds) == 0 {
		return 0, nil, t.db.fail("storage.PurgeMessages", err)
	}
	ids := make([]int64, len(olds))
	for i, o := range olds {
		if ids[i] = o.id; o.path != "" {
			files = append(files, o.path)
		}
	}
	in, err := list(ids)
	for _, q := range []string{
		"UPDATE conversations SET last_message_id = 0, last = NULL, rev = rev + 1 WHERE last_message_id IN (SELECT value FROM json_each(?))",
		"DELETE FROM consent_tray WHERE message_id IN (SELECT value FROM json_each(?))",
		"DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))",
		"DELETE FROM message_words WHERE rowid IN (SELECT value FROM json_each(?))",
	} {
		if err == nil {
			_, err = t.exec(q, in)
		}
	}
	return len(olds), files, t.db.fail("storage.PurgeMessages", err)
}

// PurgeCallbacks implements people.EraseTx.
func (t *tx) PurgeCallbacks(before time.Time, limit int) (int, error) {
	n, err := t.exec("DELETE FROM journal WHERE id IN (SELECT id FROM journal WHERE received_at < ? AND state = 'done' ORDER BY id LIMIT ?)", ms(before), limit)
	return int(n), t.db.fail("storage.PurgeCallbacks", err)
}
