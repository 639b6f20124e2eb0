package people

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"bottega/core"
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
	// Format is what the file is inside (csv, xlsx, vcard), Named what its name
	// says when that is something else.
	Format, Named string
	Header        []string
	Next          func() (Row, error)
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
	// Return lets people come back who were erased; without it they are refused.
	Return bool
	// Channel is where the user ids of the file are known; 0 means on all
	// channels of Meta's, when those are of one business.
	Channel int64
	// Progress may be nil; it hears of rows done. Back hears of rows that are
	// taken back after a cancel.
	Progress, Back func(rows int)
	// Each may be nil; it hears what becomes of each row, in order.
	Each func(Outcome)
}

// BadPair is a "column=field" that names an unknown column or field.
type BadPair struct{ Pair string }

func (e *BadPair) Error() string { return "people: bad mapping " + e.Pair }

// samples is how many rows are looked at to guess what columns mean, part how
// many are written in one transaction: the counter never waits longer for it
// than a keystroke takes.
const (
	samples = 100
	part    = 250
)

// Import brings in a file, part by part, so that a counter at work can write
// in between. What it changes is journalled: cancelled or failed it takes all
// of it back, and so does Mend after a crash. A row never empties a field, tags
// add up, and no file lifts an opt-out. Errors: *BadPair, NotATable when no
// column gives an address, InvalidInput for tags that are none, AlreadyRunning,
// and what the table and the store return.
func (s *Service) Import(ctx context.Context, o Import) (out Imported, err error) {
	im, err := s.prepare(ctx, o)
	if err != nil {
		return Imported{}, err
	}
	if o.DryRun {
		err = im.run(ctx)
		return im.result(err)
	}
	if err := s.Mend(ctx, nil); err != nil {
		return Imported{}, err
	}
	start := ImportStart{File: o.File, Agent: o.Agent, At: s.Now(), Until: s.Now().Add(importLease), Fields: im.newFields()}
	if im.out.ID, err = s.Store.StartImport(ctx, start); err != nil {
		return Imported{}, err
	}
	if err = im.run(ctx); err == nil {
		err = s.Store.EndImport(ctx, im.out.ID)
	}
	if err != nil {
		_, undone := s.takeBack(context.WithoutCancel(ctx), im.out.ID, o.Back)
		return Imported{}, errors.Join(err, undone)
	}
	return im.result(nil)
}

func (im *importer) result(err error) (Imported, error) {
	if err != nil {
		return Imported{}, err
	}
	for i, h := range im.o.Table.Header {
		if im.reader.Mapping[i] == "" && !im.filled[i] {
			im.out.Blank = append(im.out.Blank, h)
		}
	}
	return im.out, nil
}

// look notes which columns have something in them: an address book has places
// for what nobody wrote, and nothing is left out with those.
func (im *importer) look(p []read) {
	for i := range p {
		for j, c := range p[i].row.Cells[:min(len(p[i].row.Cells), len(im.filled))] {
			im.filled[j] = im.filled[j] || c != ""
		}
	}
}

