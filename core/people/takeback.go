package people

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/contact"
)

// ImportStart is an import that begins.
type ImportStart struct {
	File, Agent string
	At, Until   time.Time
	Fields      []string // of the shop's own that it makes
}

// Person is somebody new with all that is known of them.
type Person struct {
	Known      // the ledger's entries get their contact
	Country    string
	Identities []core.Identity
	Import     int64 // whose journal it is entered in; 0 for none
}

// ImportRow is a line of an import's journal; Change is "" for somebody new.
type ImportRow struct {
	Contact int64
	Change  string
}

// ImportTx is what an import writes.
type ImportTx interface {
	Book
	// AddPeople adds people and gives them their ids.
	AddPeople(ps []Person) error
	// RenewImport extends the lease; Conflict when another process has taken
	// the import for dead and takes it back.
	RenewImport(id int64, until time.Time) error
	// JournalImport enters what was done to people.
	JournalImport(id int64, rows []ImportRow) error
	// ImportRows returns up to limit lines, the newest people first.
	ImportRows(id int64, limit int) ([]ImportRow, error)
	// DropImportRows forgets lines.
	DropImportRows(id int64, contacts []int64) error
	// Untouched reports whether nothing but an import knows a person: no talk,
	// no purchase, no merge, no entry of the ledger beyond the first n.
	Untouched(contact int64) (bool, error)
	RemoveContact(contact int64) error
	RemoveConsent(entry int64) error
}

// change is what an import does to somebody known, in the words that undo it.
type change struct {
	Set        map[string][2]string `json:"set,omitempty"` // before and after, by field
	Tags       []string             `json:"tags,omitempty"`
	Identities []core.Identity      `json:"identities,omitempty"`
	Entry      int64                `json:"entry,omitempty"`
}

// fields are names of what changes, for people.
func (c *change) fields(agreed bool) []string {
	fs := slices.Sorted(maps.Keys(c.Set))
	for _, i := range c.Identities {
		name := map[core.IdentityKind]string{core.IdentityPhone: contact.ColPhone, core.IdentityUser: contact.ColUserID}[i.Kind]
		if !slices.Contains(fs, name) {
			fs = append(fs, name)
		}
	}
	if len(c.Tags) > 0 {
		fs = append(fs, contact.ColTags)
	}
	if agreed {
		fs = append(fs, contact.ColConsent)
	}
	return fs
}

// columns are the plain texts of a person by field.
func columns(c *core.Contact, p *core.Profile) map[string]*string {
	return map[string]*string{
		contact.ColName: &c.Name, contact.ColUsername: &c.Username, contact.ColLanguage: &c.Language, contact.ColZone: &c.TimeZone,
		contact.ColValue: (*string)(&c.Value), contact.ColPhone: (*string)(&c.Phone),
		contact.ColEmail: &p.Email, contact.ColBirthday: &p.Birthday, contact.ColNote: &p.Note,
	}
}

// compare notes what st does to k.
func (c *change) compare(k *Known, contactChanged, profileChanged bool, st *step) {
	if !contactChanged && !profileChanged {
		return
	}
	c.Set = map[string][2]string{}
	before, after := columns(&k.Contact, &k.Profile), columns(&st.contact, &st.profile)
	for f, v := range before {
		if *v != *after[f] {
			c.Set[f] = [2]string{*v, *after[f]}
		}
	}
	for f, v := range st.profile.Custom {
		if old := k.Profile.Custom[f]; old != v {
			c.Set[contact.CustomPrefix+f] = [2]string{old, v}
		}
	}
	for _, t := range st.contact.Tags {
		if !slices.Contains(k.Contact.Tags, t) {
			c.Tags = append(c.Tags, t)
		}
	}
}

// apply writes a plan.
func (im *importer) apply(tx Tx, pl *plan) error {
	if err := tx.RenewImport(im.out.ID, im.Now().Add(importLease)); err != nil {
		return err
	}
	var ps []Person
	var rows []ImportRow
	for i := range pl.steps {
		st := &pl.steps[i]
		if st.fresh {
			p := Person{Known: Known{Contact: st.contact, Profile: st.profile}, Country: st.country, Identities: st.identities, Import: im.out.ID}
			if st.entry != nil {
				p.Ledger = append(p.Ledger, *st.entry)
			}
			ps = append(ps, p)
			continue
		}
		if err := im.update(tx, st); err != nil {
			return err
		}
		text, err := json.Marshal(st.change)
		if err != nil {
			return err
		}
		rows = append(rows, ImportRow{st.contact.ID, string(text)})
	}
	if err := tx.AddPeople(ps); err != nil {
		return err
	}
	for i, n := 0, 0; i < len(pl.steps); i++ {
		if st := &pl.steps[i]; st.fresh {
			o := &pl.outcomes[st.outcome]
			o.Contact = ps[n].Contact.ID
			pl.seen.people[o.Contact] = o.Row
			n++
		}
	}
	if len(pl.steps) > 0 {
		tx.Changed(core.Change{Kind: core.Contacts})
	}
	return tx.JournalImport(im.out.ID, rows)
}

// update writes what a row changes of somebody known.
func (im *importer) update(tx Tx, st *step) error {
	id := st.contact.ID
	if len(st.change.Set) > 0 || len(st.change.Tags) > 0 {
		if err := tx.SaveContact(&st.contact); err != nil {
			return err
		}
		if err := tx.SaveProfile(id, st.profile); err != nil {
			return err
		}
		if _, tier := st.change.Set[contact.ColValue]; tier || len(st.change.Tags) > 0 {
			if err := im.shown(tx, &st.contact, tier); err != nil {
				return err
			}
		}
	}
	for _, i := range st.identities {
		if err := tx.AddIdentity(id, i); err != nil {
			return err
		}
	}
	if st.entry == nil {
		return nil
	}
	st.entry.ContactID = id
	err := tx.AddConsent(st.entry)
	st.change.Entry = st.entry.ID
	return err
}

