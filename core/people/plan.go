package people

import (
	"maps"
	"slices"
	"strconv"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
)

// Book is what a plan of an import reads, many people at a time.
type Book interface {
	// Owners tells whose each value is, on any channel; of several owners the
	// one on the lowest channel.
	Owners(kind core.IdentityKind, values []string) (map[string]int64, error)
	// Known reads people by id.
	Known(ids []int64) (map[int64]Known, error)
	// Buried tells which of the hashes have a tombstone.
	Buried(hashes []string) (map[string]bool, error)
}

// Known is what a shop has of a person, as far as an import compares it.
type Known struct {
	Contact core.Contact // without identities
	Profile core.Profile
	Ledger  []consent.Entry
}

// seen is who was spoken of, with the row.
type seen struct {
	people map[int64]int
	phones map[uint64]int // by the least of a number's forms
	users  map[string]int
}

func newSeen() seen { return seen{map[int64]int{}, map[uint64]int{}, map[string]int{}} }

func (s seen) merge(o seen) {
	maps.Copy(s.people, o.people)
	maps.Copy(s.phones, o.phones)
	maps.Copy(s.users, o.users)
}

// phoneKey is the same for all forms of a number: at most 15 digits.
func phoneKey(p core.Phone) uint64 {
	n, err := strconv.ParseUint(string(slices.Min(p.Forms())[1:]), 10, 64)
	if err != nil {
		return 0 // ReadPhone gives none
	}
	return n
}

// plan is what a part of a table will do.
type plan struct {
	outcomes []Outcome
	steps    []step
	seen     seen
}

// step is one row that writes something.
type step struct {
	outcome    int // its place among the outcomes
	fresh      bool
	contact    core.Contact
	profile    core.Profile
	country    string
	identities []core.Identity // to add
	entry      *consent.Entry  // to add
	change     change          // what it does to somebody known
}

// planner plans one part.
type planner struct {
	*importer
	plan
	phones map[string]int64
	users  map[string]int64
	known  map[int64]Known
	buried map[string]bool
}

// plan judges each row of a part against the store and the rows before it.
func (im *importer) plan(b Book, p []read) (*plan, error) {
	pl := &planner{importer: im, plan: plan{seen: newSeen(), outcomes: make([]Outcome, 0, len(p))}}
	if err := pl.look(b, p); err != nil {
		return nil, err
	}
	for i := range p {
		o := pl.judge(&p[i])
		o.Row, o.Name, o.Phone = p[i].row.Line, p[i].draft.Name, p[i].draft.Phone
		if o.Fate != FateRefused && o.Fate != FateDuplicate {
			o.Left = pl.left(&p[i])
		}
		pl.outcomes = append(pl.outcomes, o)
	}
	return &pl.plan, nil
}

// look asks the store once for all that the part speaks of.
func (pl *planner) look(b Book, p []read) (err error) {
	var phones, users, hashes []string
	for i := range p {
		d := &p[i].draft
		if d.Phone != "" {
			for _, f := range d.Phone.Forms() {
				phones = append(phones, string(f))
			}
		}
		if d.UserID != "" {
			users = append(users, d.UserID)
		}
		hashes = append(hashes, pl.graves(d)...)
	}
	if pl.phones, err = b.Owners(core.IdentityPhone, phones); err != nil {
		return err
	}
	if pl.users, err = b.Owners(core.IdentityUser, users); err != nil {
		return err
	}
	if pl.buried, err = b.Buried(hashes); err != nil {
		return err
	}
	ids := map[int64]bool{}
	for _, owners := range []map[string]int64{pl.phones, pl.users} {
		for _, id := range owners {
			ids[id] = true
		}
	}
	pl.known, err = b.Known(slices.Sorted(maps.Keys(ids)))
	return err
}

// graves are the hashes under which a draft's person may be buried.
func (pl *planner) graves(d *contact.Draft) (hs []string) {
	if pl.salt == "" {
		return nil // nobody was ever erased
	}
	if d.Phone != "" {
		hs = append(hs, tombstone(pl.salt, core.IdentityPhone, string(slices.Min(d.Phone.Forms()))))
	}
	if d.UserID != "" {
		hs = append(hs, tombstone(pl.salt, core.IdentityUser, d.UserID))
	}
	return hs
}

