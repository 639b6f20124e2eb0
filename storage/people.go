package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/fold"
	"bottega/core/segment"
)

// CountPeople counts whom a query holds for as of now.
func (db *DB) CountPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands) (int, error) {
	where, args := condition(q, now, bands)
	n, err := one(once{ctx, db}, scanInt, "SELECT count(*) FROM facts f WHERE "+where, args...)
	return int(n), db.fail("storage.CountPeople", err)
}

// FindPeople returns up to limit contacts whom a query holds for as of now, by
// id from the one behind after, without their identities.
func (db *DB) FindPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, after int64, limit int) ([]core.Contact, error) {
	where, args := condition(q, now, bands)
	cs, err := all(once{ctx, db}, scanContact, "SELECT "+contactColumns+" FROM facts f JOIN contacts k ON k.id = f.contact_id WHERE f.contact_id > ? AND ("+
		where+") ORDER BY f.contact_id LIMIT ?", append(append([]any{after}, args...), limit)...)
	return cs, db.fail("storage.FindPeople", err)
}

// once runs a statement that is not worth keeping: each segment has its own.
type once struct {
	ctx context.Context
	db  *DB
}

func (o once) query(fn func(*sql.Rows) error, q string, args ...any) error {
	c, err := o.db.readers.take(o.ctx)
	if err != nil {
		return err
	}
	defer func() { o.db.readers.free <- c }()
	return each(fn, func() (*sql.Rows, error) { return c.conn.QueryContext(o.ctx, q, args...) })
}

// saveFacts keeps what segments ask about a contact beside the contact itself.
// The country follows the phone; without one it stays what a user id told.
func (t *tx) saveFacts(c *core.Contact, newPhone bool) error {
	rank := max(0, slices.Index(core.ValueTiers, c.Value))
	country := ""
	if newPhone {
		country = fold.String(countryOf(c.Phone, ""))
	}
	name, user := fold.String(c.Name), fold.String(c.Username)
	_, err := t.exec(`INSERT INTO facts (contact_id, value, last_in, created, lang, country, words, phone, name, username, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (contact_id) DO UPDATE SET value = excluded.value, last_in = excluded.last_in, created = excluded.created, lang = excluded.lang,
		country = CASE excluded.country WHEN '' THEN country ELSE excluded.country END, words = excluded.words, phone = excluded.phone, name = excluded.name,
		username = excluded.username, zone = excluded.zone`,
		c.ID, rank, ms(c.LastInAt), ms(c.CreatedAt), fold.String(c.Language), country, knownBy(name, c.Phone, user), c.Phone, name, user, fold.String(c.TimeZone))
	return err
}

// updateFacts is saveFacts for somebody known: with most messages nothing is new
// but their time.
func (t *tx) updateFacts(old, c *core.Contact) error {
	if old.Name != c.Name || old.Username != c.Username || old.Phone != c.Phone || old.Language != c.Language || old.TimeZone != c.TimeZone ||
		old.Value != c.Value || !old.CreatedAt.Equal(c.CreatedAt) {
		return t.saveFacts(c, old.Phone != c.Phone)
	}
	if ms(old.LastInAt) == ms(c.LastInAt) {
		return nil
	}
	return t.must1("UPDATE facts SET last_in = ? WHERE contact_id = ?", ms(c.LastInAt), c.ID)
}

// knownBy is what a bare word of an expression is looked for in. Folding leaves
// no line end in any of them, nor in what is looked for.
func knownBy(name string, phone core.Phone, user string) string {
	return name + "\n" + string(phone) + "\n" + user
}

// Profile implements core.ProfileReader.
func (db *DB) Profile(ctx context.Context, contact int64) (core.Profile, error) {
	p, err := profile(reading{ctx, db}, contact)
	return p, db.fail("storage.Profile", err)
}

// Profile implements core.ProfileTx.
func (t *tx) Profile(contact int64) (core.Profile, error) {
	p, err := profile(t, contact)
	return p, t.db.fail("storage.Profile", err)
}

