package storage

import (
	"context"
	"database/sql"

	"bottega/core"
)

// Search implements core.Searcher: on the first page contacts by name, user
// name and part of a number, at most a quarter of the page; then messages,
// newest first. What holds no word or number finds nothing.
func (db *DB) Search(ctx context.Context, q core.SearchQuery) ([]core.Hit, error) {
	q.Limit = min(max(q.Limit, 1), 200)
	s := finder{src: reading{ctx, db}, terms: terms(q.Words), digits: matchDigits(q.Words), typed: q.Words}
	hits, err := s.find(q)
	return hits, db.fail("storage.Search", err)
}

// finder is one search.
type finder struct {
	src    source
	terms  []term
	digits string
	typed  string
}

func (s *finder) find(q core.SearchQuery) ([]core.Hit, error) {
	var hits []core.Hit
	if q.Before == 0 {
		var err error
		if hits, err = s.contacts(max(1, q.Limit/4)); err != nil {
			return nil, err
		}
		q.Before = maxID
	}
	if len(s.terms) == 0 || len(hits) >= q.Limit {
		return hits, nil
	}
	found, err := all(s.src, s.scanMessageHit, messageHits, match(s.terms), q.Before, q.Limit-len(hits))
	return append(hits, found...), err
}

// messageHits walks the index from its newest row, which costs the same for a
// rare and for a common word; an order by relevance would read every match.
const messageHits = `SELECT k.id, m.conversation_id, m.id, k.name, k.phone, m.direction, m.at, m.type, m.text, m.extra
	FROM message_words w CROSS JOIN messages m ON m.id = w.rowid CROSS JOIN conversations c ON c.id = m.conversation_id
	CROSS JOIN contacts k ON k.id = c.contact_id
	WHERE w.text MATCH ? AND w.rowid < ? ORDER BY w.rowid DESC LIMIT +?`

func (s *finder) scanMessageHit(rows *sql.Rows, h *core.Hit) error {
	var m core.Message
	var direction, ms int64
	var extra *string
	if err := rows.Scan(&h.ContactID, &h.ConversationID, &h.MessageID, &h.Name, &h.Phone, &direction, &ms, &m.Type, &m.Text, &extra); err != nil {
		return err
	}
	if extra != nil {
		if err := unpackExtra(*extra, &m); err != nil {
			return err
		}
	}
	h.Direction, h.At = core.Direction(direction), at(ms)
	h.Snippet, h.Marks = snippet(words(&m), s.terms)
	return nil
}

const contactHits = `SELECT k.id, coalesce((SELECT c.id FROM conversations c WHERE c.contact_id = k.id ORDER BY c.last_at DESC, c.id DESC LIMIT 1), 0),
	k.name, k.username, k.phone, k.last_in_at FROM `

const (
	contactsByWord = contactHits + `contact_words w CROSS JOIN contacts k ON k.id = w.rowid
		WHERE w.text MATCH ? ORDER BY w.rowid DESC LIMIT +?`
	contactsByDigit = contactHits + `contact_digits w CROSS JOIN contacts k ON k.id = w.rowid
		WHERE w.text MATCH ? ORDER BY w.rowid DESC LIMIT +?`
)

// contacts finds people, the newest first; those found by number before those
// found by name.
func (s *finder) contacts(limit int) ([]core.Hit, error) {
	var hits []core.Hit
	if s.digits != "" {
		found, err := all(s.src, s.scanContactHit, contactsByDigit, s.digits, limit)
		if err != nil {
			return nil, err
		}
		hits = found
	}
	if len(s.terms) == 0 || len(hits) >= limit {
		return hits, nil
	}
	found, err := all(s.src, s.scanContactHit, contactsByWord, match(s.terms), limit)
	if err != nil {
		return nil, err
	}
	seen := map[int64]bool{}
	for _, h := range hits {
		seen[h.ContactID] = true
	}
	for _, h := range found {
		if !seen[h.ContactID] && len(hits) < limit {
			hits = append(hits, h)
		}
	}
	return hits, nil
}

func (s *finder) scanContactHit(rows *sql.Rows, h *core.Hit) error {
	var user string
	var ms int64
	if err := rows.Scan(&h.ContactID, &h.ConversationID, &h.Name, &user, &h.Phone, &ms); err != nil {
		return err
	}
	h.At = at(ms)
	for _, text := range []string{h.Name, user} {
		if h.Snippet, h.Marks = snippet(text, s.terms); len(h.Marks) > 0 {
			return nil
		}
	}
	// Found by number, or by words that stand partly in the one and partly in the other.
	h.Snippet, h.Marks = markDigits(string(h.Phone), digits(s.typed))
	return nil
}

// markDigits marks typed digits in a number; without marks when it was another
// number of the contact that matched.
func markDigits(phone, typed string) (string, [][2]int) {
	for ; len(typed) >= 3; typed = typed[1:] {
		for i := 0; i+len(typed) <= len(phone); i++ {
			if phone[i:i+len(typed)] == typed {
				return phone, [][2]int{{i, i + len(typed)}}
			}
		}
		if typed[0] != '0' {
			break
		}
	}
	return phone, nil
}

// indexMessage makes search find the new words of a message and no longer the old.
func (t *tx) indexMessage(id int64, old, now string) error {
	if old == now {
		return nil
	}
	return t.reindex("message_words", id, old != "", folded(now))
}

// indexContact makes search find a contact by its new names and numbers; old
// is nil for a new one.
func (t *tx) indexContact(old, c *core.Contact) error {
	if text := folded(c.Name + "\n" + c.Username); old == nil || folded(old.Name+"\n"+old.Username) != text {
		if err := t.reindex("contact_words", c.ID, old != nil, text); err != nil {
			return err
		}
	}
	if old == nil {
		return t.reindex("contact_digits", c.ID, false, digits(string(c.Phone)))
	}
	if old.Phone == c.Phone {
		return nil
	}
	return t.indexNumbers(c.ID, c.Phone)
}

// indexNumbers makes search find a contact by all of its numbers.
func (t *tx) indexNumbers(contact int64, phone core.Phone) error {
	others, err := all(t, scanNull, "SELECT value FROM identities WHERE contact_id = ? AND kind = 'phone'", contact)
	if err != nil {
		return err
	}
	text := digits(string(phone))
	for _, v := range others {
		if v.String != string(phone) {
			text += " " + digits(v.String)
		}
	}
	return t.reindex("contact_digits", contact, true, text)
}

func (t *tx) reindex(table string, id int64, had bool, text string) error {
	if had {
		if _, err := t.exec("DELETE FROM "+table+" WHERE rowid = ?", id); err != nil {
			return err
		}
	}
	if text == "" {
		return nil
	}
	_, err := t.exec("INSERT INTO "+table+" (rowid, text) VALUES (?, ?)", id, text)
	return err
}
