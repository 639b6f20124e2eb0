package storage

import (
	"context"
	"database/sql"
	"encoding/json"

	"bottega/core"
	"bottega/core/campaign"
)

// personsSelect finds contacts as they stand by themselves.
const personsSelect = "SELECT " + personColumns + hoursColumn + ` FROM json_each(?2) j CROSS JOIN contacts k ON k.id = j.value JOIN facts f ON f.contact_id = k.id
	LEFT JOIN conversations v ON v.contact_id = k.id AND v.channel_id = ?1`

// addressesOf are what tells that contacts are one person.
const addressesOf = `SELECT i.contact_id, i.kind, i.value FROM json_each(?1) j CROSS JOIN identities i ON i.contact_id = j.value AND i.kind IN ('phone', 'user_id')
	UNION SELECT k.id, 'phone', k.phone FROM json_each(?1) j CROSS JOIN contacts k ON k.id = j.value WHERE k.phone <> ''`

// sharing finds the other contacts that have one of the addresses in a list of
// [contact, kind, value].
const sharing = `SELECT DISTINCT j.value ->> 0, i.contact_id FROM json_each(?) j CROSS JOIN identities i ON i.kind = j.value ->> 1 AND i.value = j.value ->> 2
	WHERE i.contact_id <> j.value ->> 0`

// promosSelect finds contacts' promotions. One that the provider refused at
// once was none.
const promosSelect = `SELECT c.contact_id, coalesce(max(CASE WHEN m.state <> 'failed' OR m.provider_id IS NOT NULL THEN m.at END), 0),
	coalesce(max(CASE WHEN m.error IS NOT NULL AND json_extract(m.error, '$.class') = 'marketing_capped' THEN m.at END), 0)
	FROM json_each(?) j CROSS JOIN conversations c ON c.contact_id = j.value CROSS JOIN messages m INDEXED BY messages_promo ON m.conversation_id = c.id AND m.flags & 16
	GROUP BY c.contact_id`

// Persons implements campaign.Store.
func (db *DB) Persons(ctx context.Context, channel int64, contacts []int64) ([]campaign.Person, error) {
	var out []campaign.Person
	err := db.snapshot(ctx, func(src source) (err error) {
		out, err = persons(src, channel, contacts)
		return err
	})
	return out, db.fail("storage.Persons", err)
}

// Person implements campaign.PersonTx.
func (t *tx) Person(channel, contact int64) (campaign.Person, error) {
	ps, err := persons(t, channel, []int64{contact})
	if err == nil && ps[0].Contact == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return campaign.Person{}, t.db.fail("storage.Person", err)
	}
	return ps[0], nil
}

// PersonsIn implements campaign.PersonTx.
func (t *tx) PersonsIn(channel int64, contacts []int64) ([]campaign.Person, error) {
	ps, err := persons(t, channel, contacts)
	return ps, t.db.fail("storage.PersonsIn", err)
}

// persons asks a few questions about all instead of a few about each.
func persons(src source, channel int64, contacts []int64) ([]campaign.Person, error) {
	own, err := list(contacts)
	if err != nil {
		return nil, err
	}
	same, err := samePersons(src, own)
	if err != nil {
		return nil, err
	}
	everybody := append([]int64{}, contacts...)
	for _, others := range same {
		everybody = append(everybody, others...)
	}
	in, err := list(everybody)
	if err != nil {
		return nil, err
	}
	found, err := personsByID(src, channel, in)
	if err != nil {
		return nil, err
	}
	promos, err := promosOf(src, in)
	if err != nil {
		return nil, err
	}
	if err := customValues(src, own, found); err != nil {
		return nil, err
	}
	out := make([]campaign.Person, len(contacts))
	for i, id := range contacts {
		p, ok := found[id]
		if !ok {
			continue // gone: the zero person
		}
		p.Shared = len(same[id]) > 0
		p.Promoted(at(promos[id].promo), at(promos[id].capped))
		for _, other := range same[id] {
			p.Promoted(at(promos[other].promo), at(promos[other].capped))
			if o, ok := found[other]; ok {
				p.Join(&o)
			}
		}
		out[i] = p
	}
	return out, nil
}

// personsByID reads persons as they stand by themselves.
func personsByID(src source, channel int64, in string) (map[int64]campaign.Person, error) {
	found := map[int64]campaign.Person{}
	r := personRow{withHours: true}
	err := src.query(func(rows *sql.Rows) error {
		if err := r.scan(rows); err != nil {
			return err
		}
		found[r.p.Contact] = r.p
		return nil
	}, personsSelect, channel, in)
	return found, err
}

// customValues adds the shop's own fields.
func customValues(src source, in string, found map[int64]campaign.Person) error {
	return src.query(func(rows *sql.Rows) error {
		var id int64
		var field, value string
		if err := rows.Scan(&id, &field, &value); err != nil {
			return err
		}
		p, ok := found[id]
		if !ok {
			return nil
		}
		if p.Fields == nil {
			p.Fields = map[string]string{}
		}
		p.Fields[field] = value
		found[id] = p
		return nil
	}, "SELECT c.contact_id, c.field, c.value FROM json_each(?) j CROSS JOIN custom_values c ON c.contact_id = j.value", in)
}

// promosOf are the last promotions of contacts.
func promosOf(src source, in string) (map[int64]rests, error) {
	out := map[int64]rests{}
	err := src.query(func(rows *sql.Rows) error {
		var id int64
		var x rests
		err := rows.Scan(&id, &x.promo, &x.capped)
		out[id] = x
		return err
	}, promosSelect, in)
	return out, err
}

// samePersons returns for contacts the others that are the same person: those
// that share a number, in any form, or a user id.
func samePersons(src source, in string) (map[int64][]int64, error) {
	var addresses [][3]any
	err := src.query(func(rows *sql.Rows) error {
		var id int64
		var kind, value string
		if err := rows.Scan(&id, &kind, &value); err != nil {
			return err
		}
		if kind != string(core.IdentityPhone) {
			addresses = append(addresses, [3]any{id, kind, value})
			return nil
		}
		for _, f := range core.Phone(value).Forms() {
			addresses = append(addresses, [3]any{id, kind, f})
		}
		return nil
	}, addressesOf, in)
	if err != nil || len(addresses) == 0 {
		return nil, err
	}
	b, err := json.Marshal(addresses)
	if err != nil {
		return nil, err
	}
	same := map[int64][]int64{}
	err = src.query(func(rows *sql.Rows) error {
		var id, other int64
		err := rows.Scan(&id, &other)
		same[id] = append(same[id], other)
		return err
	}, sharing, string(b))
	return same, err
}