func profile(src source, contact int64) (core.Profile, error) {
	scan := func(rows *sql.Rows, p *core.Profile) error { return rows.Scan(&p.Email, &p.Birthday, &p.Note) }
	p, err := one(src, scan, "SELECT email, birthday, note FROM contacts WHERE id = ?", contact)
	if err != nil {
		return p, err
	}
	type pair struct{ field, value string }
	vs, err := all(src, func(rows *sql.Rows, v *pair) error { return rows.Scan(&v.field, &v.value) },
		"SELECT field, value FROM custom_values WHERE contact_id = ?", contact)
	for _, v := range vs {
		if p.Custom == nil {
			p.Custom = map[string]string{}
		}
		p.Custom[v.field] = v.value
	}
	return p, err
}

// SaveProfile implements core.ProfileTx; a custom value that is missing or
// empty is removed.
func (t *tx) SaveProfile(contact int64, p core.Profile) error {
	return t.db.fail("storage.SaveProfile", t.saveProfile(contact, p))
}

func (t *tx) saveProfile(contact int64, p core.Profile) error {
	unseen := contact == t.fresh.ID // its Rev need not grow
	if err := t.must1("UPDATE contacts SET email = ?, birthday = ?, note = ?, rev = rev + ? WHERE id = ?",
		p.Email, p.Birthday, p.Note, number(!unseen), contact); err != nil {
		return err
	}
	if !unseen {
		c, err := one(t, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", contact)
		if err == nil {
			err = t.touchContact(&c)
		}
		if err != nil {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM custom_values WHERE contact_id = ?", contact); err != nil {
		return err
	}
	for field, v := range p.Custom {
		if v == "" {
			continue
		}
		if _, err := t.exec("INSERT INTO custom_values (field, contact_id, value, folded, cased, number, day) VALUES (?, ?, ?, ?, ?, ?, ?)",
			customRow(field, contact, v)...); err != nil {
			return err
		}
	}
	return nil
}

// customRow is a row of custom_values.
func customRow(field string, contact int64, v string) []any {
	var num, day any
	if d, ok := segment.ParseDecimal(v); ok {
		num = d.Units
	}
	if at, err := time.Parse(time.DateOnly, v); err == nil && !at.IsZero() {
		day = at.UnixMilli()
	}
	return []any{strings.ToLower(field), contact, v, fold.String(v), cased(v), num, day}
}

// cased maps texts that strings.EqualFold takes for equal to the same one.
func cased(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			least = min(least, o)
		}
		return least
	}, s)
}

// CustomFields implements core.ProfileReader.
func (db *DB) CustomFields(ctx context.Context) ([]core.CustomField, error) {
	scan := func(rows *sql.Rows, f *core.CustomField) error {
		var choices string
		if err := rows.Scan(&f.Name, &f.Type, &choices); err != nil {
			return err
		}
		return json.Unmarshal([]byte(choices), &f.Choices)
	}
	fs, err := all(reading{ctx, db}, scan, "SELECT name, type, choices FROM custom_fields ORDER BY name")
	return fs, db.fail("storage.CustomFields", err)
}

// SaveCustomField implements core.ProfileTx.
func (t *tx) SaveCustomField(f core.CustomField) error {
	choices, err := json.Marshal(f.Choices)
	if err == nil {
		_, err = t.exec(`INSERT INTO custom_fields (name, type, choices) VALUES (?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET type = excluded.type, choices = excluded.choices`, strings.ToLower(f.Name), f.Type, string(choices))
	}
	return t.db.fail("storage.SaveCustomField", err)
}

// Segments implements core.SegmentStore.
func (db *DB) Segments(ctx context.Context) ([]core.SavedSegment, error) {
	scan := func(rows *sql.Rows, s *core.SavedSegment) error { return rows.Scan(&s.Name, &s.Expr) }
	ss, err := all(reading{ctx, db}, scan, "SELECT name, expr FROM segments ORDER BY name")
	return ss, db.fail("storage.Segments", err)
}

