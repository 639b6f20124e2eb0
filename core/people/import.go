package people

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/segment"
)

// Row of a table; Line is the line of the file as a person counts it. Problem
// is why the row cannot be read, "" when it can.
type Row struct {
	Line    int
	Cells   []string
	Problem string
}

// Table is an open file of rows. Next returns io.EOF after the last.
type Table struct {
	Encoding, Separator string
	Header              []string
	Next                func() (Row, error)
}

// Import is one file to bring in.
type Import struct {
	Table   Table
	File    string   // its name, for the ledger
	Pairs   []string // "column=field", over what the names of the columns say
	Region  string   // ISO 3166, for national numbers; "" refuses them
	Tags    []string // for everybody in the file
	Consent string   // the words everybody in the file agreed to; "" when they did not
	Agent   string
	DryRun  bool
	// Progress may be nil; it hears of rows done.
	Progress func(rows int)
}

// Problem is a row that was refused, and why. Code is a contact.Problem or
// that of the row itself.
type Problem struct {
	Row    int
	Column string
	Value  string
	Code   string
}

// Imported is what became of a file's rows: each is in exactly one of the counts.
type Imported struct {
	Columns                                      map[string]string // field by column, those that were read
	Rows, New, Updated, Same, Duplicate, Refused int
	Problems                                     []Problem // the first MaxProblems
}

// MaxProblems bounds the list of refused rows; they are all counted.
const MaxProblems = 10_000

// BadPair is a "column=field" that names an unknown column or field.
type BadPair struct{ Pair string }

func (e *BadPair) Error() string { return "people: bad mapping " + e.Pair }

// samples is how many rows are looked at to guess what columns mean.
const samples = 100

// errDry ends a dry run: its transaction is done in full and then undone, so
// that it cannot say anything else than the run itself.
var errDry = errors.New("dry run")

// Import brings in a file in one transaction: cancelled or failed, it leaves
// nothing behind. A row never empties a field, tags add up, and no file lifts
// an opt-out. Errors: *BadPair, NotATable when no column gives an address, and
// what the table and the store return.
func (s *Service) Import(ctx context.Context, o Import) (Imported, error) {
	first, err := head(o.Table.Next)
	if err != nil {
		return Imported{}, err
	}
	schema, err := s.Schema(ctx)
	if err != nil {
		return Imported{}, err
	}
	mapping, err := s.mapping(o, first)
	if err != nil {
		return Imported{}, err
	}
	im := &importer{Service: s, o: o, first: first, seen: map[int64]bool{},
		reader: contact.Reader{Columns: s.Columns, Mapping: mapping, Region: o.Region, Schema: schema}}
	im.out.Columns = map[string]string{}
	for i, f := range mapping {
		if f != "" {
			im.out.Columns[o.Table.Header[i]] = f
		}
	}
	err = s.write(ctx, func(tx Tx) error {
		if err := im.run(ctx, tx); err != nil {
			return err
		}
		if o.DryRun {
			return errDry
		}
		tx.Changed(core.Change{Kind: core.Everything})
		return nil
	})
	if o.DryRun && errors.Is(err, errDry) {
		err = nil
	}
	if err != nil {
		return Imported{}, err
	}
	return im.out, nil
}

