package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"bottega/core"
	"bottega/core/people"
)

// ConversationsOf implements people.Store.
func (db *DB) ConversationsOf(ctx context.Context, contact int64) ([]core.Conversation, error) {
	cs, err := conversationsOf(reading{ctx, db}, contact)
	return cs, db.fail("storage.ConversationsOf", err)
}

// MoveAll implements people.MergeTx.
func (t *tx) MoveAll(gone, keep int64) (m people.Moved, err error) {
	move := func(to *[]int64, q string) {
		if err == nil {
			*to, err = all(t, scanInt, q, keep, gone)
		}
	}
	move(&m.Talks, "UPDATE conversations SET contact_id = ?, rev = rev + 1 WHERE contact_id = ? RETURNING id")
	move(&m.Orders, "UPDATE orders SET contact_id = ? WHERE contact_id = ? RETURNING id")
	move(&m.Consents, "UPDATE consents SET contact_id = ? WHERE contact_id = ? RETURNING id")
	move(&m.Activities, "UPDATE activities SET contact_id = ? WHERE contact_id = ? AND contact_id <> 0 RETURNING id")
	move(&m.Tray, "UPDATE consent_tray SET contact_id = ? WHERE contact_id = ? RETURNING id")
	move(&m.Rows, "UPDATE recipients SET contact_id = ? WHERE contact_id = ? RETURNING id")
	for _, q := range []string{
		`UPDATE facts SET kept = max(facts.kept, o.kept), last_read = max(facts.last_read, o.last_read) FROM facts o WHERE facts.contact_id = ?1 AND o.contact_id = ?2`,
		"INSERT INTO reply_hours SELECT ?1, hour, n FROM reply_hours WHERE contact_id = ?2 ON CONFLICT DO UPDATE SET n = n + excluded.n",
	} {
		if err == nil {
			_, err = t.exec(q, keep, gone)
		}
	}
	if err == nil {
		err = t.standing(keep)
	}
	return m, t.db.fail("storage.MoveAll", err)
}

// MoveBack implements people.MergeTx.
func (t *tx) MoveBack(m people.Moved, gone int64) error {
	back := func(table, more string, ids []int64) error {
		in, err := list(ids)
		if err == nil && len(ids) > 0 {
			_, err = t.exec("UPDATE "+table+" SET contact_id = ?"+more+" WHERE id IN (SELECT value FROM json_each(?))", gone, in)
		}
		return err
	}
	owner, err := one(t, scanInt, "SELECT coalesce((SELECT kept FROM merges WHERE gone = ? AND undone_at = 0 ORDER BY id DESC LIMIT 1), 0)", gone)
	for table, ids := range map[string][]int64{"conversations": m.Talks, "orders": m.Orders, "consents": m.Consents, "activities": m.Activities, "consent_tray": m.Tray, "recipients": m.Rows} {
		more := ""
		if table == "conversations" {
			more = ", rev = rev + 1"
		}
		if err == nil {
			err = back(table, more, ids)
		}
	}
	for _, id := range []int64{owner, gone} {
		if err == nil {
			err = t.standing(id)
		}
	}
	if err == nil {
		var c core.Contact
		if c, err = one(t, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", gone); err == nil {
			err = t.touchContact(&c)
		}
	}
	return t.db.fail("storage.MoveBack", err)
}

// JoinTalks implements people.MergeTx.
func (t *tx) JoinTalks(from, into int64) ([]int64, error) {
	ids, err := all(t, scanInt, "UPDATE messages SET conversation_id = ?, rev = rev + 1 WHERE conversation_id = ? RETURNING id", into, from)
	for _, q := range []string{
		"UPDATE outbox SET conversation_id = ?1 WHERE conversation_id = ?2",
		"UPDATE activities SET conversation_id = ?1 WHERE conversation_id = ?2",
		"UPDATE consent_tray SET conversation_id = ?1 WHERE conversation_id = ?2",
		"UPDATE OR IGNORE drafts SET conversation_id = ?1 WHERE conversation_id = ?2",
		"UPDATE conversations SET draft = CASE draft WHEN '' THEN (SELECT o.draft FROM conversations o WHERE o.id = ?2) ELSE draft END WHERE id = ?1",
	} {
		if err == nil {
			_, err = t.exec(q, into, from)
		}
	}
	if err == nil {
		err = t.must1("DELETE FROM conversations WHERE id = ?", from)
	}
	return ids, t.db.fail("storage.JoinTalks", err)
}

// PartTalks implements people.MergeTx.
func (t *tx) PartTalks(from *core.Conversation, messages []int64) error {
	return t.db.fail("storage.PartTalks", t.partTalks(from, messages))
}

func (t *tx) partTalks(from *core.Conversation, messages []int64) error {
	c := *from
	if err := t.insertConversation(&c); err != nil {
		return err
	}
	if err := t.must1("UPDATE conversations SET id = ? WHERE id = ?", from.ID, c.ID); err != nil {
		return err
	}
	in, err := list(messages)
	if err != nil {
		return err
	}
	for _, q := range []string{
		"UPDATE messages SET conversation_id = ?1, rev = rev + 1 WHERE id IN (SELECT value FROM json_each(?2))",
		"UPDATE outbox SET conversation_id = ?1 WHERE message_id IN (SELECT value FROM json_each(?2))",
		"UPDATE consent_tray SET conversation_id = ?1 WHERE message_id IN (SELECT value FROM json_each(?2))",
	} {
		if _, err := t.exec(q, from.ID, in); err != nil {
			return err
		}
	}
	return nil
}