// SaveSegment implements core.SegmentStore.
func (db *DB) SaveSegment(ctx context.Context, s core.SavedSegment) error {
	return db.write(ctx, "storage.SaveSegment", func(t *tx) error {
		_, err := t.exec("INSERT INTO segments (name, expr, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET expr = excluded.expr",
			s.Name, s.Expr, ms(db.now()))
		return err
	})
}

// RemoveSegment implements core.SegmentStore.
func (db *DB) RemoveSegment(ctx context.Context, name string) error {
	return db.write(ctx, "storage.RemoveSegment", func(t *tx) error {
		return t.must1("DELETE FROM segments WHERE name = ?", name)
	})
}

// Consents returns the ledger of a contact, oldest first.
func (db *DB) Consents(ctx context.Context, contact int64) ([]consent.Entry, error) {
	es, err := consents(reading{ctx, db}, contact)
	return es, db.fail("storage.Consents", err)
}

// promoted is the last promotion that was sent to a contact since a time.
const promoted = `SELECT coalesce(max(m.at), 0) FROM conversations c JOIN messages m INDEXED BY messages_chat ON m.conversation_id = c.id
	WHERE c.contact_id = ?1 AND m.direction = 1 AND m.type = 'template' AND m.state <> 'failed' AND m.at >= ?2
		AND upper(m.extra ->> '$.template.category') = 'MARKETING'`

// Promoted implements consent.Tx.
func (t *tx) Promoted(contact int64, since time.Time) (time.Time, error) {
	n, err := one(t, scanInt, promoted, contact, ms(since))
	return at(n), t.db.fail("storage.Promoted", err)
}

// Promoted is what consent.Tx promises, for who only reads.
func (db *DB) Promoted(ctx context.Context, contact int64, since time.Time) (time.Time, error) {
	n, err := one(reading{ctx, db}, scanInt, promoted, contact, ms(since))
	return at(n), db.fail("storage.Promoted", err)
}

// AddConsent adds a line to the ledger and brings the flags that segments ask
// about up to it. The entry gets its ID. A stop takes the person's campaign
// messages back that have not left, whoever enters it.
func (t *tx) AddConsent(e *consent.Entry) error {
	return t.db.fail("storage.AddConsent", t.addConsent(e))
}

// Consents returns the ledger of a contact, oldest first.
func (t *tx) Consents(contact int64) ([]consent.Entry, error) {
	es, err := consents(t, contact)
	return es, t.db.fail("storage.Consents", err)
}

const consentColumns = "id, contact_id, kind, scope, at, source, words, place, agent, channel_id, undoes"

func scanConsent(rows *sql.Rows, e *consent.Entry) error {
	var when int64
	err := rows.Scan(&e.ID, &e.ContactID, &e.Kind, &e.Scope, &when, &e.Source, &e.Words, &e.Place, &e.Agent, &e.ChannelID, &e.Undoes)
	e.At = at(when)
	return err
}

func consents(src source, contact int64) ([]consent.Entry, error) {
	return all(src, scanConsent, "SELECT "+consentColumns+" FROM consents WHERE contact_id = ? ORDER BY at, id", contact)
}

func (t *tx) addConsent(e *consent.Entry) (err error) {
	e.ID, err = t.insert(`INSERT INTO consents (contact_id, kind, scope, at, source, words, place, agent, channel_id, undoes)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, e.ContactID, e.Kind, e.Scope, ms(e.At), e.Source, e.Words, e.Place, e.Agent, e.ChannelID, e.Undoes)
	if err == nil {
		err = t.standing(e.ContactID)
	}
	if err == nil && (e.Kind == consent.OptOut || e.Kind == consent.ProviderStop) {
		err = campaign.Withdraw(t, e.ContactID, e.Scope == consent.Everything)
	}
	return err
}

// standing brings the flags that segments ask about up to the ledger.
func (t *tx) standing(contact int64) error {
	es, err := consents(t, contact)
	if err != nil {
		return err
	}
	in, out, agreed := marketing(es)
	_, err = t.exec("UPDATE facts SET optin = ?, optout = ?, agreed = ? WHERE contact_id = ?", in, out, agreed, contact)
	return err
}