// head reads the rows that guesses are made from.
func head(next func() (Row, error)) (rows []Row, err error) {
	for len(rows) < samples {
		r, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// mapping is what the columns mean: as named, as guessed, and as told.
func (s *Service) mapping(o Import, first []Row) (contact.Mapping, error) {
	var cells [][]string
	for _, r := range first {
		if r.Problem == "" {
			cells = append(cells, r.Cells)
		}
	}
	m, bad := s.Columns.Apply(s.Columns.Guess(o.Table.Header, cells, o.Region), o.Table.Header, o.Pairs)
	if bad != "" {
		return nil, &BadPair{bad}
	}
	for i, f := range m { // a field of the shop's own cannot have a name of the language
		name, own := strings.CutPrefix(f, contact.CustomPrefix)
		if _, taken := (segment.Schema{}).Field(name); own && (taken || name == "") {
			return nil, &BadPair{o.Table.Header[i] + "=" + f}
		}
	}
	if !slices.Contains(m, contact.ColPhone) && !slices.Contains(m, contact.ColUserID) {
		return nil, core.Fail(core.NotATable, "people.Import", errors.New("no column of phone numbers"))
	}
	return m, nil
}

// importer is one import under way.
type importer struct {
	*Service
	o      Import
	first  []Row // read before the transaction
	reader contact.Reader
	seen   map[int64]bool // people whom an earlier row spoke of
	out    Imported
}

func (im *importer) run(ctx context.Context, tx Tx) error {
	if err := im.newFields(tx); err != nil {
		return err
	}
	for _, r := range im.first {
		if err := im.row(tx, r); err != nil {
			return err
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := im.o.Table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = im.row(tx, r)
		}
		if err != nil {
			return err
		}
	}
}

// newFields makes fields that a column names and nobody defined: texts.
func (im *importer) newFields(tx Tx) error {
	for _, f := range im.reader.Mapping {
		name, own := strings.CutPrefix(f, contact.CustomPrefix)
		if _, known := im.reader.Schema.Field(name); !own || known {
			continue
		}
		if err := tx.SaveCustomField(core.CustomField{Name: name, Type: core.CustomText}); err != nil {
			return err
		}
	}
	return nil
}

// progressEvery is how many rows pass between two words of progress.
const progressEvery = 1000

func (im *importer) row(tx Tx, r Row) error {
	im.out.Rows++
	if im.o.Progress != nil && im.out.Rows%progressEvery == 0 {
		im.o.Progress(im.out.Rows)
	}
	if r.Problem != "" {
		im.refuse(Problem{Row: r.Line, Code: r.Problem})
		return nil
	}
	d, bad := im.reader.Draft(r.Cells)
	if bad != nil {
		p := Problem{Row: r.Line, Value: bad.Value, Code: string(bad.Problem)}
		if bad.Column < len(im.o.Table.Header) {
			p.Column = im.o.Table.Header[bad.Column]
		}
		im.refuse(p)
		return nil
	}
	return im.keep(tx, d)
}

func (im *importer) refuse(p Problem) {
	im.out.Refused++
	if len(im.out.Problems) < MaxProblems {
		im.out.Problems = append(im.out.Problems, p)
	}
}

// keep writes what a draft says of a person.
func (im *importer) keep(tx Tx, d contact.Draft) error {
	for _, t := range im.o.Tags {
		if !slices.Contains(d.Tags, t) {
			d.Tags = append(d.Tags, t)
		}
	}
	c, err := find(tx, d)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return im.create(tx, d)
	case err != nil:
		return err
	case im.seen[c.ID]:
		im.out.Duplicate++
		return nil
	}
	im.seen[c.ID] = true
	changed, err := im.update(tx, c, d)
	if changed {
		im.out.Updated++
	} else {
		im.out.Same++
	}
	return err
}

// find looks for the person of a draft: by phone in all the forms that are one
// number, then by user id.
func find(tx Tx, d contact.Draft) (core.Contact, error) {
	if d.Phone != "" {
		var forms []core.Identity
		for _, f := range d.Phone.Forms() {
			forms = append(forms, core.Identity{Kind: core.IdentityPhone, Value: string(f)})
		}
		c, err := tx.FindIdentity(forms...)
		if core.CodeOf(err) != core.NotFound || d.UserID == "" {
			return c, err
		}
	}
	return tx.FindIdentity(core.Identity{Kind: core.IdentityUser, Value: d.UserID})
}

func (im *importer) create(tx Tx, d contact.Draft) error {
	c := core.Contact{Phone: d.Phone, CreatedAt: im.Now()}
	fill(&c, d)
	if zone, sure := contact.Zone(c.Phone); c.TimeZone == "" && sure {
		c.TimeZone = zone
	}
	if err := tx.SaveContact(&c); err != nil {
		return err
	}
	im.seen[c.ID] = true
	im.out.New++
	if err := identify(tx, c.ID, d); err != nil {
		return err
	}
	var p core.Profile
	if profile(&p, d) {
		if err := tx.SaveProfile(c.ID, p); err != nil {
			return err
		}
	}
	_, err := im.consent(tx, c.ID, d)
	return err
}

// identify gives a person the addresses of a draft, on no channel in
// particular: whoever writes from one of them is known.
func identify(tx Tx, id int64, d contact.Draft) error {
	if d.Phone != "" {
		if err := tx.AddIdentity(id, core.Identity{Kind: core.IdentityPhone, Value: string(d.Phone)}); err != nil {
			return err
		}
	}
	if d.UserID == "" {
		return nil
	}
	return tx.AddIdentity(id, core.Identity{Kind: core.IdentityUser, Value: d.UserID})
}

func (im *importer) update(tx Tx, c core.Contact, d contact.Draft) (changed bool, err error) {
	if fill(&c, d) {
		changed = true
		if err := tx.SaveContact(&c); err != nil {
			return changed, err
		}
	}
	p, err := tx.Profile(c.ID)
	if err != nil {
		return changed, err
	}
	if profile(&p, d) {
		changed = true
		if err := tx.SaveProfile(c.ID, p); err != nil {
			return changed, err
		}
	}
	agreed, err := im.consent(tx, c.ID, d)
	return changed || agreed, err
}

// fill takes over what a draft says of the contact itself and reports whether
// anything is new. The phone of somebody known stays in the form they write from.
func fill(c *core.Contact, d contact.Draft) (changed bool) {
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
	return changed
}

func profile(p *core.Profile, d contact.Draft) (changed bool) {
	set := func(to *string, v string) {
		if v != "" && *to != v {
			*to, changed = v, true
		}
	}
	set(&p.Email, d.Email)
	set(&p.Birthday, d.Birthday)
	set(&p.Note, d.Note)
	for k, v := range d.Custom {
		if v != "" && p.Custom[k] != v {
			p.Custom = maps.Clone(p.Custom)
			if p.Custom == nil {
				p.Custom = map[string]string{}
			}
			p.Custom[k], changed = v, true
		}
	}
	return changed
}

// consent adds to the ledger what a file says, unless it stands there already.
// A "no" of the row counts more than the words for the whole file, and an
// opt-out more than either: it is lifted by the person alone (P-122).
func (im *importer) consent(tx Tx, id int64, d contact.Draft) (added bool, err error) {
	yes := im.o.Consent != ""
	if d.Consent != nil {
		yes = *d.Consent
	} else if !yes {
		return false, nil
	}
	es, err := tx.Consents(id)
	if err != nil {
		return false, err
	}
	now := consent.Of(es, false).Marketing
	if now.Reason != consent.NeverAgreed && (now.Allowed == yes || !now.Allowed) {
		return false, nil
	}
	e := consent.Entry{ContactID: id, Kind: consent.OptIn, Scope: consent.Marketing, At: im.Now(), Source: consent.ByImport, Words: d.ConsentTo, Place: im.o.File, Agent: im.o.Agent}
	if !yes {
		e.Kind = consent.OptOut
	}
	if e.Words == "" {
		e.Words = im.o.Consent
	}
	if !d.ConsentAt.IsZero() && d.ConsentAt.Before(e.At) {
		e.At = d.ConsentAt
	}
	return true, tx.AddConsent(&e)
}
