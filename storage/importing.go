package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
)

// book answers what an import asks, by the hundred.
type book struct {
	src source
	db  *DB
}

// Book implements people.ImportStore.
func (db *DB) Book(ctx context.Context) people.Book { return book{reading{ctx, db}, db} }

func list[T any](vs []T) (string, error) {
	b, err := json.Marshal(vs)
	if vs == nil {
		return "[]", err
	}
	return string(b), err
}

func (b book) Owners(kind core.IdentityKind, values []string) (map[string]int64, error) {
	out := map[string]int64{}
	in, err := list(values)
	if err == nil && len(values) > 0 {
		err = b.src.query(func(rows *sql.Rows) error {
			var v string
			var id int64
			if err := rows.Scan(&v, &id); err != nil {
				return err
			}
			if _, lower := out[v]; !lower {
				out[v] = id
			}
			return nil
		}, `SELECT i.value, i.contact_id FROM json_each(?) j CROSS JOIN identities i ON i.kind = ? AND i.value = j.value ORDER BY i.channel_id`, in, kind)
	}
	return out, b.db.fail("storage.Owners", err)
}

func (b book) Buried(hashes []string) (map[string]bool, error) {
	out := map[string]bool{}
	in, err := list(hashes)
	if err == nil && len(hashes) > 0 {
		err = b.src.query(func(rows *sql.Rows) error {
			var h string
			err := rows.Scan(&h)
			out[h] = true
			return err
		}, "SELECT t.hash FROM json_each(?) j CROSS JOIN tombstones t ON t.hash = j.value", in)
	}
	return out, b.db.fail("storage.Buried", err)
}

func (b book) Known(ids []int64) (map[int64]people.Known, error) {
	out := make(map[int64]people.Known, len(ids))
	in, err := list(ids)
	if err != nil || len(ids) == 0 {
		return out, err
	}
	return out, b.db.fail("storage.Known", errors.Join(
		b.src.query(func(rows *sql.Rows) error {
			var k people.Known
			c := contactRow{c: &k.Contact}
			if err := rows.Scan(append(c.fields(), &k.Profile.Email, &k.Profile.Birthday, &k.Profile.Note)...); err != nil {
				return err
			}
			c.finish()
			out[k.Contact.ID] = k
			return nil
		}, "SELECT "+contactColumns+", k.email, k.birthday, k.note FROM json_each(?) j CROSS JOIN contacts k ON k.id = j.value", in),
		b.src.query(func(rows *sql.Rows) error {
			var id int64
			var field, v string
			if err := rows.Scan(&id, &field, &v); err != nil {
				return err
			}
			k := out[id]
			if k.Profile.Custom == nil {
				k.Profile.Custom = map[string]string{}
			}
			k.Profile.Custom[field] = v
			out[id] = k
			return nil
		}, "SELECT v.contact_id, v.field, v.value FROM json_each(?) j CROSS JOIN custom_values v ON v.contact_id = j.value", in),
		b.src.query(func(rows *sql.Rows) error {
			var e consent.Entry
			if err := scanConsent(rows, &e); err != nil {
				return err
			}
			k := out[e.ContactID]
			k.Ledger = append(k.Ledger, e)
			out[e.ContactID] = k
			return nil
		}, "SELECT "+consentColumns+" FROM consents WHERE contact_id IN (SELECT value FROM json_each(?)) ORDER BY contact_id, at, id", in)))
}

// Owners, Known and Buried implement people.Book inside a transaction.
func (t *tx) Owners(kind core.IdentityKind, values []string) (map[string]int64, error) {
	return book{t, t.db}.Owners(kind, values)
}

func (t *tx) Known(ids []int64) (map[int64]people.Known, error) { return book{t, t.db}.Known(ids) }

func (t *tx) Buried(hashes []string) (map[string]bool, error) { return book{t, t.db}.Buried(hashes) }

// StartImport implements people.ImportStore.
func (db *DB) StartImport(ctx context.Context, s people.ImportStart) (id int64, err error) {
	fields, err := list(s.Fields)
	if err != nil {
		return 0, err
	}
	err = db.write(ctx, "storage.StartImport", func(t *tx) error {
		busy, err := one(t, scanInt, "SELECT count(*) FROM imports WHERE state IN ('running', 'undoing')")
		if err != nil {
			return err
		}
		if busy > 0 {
			return core.Fail(core.AlreadyRunning, "storage.StartImport", nil)
		}
		for _, f := range s.Fields {
			if err := t.SaveCustomField(core.CustomField{Name: f, Type: core.CustomText}); err != nil {
				return err
			}
		}
		if _, err := t.exec("DELETE FROM import_rows"); err != nil { // of the one before: the last one's journal is kept
			return err
		}
		id, err = t.insert("INSERT INTO imports (file, agent, fields, at, state, until) VALUES (?, ?, ?, ?, 'running', ?)", s.File, s.Agent, fields, ms(s.At), ms(s.Until))
		return err
	})
	return id, err
}

// RenewImport implements people.ImportTx.
func (t *tx) RenewImport(id int64, until time.Time) error {
	n, err := t.exec("UPDATE imports SET until = ? WHERE id = ? AND state IN ('running', 'undoing')", ms(until), id)
	if err == nil && n == 0 {
		err = core.Fail(core.Conflict, "storage.RenewImport", nil)
	}
	return t.db.fail("storage.RenewImport", err)
}

