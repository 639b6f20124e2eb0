package storage

import (
	"errors"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/fold"
	"bottega/core/people"
)

// AddPeople implements people.ImportTx, a table after the other: a statement
// that fires triggers makes the search index write out what it has gathered, so
// its rows come last.
func (t *tx) AddPeople(ps []people.Person) error {
	if len(ps) == 0 {
		return nil
	}
	return t.db.fail("storage.AddPeople", t.addPeople(ps))
}

func (t *tx) addPeople(ps []people.Person) error {
	last, err := one(t, scanInt, "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'contacts'), 0), coalesce((SELECT max(id) FROM contacts), 0))")
	if err != nil {
		return err
	}
	for i := range ps {
		c := &ps[i].Contact
		c.ID, c.Rev, c.Tags = last+1+int64(i), 1, cleanTags(c.Tags)
	}
	err = errors.Join(t.addRows(ps), t.addMore(ps))
	for i := 0; i < len(ps) && err == nil; i++ {
		err = t.indexContact(nil, &ps[i].Contact)
	}
	return err
}

// addRows writes who the people are.
func (t *tx) addRows(ps []people.Person) error {
	contacts := bulk{t: t, into: "contacts (id, name, username, phone, language, time_zone, value, tags, created_at, last_in_at, email, birthday, note)", width: 13}
	facts := bulk{t: t, into: "facts (contact_id, value, last_in, created, optin, optout, agreed, lang, country, words, phone, name, username, zone)", width: 14}
	ids := bulk{t: t, into: "identities (channel_id, kind, value, contact_id)", width: 4}
	for i := range ps {
		p := &ps[i]
		c := &p.Contact
		contacts.add(c.ID, c.Name, c.Username, c.Phone, c.Language, c.TimeZone, c.Value, strings.Join(c.Tags, "\n"), ms(c.CreatedAt), ms(c.LastInAt),
			p.Profile.Email, p.Profile.Birthday, p.Profile.Note)
		in, out, agreed := marketing(p.Ledger)
		name, user := fold.String(c.Name), fold.String(c.Username)
		facts.add(c.ID, max(0, slices.Index(core.ValueTiers, c.Value)), ms(c.LastInAt), ms(c.CreatedAt), in, out, agreed, fold.String(c.Language),
			fold.String(countryAmong(p)), knownBy(name, c.Phone, user), c.Phone, name, user, fold.String(c.TimeZone))
		for _, id := range p.Identities {
			ids.add(id.ChannelID, id.Kind, id.Value, c.ID)
		}
	}
	return errors.Join(contacts.end(), facts.end(), ids.end())
}

// countryAmong is the country of a person's number, else of a user id.
func countryAmong(p *people.Person) string {
	if p.Country != "" {
		return p.Country
	}
	for _, id := range p.Identities {
		if id.Kind == core.IdentityUser {
			return countryOf("", id.Value)
		}
	}
	return ""
}

// addMore writes what hangs on them.
func (t *tx) addMore(ps []people.Person) error {
	tags := bulk{t: t, into: "contact_tags (tag, contact_id)", width: 2}
	custom := bulk{t: t, into: "custom_values (field, contact_id, value, folded, cased, number, day)", width: 7}
	entries := bulk{t: t, into: "consents (contact_id, kind, scope, at, source, words, place, agent, channel_id, undoes)", width: 10}
	journal := bulk{t: t, into: "import_rows (import_id, contact_id, change)", width: 3}
	for i := range ps {
		p := &ps[i]
		for _, tag := range p.Contact.Tags {
			tags.add(tag, p.Contact.ID)
		}
		for field, v := range p.Profile.Custom {
			if v != "" {
				custom.add(customRow(field, p.Contact.ID, v)...)
			}
		}
		for _, e := range p.Ledger {
			entries.add(p.Contact.ID, e.Kind, e.Scope, ms(e.At), e.Source, e.Words, e.Place, e.Agent, e.ChannelID, e.Undoes)
		}
		if p.Import != 0 {
			journal.add(p.Import, p.Contact.ID, "")
		}
	}
	return errors.Join(tags.end(), custom.end(), entries.end(), journal.end())
}

// marketing is what segments ask of a ledger, and since when the consent that
// stands was given.
func marketing(es []consent.Entry) (in, out, agreed int64) {
	m := consent.Of(es, false).Marketing
	if m.Allowed {
		agreed = ms(m.Entry.At)
	}
	return number(m.Allowed), number(m.Reason.Out()), agreed
}