func (pl *planner) judge(rd *read) Outcome {
	if rd.row.Problem != "" || rd.bad != nil {
		return pl.refuse(rd)
	}
	d := &rd.draft
	id, row := pl.who(d)
	if row == 0 && id != 0 {
		row = pl.rowOf(id)
	}
	if row != 0 {
		return Outcome{Fate: FateDuplicate, Contact: id, Duplicate: row}
	}
	for _, t := range pl.o.Tags {
		if !slices.Contains(d.Tags, t) {
			d.Tags = append(d.Tags, t)
		}
	}
	if id == 0 {
		return pl.fresh(rd)
	}
	return pl.known1(rd, id)
}

func (pl *planner) refuse(rd *read) Outcome {
	p := Problem{Row: rd.row.Line, Code: rd.row.Problem}
	if rd.bad != nil {
		p = pl.o.Table.problem(rd.row.Line, rd.bad)
	}
	return Outcome{Fate: FateRefused, Problem: p}
}

// problem names the column of a bad cell.
func (t *Table) problem(line int, bad *contact.Bad) Problem {
	p := Problem{Row: line, Value: bad.Value, Code: string(bad.Problem)}
	if bad.Column < len(t.Header) {
		p.Column = t.Header[bad.Column]
	}
	return p
}

// left are the cells of a row that were left out.
func (pl *planner) left(rd *read) (out []Problem) {
	for i := range rd.draft.Left {
		p := pl.o.Table.problem(rd.row.Line, &rd.draft.Left[i])
		p.Left = true
		out = append(out, p)
	}
	return out
}

// who finds the person of a draft, or the row that made them: by phone in all
// the forms that are one number, then by user id.
func (pl *planner) who(d *contact.Draft) (id int64, row int) {
	if d.Phone != "" {
		for _, f := range d.Phone.Forms() {
			if id := pl.phones[string(f)]; id != 0 {
				return id, 0
			}
		}
		if row := pl.keyed(func(s seen) int { return s.phones[phoneKey(d.Phone)] }); row != 0 {
			return 0, row
		}
	}
	if d.UserID == "" {
		return 0, 0
	}
	if id := pl.users[d.UserID]; id != 0 {
		return id, 0
	}
	return 0, pl.keyed(func(s seen) int { return s.users[d.UserID] })
}

// rowOf is the row that spoke of a person before.
func (pl *planner) rowOf(id int64) int { return pl.keyed(func(s seen) int { return s.people[id] }) }

func (pl *planner) keyed(row func(seen) int) int {
	if n := row(pl.plan.seen); n != 0 {
		return n
	}
	return row(pl.importer.seen)
}

// fresh plans somebody new.
func (pl *planner) fresh(rd *read) Outcome {
	d := &rd.draft
	for _, h := range pl.graves(d) {
		if pl.buried[h] && !pl.o.Return {
			return Outcome{Fate: FateRefused, Problem: Problem{Row: rd.row.Line, Code: string(contact.Erased)}}
		}
	}
	st := step{outcome: len(pl.outcomes), fresh: true, country: d.Country, contact: core.Contact{Phone: d.Phone, CreatedAt: pl.Now()}}
	fill(&st.contact, d)
	if st.contact.TimeZone == "" {
		st.contact.TimeZone = d.NumberZone
	}
	profile(&st.profile, d)
	if d.Phone != "" {
		st.identities = append(st.identities, core.Identity{Kind: core.IdentityPhone, Value: string(d.Phone)})
	}
	st.identities = append(st.identities, pl.userIDs(d)...)
	st.entry = pl.agreed(d, nil)
	pl.steps = append(pl.steps, st)
	pl.register(rd, st.identities)
	return Outcome{Fate: FateNew}
}

// userIDs are the identities that a draft's user id stands for.
func (pl *planner) userIDs(d *contact.Draft) (ids []core.Identity) {
	if d.UserID == "" {
		return nil
	}
	for _, ch := range pl.channels {
		ids = append(ids, core.Identity{ChannelID: ch, Kind: core.IdentityUser, Value: d.UserID})
	}
	if len(ids) == 0 {
		ids = append(ids, core.Identity{Kind: core.IdentityUser, Value: d.UserID})
	}
	return ids
}

