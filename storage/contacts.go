package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/fold"
)

const contactColumns = "k.id, k.name, k.username, k.phone, k.language, k.time_zone, k.value, k.tags, k.created_at, k.last_in_at, k.rev"

// contactRow has the places for contactColumns.
type contactRow struct {
	c               *core.Contact
	tags            string
	created, lastIn int64
}

func (r *contactRow) fields() []any {
	c := r.c
	return []any{&c.ID, &c.Name, &c.Username, &c.Phone, &c.Language, &c.TimeZone, &c.Value, &r.tags, &r.created, &r.lastIn, &c.Rev}
}

func (r *contactRow) finish() {
	r.c.CreatedAt, r.c.LastInAt = at(r.created), at(r.lastIn)
	if r.tags != "" {
		r.c.Tags = strings.Split(r.tags, "\n")
	}
}

func scanContact(rows *sql.Rows, c *core.Contact) error {
	r := contactRow{c: c}
	if err := rows.Scan(r.fields()...); err != nil {
		return err
	}
	r.finish()
	return nil
}

func scanIdentity(rows *sql.Rows, id *core.Identity) error {
	return rows.Scan(&id.ChannelID, &id.Kind, &id.Value)
}

// contact reads one with its identities.
func contact(src source, id int64) (core.Contact, error) {
	c, err := one(src, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", id)
	if err != nil {
		return core.Contact{}, err
	}
	c.Identities, err = all(src, scanIdentity,
		"SELECT channel_id, kind, value FROM identities WHERE contact_id = ? ORDER BY channel_id, kind, value", id)
	return c, err
}

// Contact implements core.PeopleReader.
func (db *DB) Contact(ctx context.Context, id int64) (core.Contact, error) {
	c, err := contact(reading{ctx, db}, id)
	return c, db.fail("storage.Contact", err)
}

// FindContact implements core.PeopleReader. With channel 0 the contact of the
// lowest channel that knows the value is the answer.
func (db *DB) FindContact(ctx context.Context, channel int64, kind core.IdentityKind, value string) (core.Contact, error) {
	q, args := "SELECT contact_id FROM identities WHERE kind = ? AND value = ? ORDER BY channel_id LIMIT 1", []any{kind, value}
	if channel != 0 {
		q, args = "SELECT contact_id FROM identities WHERE channel_id = ? AND kind = ? AND value = ?", []any{channel, kind, value}
	}
	src := reading{ctx, db}
	id, err := one(src, scanInt, q, args...)
	if err != nil {
		return core.Contact{}, db.fail("storage.FindContact", err)
	}
	c, err := contact(src, id)
	return c, db.fail("storage.FindContact", err)
}

// statsDays is the period of the contact card's figures (S-051).
const statsDays = 30

// ContactStats implements core.PeopleReader, over all conversations of the
// contact. Notes and reactions are no messages.
func (db *DB) ContactStats(ctx context.Context, id int64, now time.Time) (core.ContactStats, error) {
	var st core.ContactStats
	err := db.snapshot(ctx, func(src source) error {
		since := ms(now.AddDate(0, 0, -statsDays))
		scan := func(rows *sql.Rows, s *core.ContactStats) error {
			var first, in int64
			err := rows.Scan(&s.Conversation, &s.In, &s.Out, &s.Sent, &s.Read, &first, &in)
			s.FirstAt, s.LastInAt = at(first), at(in)
			return err
		}
		var err error
		st, err = one(src, scan, `SELECT
			coalesce((SELECT id FROM conversations WHERE contact_id = ?1 ORDER BY last_at DESC, id DESC LIMIT 1), 0),
			coalesce(sum(m.direction = 0), 0), coalesce(sum(m.direction = 1), 0),
			coalesce(sum(m.direction = 1 AND m.state IN ('sent', 'delivered', 'read')), 0),
			coalesce(sum(m.direction = 1 AND m.state = 'read'), 0),
			coalesce((SELECT min(f.at) FROM conversations c JOIN messages f ON f.id =
				(SELECT min(id) FROM messages WHERE conversation_id = c.id) WHERE c.contact_id = ?1), 0),
			k.last_in_at
			FROM contacts k
			LEFT JOIN conversations c ON c.contact_id = k.id
			LEFT JOIN messages m ON m.conversation_id = c.id AND m.at >= ?2 AND m.type NOT IN ('note', 'reaction')
			WHERE k.id = ?1 GROUP BY k.id`, id, since)
		return err
	})
	return st, db.fail("storage.ContactStats", err)
}

// Tags implements core.PeopleReader.
func (db *DB) Tags(ctx context.Context) ([]core.TagCount, error) {
	scan := func(rows *sql.Rows, t *core.TagCount) error { return rows.Scan(&t.Tag, &t.Count) }
	ts, err := all(reading{ctx, db}, scan, "SELECT tag, n FROM tag_counts ORDER BY n DESC, tag")
	return ts, db.fail("storage.Tags", err)
}

// Contact implements core.ContactTx.
func (t *tx) Contact(id int64) (core.Contact, error) {
	c, err := contact(t, id)
	return c, t.db.fail("storage.Contact", err)
}

// FindIdentity implements core.ContactTx. Of several contacts on several
// channels the one on the oldest channel is found.
func (t *tx) FindIdentity(ids ...core.Identity) (core.Contact, error) {
	for _, i := range ids {
		q, args := "SELECT contact_id FROM identities WHERE channel_id = ? AND kind = ? AND value = ?", []any{i.ChannelID, i.Kind, i.Value}
		if i.ChannelID == 0 {
			q, args = "SELECT contact_id FROM identities WHERE kind = ? AND value = ? ORDER BY channel_id LIMIT 1", args[1:]
		}
		id, err := one(t, scanInt, q, args...)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return core.Contact{}, t.db.fail("storage.FindIdentity", err)
		}
		return t.Contact(id)
	}
	return core.Contact{}, core.Fail(core.NotFound, "storage.FindIdentity", nil)
}