// Mend takes back imports that a crash cut short. Whoever opens a shop to
// write calls it. It does nothing while the process of an import lives.
func (s *Service) Mend(ctx context.Context, progress func(rows int)) error {
	dead, err := s.Store.DeadImports(ctx, s.Now())
	for _, id := range dead {
		if err == nil {
			_, err = s.takeBack(ctx, id, progress)
		}
	}
	return err
}

// TakenBack is what became of the people of an import that was taken back.
type TakenBack struct {
	Removed  int // it made them and nobody dealt with them since
	Restored int // it changed them and they are as before
	Stayed   int // it made them and they wrote, bought, agreed, were edited or merged since
	Partly   int // it changed them and somebody else since: what was changed again stays
	Missing  int // erased or merged into somebody else since
}

func (t *TakenBack) add(o TakenBack) {
	t.Removed, t.Restored, t.Stayed, t.Partly, t.Missing = t.Removed+o.Removed, t.Restored+o.Restored, t.Stayed+o.Stayed, t.Partly+o.Partly, t.Missing+o.Missing
}

// UndoImport takes an import back that is done: whoever it made and nobody has
// dealt with since is gone, of the others what still stands as it left it.
// NotFound when it is not there or not the last one, whose journal alone is kept.
func (s *Service) UndoImport(ctx context.Context, id int64, progress func(rows int)) (TakenBack, error) {
	if err := s.Mend(ctx, nil); err != nil {
		return TakenBack{}, err
	}
	t, err := s.takeBack(ctx, id, progress)
	return t, fail("people.UndoImport", err)
}

// takeBack undoes an import, the newest rows first, part by part. Interrupted it
// goes on where it was.
func (s *Service) takeBack(ctx context.Context, id int64, progress func(rows int)) (all TakenBack, err error) {
	if err := s.Store.RevertImport(ctx, id, s.Now().Add(importLease)); err != nil {
		return all, err
	}
	for n, more := 0, true; more; {
		var did TakenBack
		err := s.write(ctx, func(tx Tx) error { // may run twice
			did = TakenBack{}
			if err := tx.RenewImport(id, s.Now().Add(importLease)); err != nil {
				return err
			}
			rows, err := tx.ImportRows(id, chunk)
			if err != nil {
				return err
			}
			done := make([]int64, len(rows))
			for i, r := range rows {
				if err := s.revert(tx, r, &did); err != nil {
					return err
				}
				done[i] = r.Contact
			}
			more = len(rows) == chunk
			tx.Changed(core.Change{Kind: core.Contacts})
			return tx.DropImportRows(id, done)
		})
		if err != nil {
			return all, err
		}
		all.add(did)
		n += did.Removed + did.Restored + did.Stayed + did.Partly + did.Missing
		if progress != nil {
			progress(n)
		}
	}
	return all, s.Store.EndImport(ctx, id)
}

// revert undoes a line of the journal and counts what became of it.
func (s *Service) revert(tx Tx, r ImportRow, n *TakenBack) error {
	c, err := tx.Contact(r.Contact)
	if core.CodeOf(err) == core.NotFound {
		n.Missing++ // erased or merged meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	if r.Change == "" {
		alone, err := tx.Untouched(r.Contact)
		if err != nil {
			return err
		}
		if !alone || c.Rev > 1 { // the first revision is the import's own
			n.Stayed++
			return nil
		}
		n.Removed++
		return tx.RemoveContact(r.Contact)
	}
	var ch change
	if err := json.Unmarshal([]byte(r.Change), &ch); err != nil {
		return core.Fail(core.Damaged, "people.revert", err)
	}
	p, err := tx.Profile(r.Contact)
	if err != nil {
		return err
	}
	tier, whole := ch.revert(&c, &p)
	if whole {
		n.Restored++
	} else {
		n.Partly++
	}
	if err := errors.Join(tx.SaveContact(&c), tx.SaveProfile(c.ID, p)); err != nil {
		return err
	}
	for _, i := range ch.Identities {
		if slices.Contains(c.Identities, i) {
			if err := tx.RemoveIdentity(i); err != nil {
				return err
			}
		}
	}
	if ch.Entry != 0 {
		if err := tx.RemoveConsent(ch.Entry); err != nil && core.CodeOf(err) != core.NotFound {
			return err
		}
	}
	return s.shown(tx, &c, tier)
}

// revert puts back what still stands as the import left it, and reports
// whether the value tier is among it and whether that was all.
func (ch *change) revert(c *core.Contact, p *core.Profile) (tier, whole bool) {
	now := columns(c, p)
	whole = true
	p.Custom = maps.Clone(p.Custom)
	for f, v := range ch.Set {
		name, own := cutCustom(f)
		switch {
		case own && p.Custom[name] == v[1]:
			if p.Custom[name] = v[0]; v[0] == "" {
				delete(p.Custom, name)
			}
		case !own && now[f] != nil && *now[f] == v[1]:
			*now[f] = v[0]
			tier = tier || f == contact.ColValue
		case own && p.Custom[name] != v[0], !own && now[f] != nil && *now[f] != v[0]:
			whole = false
		}
	}
	c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return slices.Contains(ch.Tags, t) })
	return tier, whole
}
