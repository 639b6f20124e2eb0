package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"time"

	"bottega/core/campaign"
	"bottega/core/consent"
)

// personColumns are what a decision needs of a person, from contacts k, their
// facts f and their conversation v on the channel that is asked about. Of the
// ledger only those who stopped have anything to tell beyond the flags.
const personColumns = `k.id, k.name, k.phone, k.language, k.time_zone, k.username, k.email, k.birthday, f.country, f.optin, f.blocked,
	max(f.last_in, f.last_read, f.last_order, f.agreed), coalesce(v.window_closes, 0), coalesce(v.free_until, 0),
	(SELECT i.value FROM identities i WHERE i.contact_id = k.id AND i.kind = 'user_id' ORDER BY i.channel_id <> v.channel_id, i.channel_id LIMIT 1),
	CASE WHEN f.optout THEN (SELECT json_group_array(json_object('id', e.id, 'kind', e.kind, 'scope', e.scope, 'at', e.at, 'undoes', e.undoes))
		FROM consents e WHERE e.contact_id = k.id) END`

// personRow has the places for personColumns.
type personRow struct {
	p                         campaign.Person
	username, email, birthday string
	optin                     bool
	active, window, free      int64
	user, ledger              sql.NullString
	hours                     sql.NullString // of those who ask for them
	fields                    []sql.NullString
	names                     []string // of fields
	withHours                 bool
	country                   string
}

func (r *personRow) scan(rows *sql.Rows) error {
	p := &r.p
	*p = campaign.Person{}
	to := []any{&p.Contact, &p.Name, &p.Phone, &p.Language, &p.Zone, &r.username, &r.email, &r.birthday, &r.country, &r.optin, &p.Blocked,
		&r.active, &r.window, &r.free, &r.user, &r.ledger}
	if r.withHours {
		to = append(to, &r.hours)
	}
	for i := range r.fields {
		to = append(to, &r.fields[i])
	}
	if err := rows.Scan(to...); err != nil {
		return err
	}
	p.Country, p.UserID = strings.ToUpper(r.country), r.user.String
	p.ActiveAt, p.WindowTo, p.FreeTo = at(r.active), at(r.window), at(r.free)
	r.fill()
	if err := r.hoursOf(); err != nil {
		return err
	}
	return r.consent()
}

// fill sets the values that variables may ask for.
func (r *personRow) fill() {
	set := func(name, v string) {
		if v == "" {
			return
		}
		if r.p.Fields == nil {
			r.p.Fields = map[string]string{}
		}
		r.p.Fields[name] = v
	}
	set("username", r.username)
	set("email", r.email)
	set("birthday", r.birthday)
	for i, name := range r.names {
		set(name, r.fields[i].String)
	}
}

// hoursOf reads "[[9,3],[10,12]]": how often, by hour.
func (r *personRow) hoursOf() error {
	if !r.hours.Valid {
		return nil
	}
	var pairs [][2]int64
	if err := json.Unmarshal([]byte(r.hours.String), &pairs); err != nil {
		return err
	}
	for _, h := range pairs {
		if h[0] >= 0 && h[0] < 24 {
			r.p.Hours[h[0]] = uint16(min(h[1], math.MaxUint16))
		}
	}
	return nil
}

// consent is what the ledger says, by its flags where nobody said stop.
func (r *personRow) consent() error {
	r.p.Marketing, r.p.Utility = consent.NeverAgreed, consent.NotObjected
	if r.optin {
		r.p.Marketing = consent.Agreed
	}
	if !r.ledger.Valid {
		return nil
	}
	var lines []struct {
		ID, At, Undoes int64
		Kind           consent.Kind
		Scope          consent.Scope
	}
	if err := json.Unmarshal([]byte(r.ledger.String), &lines); err != nil {
		return err
	}
	es := make([]consent.Entry, len(lines))
	for i, l := range lines {
		es[i] = consent.Entry{ID: l.ID, At: at(l.At), Undoes: l.Undoes, Kind: l.Kind, Scope: l.Scope}
	}
	s := consent.Of(es, false)
	r.p.Marketing, r.p.Utility = s.Marketing.Reason, s.Utility.Reason
	return nil
}

const hoursColumn = ", (SELECT json_group_array(json_array(h.hour, h.n)) FROM reply_hours h WHERE h.contact_id = k.id)"

// rests are a contact's last promotions for a plan.
type rests struct{ promo, capped int64 }

// People implements campaign.Audience. It reads in one walk; promotions of the
// last time are read before, for a shop has few of them beside its people.
func (db *DB) People(ctx context.Context, q campaign.PeopleQuery, yield func(*campaign.Person) bool) error {
	return db.fail("storage.People", db.people(ctx, q, yield))
}

func (db *DB) people(ctx context.Context, q campaign.PeopleQuery, yield func(*campaign.Person) bool) error {
	recent, err := db.recentPromos(ctx, q.Since)
	if err != nil {
		return err
	}
	r := personRow{withHours: q.Hours}
	stmt := "SELECT " + personColumns
	var args []any
	if q.Hours {
		stmt += hoursColumn
	}
	for _, f := range q.Fields {
		stmt += ", (SELECT c.value FROM custom_values c WHERE c.field = ? AND c.contact_id = k.id)"
		args = append(args, strings.ToLower(f))
		r.names, r.fields = append(r.names, f), append(r.fields, sql.NullString{})
	}
	stmt += " FROM facts f JOIN contacts k ON k.id = f.contact_id LEFT JOIN conversations v ON v.contact_id = k.id AND v.channel_id = ?"
	who, whoArgs := condition(q.Who, q.Now, q.Bands)
	stmt += " WHERE (" + who + ")"
	args = append(append(args, q.Channel), whoArgs...)
	if q.Not != nil {
		not, notArgs := condition(*q.Not, q.Now, q.Bands)
		stmt, args = stmt+" AND NOT ("+not+")", append(args, notArgs...)
	}
	err = once{ctx, db}.query(func(rows *sql.Rows) error {
		if err := r.scan(rows); err != nil {
			return err
		}
		if x, ok := recent[r.p.Contact]; ok {
			r.p.Promoted(at(x.promo), at(x.capped))
		}
		if !yield(&r.p) {
			return errEnough
		}
		return nil
	}, stmt+" ORDER BY f.contact_id", args...)
	if err == errEnough {
		return nil
	}
	return err
}

// recentPromos are the promotions since a time, by contact.
func (db *DB) recentPromos(ctx context.Context, since time.Time) (map[int64]rests, error) {
	out := map[int64]rests{}
	err := reading{ctx, db}.query(func(rows *sql.Rows) error {
		var contact, when int64
		var counts, capped bool
		if err := rows.Scan(&contact, &when, &counts, &capped); err != nil {
			return err
		}
		x := out[contact]
		if counts {
			x.promo = max(x.promo, when)
		}
		if capped {
			x.capped = max(x.capped, when)
		}
		out[contact] = x
		return nil
	}, `SELECT c.contact_id, m.at, m.state <> 'failed' OR m.provider_id IS NOT NULL,
		m.error IS NOT NULL AND coalesce(json_extract(m.error, '$.class') = 'marketing_capped', 0)
		FROM messages m INDEXED BY messages_out CROSS JOIN conversations c ON c.id = m.conversation_id
		WHERE m.direction = 1 AND m.at >= ? AND m.type = 'template' AND m.flags & 16`, ms(since))
	return out, err
}