// SaveContact implements core.ContactTx. Tags are brought to lower case, and
// sorted; the conversations of the contact get a new Rev, since lists show it.
func (t *tx) SaveContact(c *core.Contact) error {
	return t.db.fail("storage.SaveContact", t.saveContact(c))
}

func (t *tx) saveContact(c *core.Contact) error {
	c.Tags = cleanTags(c.Tags)
	tags := strings.Join(c.Tags, "\n")
	args := []any{c.Name, c.Username, c.Phone, c.Language, c.TimeZone, c.Value, tags, ms(c.CreatedAt), ms(c.LastInAt)}
	if c.ID == 0 {
		id, err := t.insert(`INSERT INTO contacts (name, username, phone, language, time_zone, value, tags, created_at, last_in_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
		if err != nil {
			return err
		}
		c.ID, c.Rev = id, 1
		t.fresh = *c
		if err := t.saveFacts(c, true); err != nil {
			return err
		}
		if err := t.saveTags(id, nil, c.Tags); err != nil {
			return err
		}
		return t.indexContact(nil, c)
	}
	old, err := one(t, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", c.ID)
	if err != nil {
		return err
	}
	if err := t.must1(`UPDATE contacts SET name = ?, username = ?, phone = ?, language = ?, time_zone = ?, value = ?, tags = ?,
		created_at = ?, last_in_at = ?, rev = rev + 1 WHERE id = ?`, append(args, c.ID)...); err != nil {
		return err
	}
	c.Rev = old.Rev + 1
	if c.ID == t.fresh.ID {
		t.fresh = core.Contact{} // its number may be another now
	}
	if err := t.updateFacts(&old, c); err != nil {
		return err
	}
	if err := t.touchContact(c); err != nil {
		return err
	}
	if err := t.saveTags(c.ID, old.Tags, c.Tags); err != nil {
		return err
	}
	return t.indexContact(&old, c)
}

// cleanTags gives the form in which tags are kept: lower case, one line, sorted, once each.
func cleanTags(tags []string) []string {
	var out []string
	for _, tag := range tags {
		if tag = strings.ToLower(strings.Join(strings.Fields(tag), " ")); tag != "" {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *tx) saveTags(contact int64, old, tags []string) error {
	for _, tag := range tags {
		if !slices.Contains(old, tag) {
			if _, err := t.exec("INSERT INTO contact_tags (tag, contact_id) VALUES (?, ?)", tag, contact); err != nil {
				return err
			}
		}
	}
	for _, tag := range old {
		if !slices.Contains(tags, tag) {
			if _, err := t.exec("DELETE FROM contact_tags WHERE tag = ? AND contact_id = ?", tag, contact); err != nil {
				return err
			}
		}
	}
	return nil
}

// AddIdentity implements core.ContactTx.
func (t *tx) AddIdentity(contact int64, id core.Identity) error {
	return t.db.fail("storage.AddIdentity", t.addIdentity(contact, id))
}

func (t *tx) addIdentity(contact int64, id core.Identity) error {
	n, err := t.exec("INSERT INTO identities (channel_id, kind, value, contact_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		id.ChannelID, id.Kind, id.Value, contact)
	if err != nil {
		return err
	}
	if n == 0 {
		owner, err := one(t, scanInt, "SELECT contact_id FROM identities WHERE channel_id = ? AND kind = ? AND value = ?",
			id.ChannelID, id.Kind, id.Value)
		if err == nil && owner != contact {
			err = core.Fail(core.Conflict, "storage.AddIdentity", nil)
		}
		return err
	}
	if country := countryOf("", id.Value); id.Kind == core.IdentityUser && country != "" {
		if _, err := t.exec("UPDATE facts SET country = ? WHERE contact_id = ? AND country = ''", fold.String(country), contact); err != nil {
			return err
		}
	}
	if contact == t.fresh.ID && id.Value == string(t.fresh.Phone) {
		return nil // made with this number: it is found by it already
	}
	return t.readdressed(contact, id)
}

// RemoveIdentity implements core.ContactTx; NotFound when nobody has it.
func (t *tx) RemoveIdentity(id core.Identity) error {
	owner, err := one(t, scanInt, "DELETE FROM identities WHERE channel_id = ? AND kind = ? AND value = ? RETURNING contact_id",
		id.ChannelID, id.Kind, id.Value)
	if err == nil {
		err = t.readdressed(owner, id)
	}
	return t.db.fail("storage.RemoveIdentity", err)
}

// readdressed raises the Rev of a contact whose identities changed and finds
// it by its numbers of now.
func (t *tx) readdressed(contact int64, id core.Identity) error {
	if err := t.must1("UPDATE contacts SET rev = rev + 1 WHERE id = ?", contact); err != nil {
		return err
	}
	c, err := one(t, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", contact)
	if err != nil {
		return err
	}
	if err := t.touchContact(&c); err != nil || id.Kind != core.IdentityPhone || id.Value == string(c.Phone) {
		return err // its own number is found already
	}
	return t.indexNumbers(contact, c.Phone)
}