// Restore implements people.MergeTx.
func (t *tx) Restore(k *people.Known, ids []core.Identity, m people.Marks) error {
	return t.db.fail("storage.Restore", t.restore(k, ids, m))
}

func (t *tx) restore(k *people.Known, ids []core.Identity, m people.Marks) error {
	p := []people.Person{{Known: people.Known{Contact: k.Contact, Profile: k.Profile}, Identities: ids,
		Country: countryOf(k.Contact.Phone, "")}}
	if err := t.addRows(p); err != nil {
		return err
	}
	if err := t.addMore(p); err != nil {
		return err
	}
	if err := t.must1("UPDATE facts SET kept = ?, computed = ?, last_read = ? WHERE contact_id = ?", number(m.Kept), m.Computed, ms(m.Read), k.Contact.ID); err != nil {
		return err
	}
	if err := t.indexContact(nil, &k.Contact); err != nil {
		return err
	}
	return t.must1("UPDATE contacts SET rev = ? WHERE id = ?", k.Contact.Rev+1, k.Contact.ID)
}

// StandingOf implements people.MergeTx.
func (t *tx) StandingOf(contact int64) (people.Marks, error) {
	scan := func(rows *sql.Rows, m *people.Marks) error {
		var read int64
		err := rows.Scan(&m.Kept, &m.Computed, &read)
		m.Read = at(read)
		return err
	}
	m, err := one(t, scan, "SELECT kept, computed, last_read FROM facts WHERE contact_id = ?", contact)
	return m, t.db.fail("storage.StandingOf", err)
}

// SaveMerge implements people.MergeTx.
func (t *tx) SaveMerge(m *people.Merged) error {
	before, err := json.Marshal(m)
	if err == nil {
		m.ID, err = t.insert("INSERT INTO merges (kept, gone, at, agent, before) VALUES (?, ?, ?, ?, ?)", m.Kept, m.Gone, ms(m.At), m.Agent, string(before))
	}
	return t.db.fail("storage.SaveMerge", err)
}

func scanMerge(rows *sql.Rows, m *people.Merged) error {
	var text string
	var id int64
	if err := rows.Scan(&id, &text); err != nil {
		return err
	}
	err := json.Unmarshal([]byte(text), m)
	m.ID = id
	return err
}

// MergeOf implements people.MergeTx.
func (t *tx) MergeOf(id int64) (people.Merged, error) {
	m, err := one(t, scanMerge, "SELECT id, before FROM merges WHERE id = ?", id)
	return m, t.db.fail("storage.MergeOf", err)
}

// LastMerge implements people.MergeTx.
func (t *tx) LastMerge(kept int64) (int64, error) {
	id, err := one(t, scanInt, "SELECT id FROM merges WHERE kept = ? AND undone_at = 0 ORDER BY id DESC LIMIT 1", kept)
	return id, t.db.fail("storage.LastMerge", err)
}

// EndMerge implements people.MergeTx.
func (t *tx) EndMerge(id int64, when time.Time) error {
	return t.db.fail("storage.EndMerge", t.must1("UPDATE merges SET undone_at = ? WHERE id = ? AND undone_at = 0", ms(when), id))
}

// Merges implements people.Store.
func (db *DB) Merges(ctx context.Context, contact int64) ([]people.Merged, error) {
	out, err := all(reading{ctx, db}, scanMerge, "SELECT id, before FROM merges WHERE (kept = ?1 OR gone = ?1) AND undone_at = 0 ORDER BY id", contact)
	return out, db.fail("storage.Merges", err)
}

// sameAddress finds two that may be one: the same e-mail, the same name where
// one of them has no number, and numbers that differ in what WhatsApp and the
// national plans write differently (core.Phone.Forms): the same last eight digits.
const sameAddress = `
	SELECT json_group_array(id), 'email' FROM contacts WHERE email <> '' GROUP BY lower(email) HAVING count(*) > 1
	UNION ALL
	SELECT json_group_array(contact_id), 'phone' FROM facts WHERE substr(phone, 1, 3) IN ('+52', '+54', '+55')
		GROUP BY substr(phone, 1, 3), substr(phone, -8) HAVING count(*) > 1
	UNION ALL
	SELECT json_group_array(contact_id), 'name' FROM facts WHERE name <> '' AND instr(name, ' ') > 0
		GROUP BY name HAVING count(*) > 1 AND min(phone) = ''
	LIMIT +?`

// maxAlike bounds a group that looks alike: a hundred people of one e-mail are
// a mailing list.
const maxAlike = 8

// SameAddress implements people.Store.
func (db *DB) SameAddress(ctx context.Context, limit int) ([]people.Likeness, error) {
	var out []people.Likeness
	err := once{ctx, db}.query(func(rows *sql.Rows) error {
		var group, why string
		if err := rows.Scan(&group, &why); err != nil {
			return err
		}
		var ids []int64
		if err := json.Unmarshal([]byte(group), &ids); err != nil {
			return err
		}
		ids = ids[:min(len(ids), maxAlike)]
		for i, a := range ids {
			for _, b := range ids[i+1:] {
				out = append(out, people.Likeness{A: a, B: b, Why: why})
			}
		}
		return nil
	}, sameAddress, limit)
	return out, db.fail("storage.SameAddress", err)
}