// prepare reads the head of the table and settles what its columns mean.
func (s *Service) prepare(ctx context.Context, o Import) (*importer, error) {
	for i, t := range o.Tags {
		tag, ok := core.CleanTag(t)
		if !ok {
			return nil, core.Fail(core.InvalidInput, "people.Import", errors.New("not a tag"))
		}
		o.Tags = slices.Clone(o.Tags)
		o.Tags[i] = tag
	}
	first, err := head(o.Table.Next)
	if err != nil {
		return nil, err
	}
	schema, err := s.Schema(ctx)
	if err != nil {
		return nil, err
	}
	mapping, err := s.mapping(o, first, schema)
	if err != nil {
		return nil, err
	}
	im := &importer{Service: s, o: o, first: first, seen: newSeen(), filled: make([]bool, len(o.Table.Header)),
		reader: contact.Reader{Columns: s.Columns, Mapping: mapping, Region: o.Region, Schema: schema}}
	if im.channels, err = s.userChannels(ctx, o.Channel); err != nil {
		return nil, err
	}
	if im.salt, err = s.salt(ctx); err != nil {
		return nil, err
	}
	im.out.Columns = map[string]string{}
	for i, f := range mapping {
		if f != "" {
			im.out.Columns[o.Table.Header[i]] = f
		}
	}
	return im, nil
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

// own fills fields of the shop's own from columns that are called as they are:
// the file that comes every month is told once what its columns mean.
func own(m contact.Mapping, header []string, schema segment.Schema) contact.Mapping {
	for i, h := range header {
		f, known := schema.Field(strings.ToLower(strings.TrimSpace(h)))
		if to := contact.CustomPrefix + f.Name; known && f.Custom && m[i] == "" && !slices.Contains(m, to) {
			m[i] = to
		}
	}
	return m
}

// mapping is what the columns mean: as named, as guessed, and as told.
func (s *Service) mapping(o Import, first []Row, schema segment.Schema) (contact.Mapping, error) {
	var cells [][]string
	for _, r := range first {
		if r.Problem == "" {
			cells = append(cells, r.Cells)
		}
	}
	guess := own(s.Columns.Guess(o.Table.Header, cells, o.Region), o.Table.Header, schema)
	m, bad := s.Columns.Apply(guess, o.Table.Header, o.Pairs)
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

// userChannels are the channels on which a user id of a file is known: ids are
// a business's own (bsp/meta.md 10).
func (s *Service) userChannels(ctx context.Context, asked int64) ([]int64, error) {
	if asked != 0 {
		ch, err := s.Store.Channel(ctx, asked)
		return []int64{ch.ID}, err
	}
	chs, err := s.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int64
	business := ""
	for _, ch := range chs {
		if ch.Provider != core.Meta && ch.Provider != core.Sandbox {
			continue
		}
		if len(ids) > 0 && ch.Account.BusinessID != business {
			return nil, nil // of several businesses: which one's ids these are nobody knows
		}
		ids, business = append(ids, ch.ID), ch.Account.BusinessID
	}
	return ids, nil
}

// importer is one import under way.
type importer struct {
	*Service
	o        Import
	first    []Row // read to guess what columns mean
	reader   contact.Reader
	channels []int64
	salt     string
	seen     seen   // of the parts that are done
	filled   []bool // columns in which some row has something
	out      Imported
}

// read is a row of the table with what it says.
type read struct {
	row   Row
	draft contact.Draft
	bad   *contact.Bad
}

// run takes the rows part by part. They are read one part ahead, beside the
// store's work.
func (im *importer) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := make(chan []read, 1)
	var failed error
	go func() {
		defer close(parts)
		failed = core.Guard(ctx, "people.Import", func(ctx context.Context) error { return im.readAll(ctx, parts) })()
	}()
	for p := range parts {
		im.look(p)
		if err := im.part(ctx, p); err != nil {
			stop()
			for range parts { // the reader ends before the table is closed
			}
			return err
		}
	}
	return failed
}

// readAll hands on the rows in parts until the table ends.
func (im *importer) readAll(ctx context.Context, parts chan<- []read) error {
	next := im.o.Table.Next
	for end := false; !end; {
		p := make([]read, 0, part)
		for len(p) < part && !end {
			var r Row
			if len(im.first) > 0 {
				r, im.first = im.first[0], im.first[1:]
			} else {
				var err error
				if r, err = next(); errors.Is(err, io.EOF) {
					end = true
					break
				} else if err != nil {
					return err
				}
			}
			rd := read{row: r}
			if r.Problem == "" {
				rd.draft, rd.bad = im.reader.Draft(r.Cells)
			}
			p = append(p, rd)
		}
		select {
		case parts <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// newFields are those that a column names and nobody defined: they hold texts.
func (im *importer) newFields() (names []string) {
	for _, f := range im.reader.Mapping {
		name, own := strings.CutPrefix(f, contact.CustomPrefix)
		if _, known := im.reader.Schema.Field(name); own && !known && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// importLease is how long an import that gives no sign of life is taken for
// one whose process still lives.
const importLease = 20 * time.Second

// part plans a part and writes it. What it learns is kept when it is on disk.
func (im *importer) part(ctx context.Context, p []read) error {
	var pl *plan
	var err error
	if im.o.DryRun {
		pl, err = im.plan(im.Store.Book(ctx), p)
	} else {
		err = im.write(ctx, func(tx Tx) error { // may run twice
			if pl, err = im.plan(tx, p); err != nil {
				return err
			}
			return im.apply(tx, pl)
		})
	}
	if err != nil {
		return err
	}
	im.learn(pl)
	return nil
}

// learn counts what became of a part.
func (im *importer) learn(pl *plan) {
	im.seen.merge(pl.seen)
	for i := range pl.outcomes {
		im.out.count(&pl.outcomes[i], im.o.Each)
	}
	if im.o.Progress != nil {
		im.o.Progress(im.out.Rows)
	}
}
