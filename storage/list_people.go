package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/people"
	"bottega/core/segment"
)

// sorts are the columns of facts by which people can be ordered; names go in
// front of the nameless whatever the direction.
var sorts = map[people.Sort]string{
	people.ByName: "f.name", people.ByPhone: "f.phone", people.BySeen: "f.last_in", people.BySpend: "f.spend",
	people.ByOrders: "f.orders", people.ByLastOrder: "f.last_order", people.ByCreated: "f.created",
}

// ListPeople implements people.Selector. An unknown column sorts by name.
func (db *DB) ListPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, by people.Sort, desc bool) ([]int64, error) {
	column, ok := sorts[by]
	if !ok {
		column = sorts[people.ByName]
	}
	order, way := "", " ASC"
	if desc {
		way = " DESC"
	}
	if column == sorts[people.ByName] || column == sorts[people.ByPhone] {
		order = column + " = '', "
	}
	where, args := condition(q, now, bands)
	ids, err := into(make([]int64, 0, 64), once{ctx, db}, scanInt,
		"SELECT f.contact_id FROM facts f WHERE "+where+" ORDER BY "+order+column+way+", f.contact_id", args...)
	return ids, db.fail("storage.ListPeople", err)
}

// ReadBy implements people.Selector.
func (db *DB) ReadBy(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, since time.Time) (sent, read int, err error) {
	where, args := condition(q, now, bands)
	type pair struct{ sent, read int }
	scan := func(rows *sql.Rows, p *pair) error { return rows.Scan(&p.sent, &p.read) }
	p, err := one(once{ctx, db}, scan, `SELECT coalesce(sum(m.state IN ('delivered', 'read')), 0), coalesce(sum(m.state = 'read'), 0)
		FROM facts f JOIN conversations c ON c.contact_id = f.contact_id JOIN messages m ON m.conversation_id = c.id
		WHERE f.last_out >= ? AND m.direction = 1 AND m.at >= ? AND (`+where+")", append([]any{ms(since), ms(since)}, args...)...)
	return p.sent, p.read, db.fail("storage.ReadBy", err)
}

const factColumns = `f.orders, f.spend, f.aov, f.ltv, f.first_order, f.last_order, f.freq, f.aov_tier, f.country, f.last_in, f.last_out,
	f.optin, f.optout, f.blocked, f.waiting, f.kept`

// rank names of choices whose place is stored.
var freqs, tiers = rankNames(segment.FieldFreq), rankNames(segment.FieldAOVTier)

func rankNames(field string) []string {
	f, _ := segment.Schema{}.Field(field)
	return f.Values
}

func ranked(names []string, i int64) string {
	if i < 0 || int(i) >= len(names) {
		return ""
	}
	return names[i]
}

func scanRow(rows *sql.Rows, r *people.Listed) error {
	k := contactRow{c: &r.Contact}
	var first, last, freq, tier, in, out int64
	err := rows.Scan(append(k.fields(), &r.Orders, &r.Spend, &r.AOV, &r.LTV, &first, &last, &freq, &tier, &r.Country, &in, &out,
		&r.OptIn, &r.OptOut, &r.Blocked, &r.Waiting, &r.Kept)...)
	if err != nil {
		return err
	}
	k.finish()
	r.FirstOrder, r.LastOrder, r.LastIn, r.LastOut = at(first), at(last), at(in), at(out)
	r.Freq, r.AOVTier, r.Country = ranked(freqs, freq), ranked(tiers, tier), strings.ToUpper(r.Country)
	return nil
}

// PeopleRows implements people.Selector.
func (db *DB) PeopleRows(ctx context.Context, ids []int64) ([]people.Listed, error) {
	rs, err := peopleRows(reading{ctx, db}, ids)
	return rs, db.fail("storage.PeopleRows", err)
}

func peopleRows(src source, ids []int64) ([]people.Listed, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return into(make([]people.Listed, 0, len(ids)), src, scanRow, "SELECT "+contactColumns+", "+factColumns+`
		FROM json_each(?) j JOIN contacts k ON k.id = j.value JOIN facts f ON f.contact_id = k.id ORDER BY j.key`, string(list))
}

// WindowOf implements people.Store.
func (db *DB) WindowOf(ctx context.Context, contact int64) (time.Time, error) {
	n, err := one(reading{ctx, db}, scanInt, "SELECT coalesce(max(window_ends), 0) FROM conversations WHERE contact_id = ?", contact)
	return at(n), db.fail("storage.WindowOf", err)
}

// ConversationsOf implements people.Tx.
func (t *tx) ConversationsOf(contact int64) ([]core.Conversation, error) {
	cs, err := conversationsOf(t, contact)
	return cs, t.db.fail("storage.ConversationsOf", err)
}

// conversationsOf reads a contact's conversations by channel.
func conversationsOf(src source, contact int64) ([]core.Conversation, error) {
	return all(src, scanConversation, conversationSelect+"WHERE c.contact_id = ? ORDER BY c.channel_id", contact)
}

// SetKept implements people.Tx.
func (t *tx) SetKept(contact int64, on bool) (bool, error) {
	n, err := t.exec("UPDATE facts SET kept = ? WHERE contact_id = ? AND kept <> ?", number(on), contact, number(on))
	return n > 0, t.db.fail("storage.SetKept", err)
}

// TagColours implements people.Store.
func (db *DB) TagColours(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := reading{ctx, db}.query(func(rows *sql.Rows) error {
		var tag, colour string
		err := rows.Scan(&tag, &colour)
		out[tag] = colour
		return err
	}, "SELECT tag, colour FROM tag_colours")
	return out, db.fail("storage.TagColours", err)
}

// SaveTagColour implements people.Tx.
func (t *tx) SaveTagColour(tag, colour string) error {
	var err error
	if colour == "" {
		_, err = t.exec("DELETE FROM tag_colours WHERE tag = ?", tag)
	} else {
		_, err = t.exec("INSERT INTO tag_colours (tag, colour) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET colour = excluded.colour", tag, colour)
	}
	return t.db.fail("storage.SaveTagColour", err)
}