// register remembers that a row made addresses known.
func (pl *planner) register(rd *read, ids []core.Identity) {
	for _, i := range ids {
		switch i.Kind {
		case core.IdentityPhone:
			pl.plan.seen.phones[phoneKey(core.Phone(i.Value))] = rd.row.Line
		case core.IdentityUser:
			pl.plan.seen.users[i.Value] = rd.row.Line
		}
	}
}

// known1 plans what a row changes of somebody known.
func (pl *planner) known1(rd *read, id int64) Outcome {
	d, k := &rd.draft, pl.known[id]
	st := step{outcome: len(pl.outcomes), contact: k.Contact, profile: k.Profile}
	st.change.compare(&k, fill(&st.contact, d), profile(&st.profile, d), &st)
	if d.Phone != "" && !pl.owned(d.Phone) {
		st.identities = append(st.identities, core.Identity{Kind: core.IdentityPhone, Value: string(d.Phone)})
	}
	if pl.users[d.UserID] == 0 && pl.keyed(func(s seen) int { return s.users[d.UserID] }) == 0 {
		st.identities = append(st.identities, pl.userIDs(d)...)
	}
	st.change.Identities = st.identities
	st.entry = pl.agreed(d, k.Ledger)
	pl.plan.seen.people[id] = rd.row.Line
	pl.register(rd, st.identities)
	what := st.change.fields(st.entry != nil)
	if len(what) == 0 {
		return Outcome{Fate: FateSame, Contact: id}
	}
	pl.steps = append(pl.steps, st)
	return Outcome{Fate: FateUpdated, Contact: id, What: what}
}

// owned reports whether somebody has a number in any form, in the store or
// from an earlier row.
func (pl *planner) owned(p core.Phone) bool {
	for _, f := range p.Forms() {
		if pl.phones[string(f)] != 0 {
			return true
		}
	}
	return pl.keyed(func(s seen) int { return s.phones[phoneKey(p)] }) != 0
}

// fill takes over what a draft says of the contact itself and reports whether
// anything is new. The phone of somebody known stays in the form they write from.
func fill(c *core.Contact, d *contact.Draft) (changed bool) {
	set := func(to *string, v string) {
		if v != "" && *to != v {
			*to, changed = v, true
		}
	}
	set(&c.Name, d.Name)
	set(&c.Username, d.Username)
	set(&c.Language, d.Language)
	set(&c.TimeZone, d.Zone)
	set((*string)(&c.Value), string(d.Value))
	if c.Phone == "" {
		set((*string)(&c.Phone), string(d.Phone))
	}
	for _, t := range d.Tags {
		if !slices.Contains(c.Tags, t) {
			c.Tags, changed = append(slices.Clone(c.Tags), t), true
		}
	}
	slices.Sort(c.Tags)
	return changed
}

func profile(p *core.Profile, d *contact.Draft) (changed bool) {
	set := func(to *string, v string) {
		if v != "" && *to != v {
			*to, changed = v, true
		}
	}
	set(&p.Email, d.Email)
	set(&p.Birthday, d.Birthday)
	set(&p.Note, d.Note)
	p.Custom = maps.Clone(p.Custom)
	for k, v := range d.Custom {
		if v != "" && p.Custom[k] != v {
			if p.Custom == nil {
				p.Custom = map[string]string{}
			}
			p.Custom[k], changed = v, true
		}
	}
	return changed
}

// agreed is the entry that a row adds to a ledger, nil when what it says stands
// there already. A "no" of the row counts more than the words for the whole
// file, what cannot be read is no yes, and an opt-out counts more than either:
// it is lifted by the person alone (P-122).
func (im *importer) agreed(d *contact.Draft, ledger []consent.Entry) *consent.Entry {
	yes := im.o.Consent != ""
	if d.Consent != nil {
		yes = *d.Consent
	} else if !yes || d.ConsentUnclear {
		return nil
	}
	now := consent.Of(ledger, false).Marketing
	if now.Reason != consent.NeverAgreed && (now.Allowed == yes || !now.Allowed) {
		return nil
	}
	e := &consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing, At: im.Now(), Source: consent.ByImport, Words: d.ConsentTo, Place: im.o.File, Agent: im.o.Agent}
	if !yes {
		e.Kind = consent.OptOut
	}
	if e.Words == "" {
		e.Words = im.o.Consent
	}
	if !d.ConsentAt.IsZero() && d.ConsentAt.Before(e.At) {
		e.At = d.ConsentAt
	}
	return e
}