// EndImport implements people.ImportStore.
func (db *DB) EndImport(ctx context.Context, id int64) error {
	return db.write(ctx, "storage.EndImport", func(t *tx) error {
		if n, err := t.exec("UPDATE imports SET state = 'done' WHERE id = ? AND state = 'running'", id); err != nil || n > 0 {
			t.Changed(core.Change{Kind: core.Everything})
			return err
		}
		t.Changed(core.Change{Kind: core.Everything})
		if _, err := t.exec(`DELETE FROM custom_fields WHERE name IN (SELECT j.value FROM imports i, json_each(i.fields) j WHERE i.id = ?1)
			AND NOT EXISTS (SELECT 1 FROM custom_values v WHERE v.field = custom_fields.name)`, id); err != nil {
			return err
		}
		return t.must1("UPDATE imports SET state = 'undone' WHERE id = ? AND state = 'undoing'", id)
	})
}

// RevertImport implements people.ImportStore.
func (db *DB) RevertImport(ctx context.Context, id int64, until time.Time) error {
	return db.write(ctx, "storage.RevertImport", func(t *tx) error {
		return t.must1(`UPDATE imports SET state = 'undoing', until = ? WHERE id = ? AND (state IN ('running', 'undoing')
			OR state = 'done' AND id = (SELECT max(id) FROM imports))`, ms(until), id)
	})
}

// DeadImports implements people.ImportStore.
func (db *DB) DeadImports(ctx context.Context, now time.Time) ([]int64, error) {
	ids, err := all(reading{ctx, db}, scanInt, "SELECT id FROM imports WHERE state IN ('running', 'undoing') AND until < ? ORDER BY id DESC", ms(now))
	return ids, db.fail("storage.DeadImports", err)
}

// JournalImport implements people.ImportTx.
func (t *tx) JournalImport(id int64, rows []people.ImportRow) error {
	b := bulk{t: t, into: "import_rows (import_id, contact_id, change)", width: 3}
	for _, r := range rows {
		b.add(id, r.Contact, r.Change)
	}
	return t.db.fail("storage.JournalImport", b.end())
}

// ImportRows implements people.ImportTx.
func (t *tx) ImportRows(id int64, limit int) ([]people.ImportRow, error) {
	scan := func(rows *sql.Rows, r *people.ImportRow) error { return rows.Scan(&r.Contact, &r.Change) }
	rs, err := all(t, scan, "SELECT contact_id, change FROM import_rows WHERE import_id = ? ORDER BY contact_id DESC LIMIT +?", id, limit)
	return rs, t.db.fail("storage.ImportRows", err)
}

// DropImportRows implements people.ImportTx.
func (t *tx) DropImportRows(id int64, contacts []int64) error {
	in, err := list(contacts)
	if err == nil {
		_, err = t.exec("DELETE FROM import_rows WHERE import_id = ? AND contact_id IN (SELECT value FROM json_each(?))", id, in)
	}
	return t.db.fail("storage.DropImportRows", err)
}

// Untouched implements people.ImportTx.
func (t *tx) Untouched(contact int64) (bool, error) {
	n, err := one(t, scanInt, `SELECT EXISTS (SELECT 1 FROM conversations WHERE contact_id = ?1) OR EXISTS (SELECT 1 FROM orders WHERE contact_id = ?1)
		OR EXISTS (SELECT 1 FROM merges WHERE kept = ?1 AND undone_at = 0) OR EXISTS (SELECT 1 FROM consents WHERE contact_id = ?1 AND source <> 'import')`, contact)
	return n == 0, t.db.fail("storage.Untouched", err)
}

// RemoveContact implements people.ImportTx: the person with all that hangs on
// them, out of the search as well.
func (t *tx) RemoveContact(contact int64) error {
	if err := t.forget(contact); err != nil {
		return t.db.fail("storage.RemoveContact", err)
	}
	for _, q := range []string{
		"DELETE FROM message_words WHERE rowid IN (SELECT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.contact_id = ?)",
		"DELETE FROM contact_words WHERE rowid = ?", "DELETE FROM contact_digits WHERE rowid = ?",
		"DELETE FROM contact_tags WHERE contact_id = ?", // its trigger counts; a cascade would fire none
	} {
		if _, err := t.exec(q, contact); err != nil {
			return t.db.fail("storage.RemoveContact", err)
		}
	}
	return t.db.fail("storage.RemoveContact", t.must1("DELETE FROM contacts WHERE id = ?", contact))
}

// RemoveConsent implements people.ImportTx.
func (t *tx) RemoveConsent(entry int64) error {
	id, err := one(t, scanInt, "DELETE FROM consents WHERE id = ? RETURNING contact_id", entry)
	if err == nil {
		err = t.standing(id)
	}
	return t.db.fail("storage.RemoveConsent", err)
}

// bulk inserts rows many at a time: a statement costs as much as several rows.
type bulk struct {
	t     *tx
	into  string // "table (a, b)"
	width int
	args  []any
	err   error
}

// bulkRows are the sizes of statements, so that a few of them serve any number of rows.
var bulkRows = []int{32, 8, 1}

func (b *bulk) add(args ...any) {
	b.args = append(b.args, args...)
	if len(b.args) == bulkRows[0]*b.width {
		b.flush(bulkRows[0])
	}
}

func (b *bulk) flush(rows int) {
	if b.err != nil {
		return
	}
	n := rows * b.width
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", b.width), ",") + ")"
	_, b.err = b.t.exec("INSERT INTO "+b.into+" VALUES "+strings.TrimSuffix(strings.Repeat(one+",", rows), ","), b.args[:n]...)
	b.args = append(b.args[:0], b.args[n:]...)
}

// end writes what is left.
func (b *bulk) end() error {
	for _, rows := range bulkRows {
		for len(b.args) >= rows*b.width && b.err == nil {
			b.flush(rows)
		}
	}
	return b.err
}
