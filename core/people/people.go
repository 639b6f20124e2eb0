// Package people is what a shop does with its contacts beside talking to them:
// picking them by segment, bringing them in from files and out again, and
// keeping the ledger of their consents. It works through the store's ports and
// knows no file format.
package people

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/segment"
)

// Store is what the package reads and writes.
type Store interface {
	core.Writer // its transactions are Tx
	core.PeopleReader
	core.ProfileReader
	core.SegmentStore
	core.SettingsStore
	core.ChannelStore
	Selector
	ImportStore
	Consents(ctx context.Context, contact int64) ([]consent.Entry, error)
	// ConsentTray lists reviews that nobody has decided: the questions, oldest
	// first, then stops that count already, newest first.
	ConsentTray(ctx context.Context, limit int) ([]Review, error)
	// WindowOf is the latest end of a service window among a contact's conversations.
	WindowOf(ctx context.Context, contact int64) (time.Time, error)
	// Timeline returns what happened with a contact before a time, newest first.
	Timeline(ctx context.Context, contact int64, before time.Time, limit int) ([]Event, error)
	// ConversationsOf a contact, by channel.
	ConversationsOf(ctx context.Context, contact int64) ([]core.Conversation, error)
	Messages(ctx context.Context, conversation, before int64, limit int) ([]core.Message, error)
	Activities(ctx context.Context, conversation int64, since time.Time) ([]core.Activity, error)
	// Purchases of a contact, oldest first.
	Purchases(ctx context.Context, contact int64) ([]core.Purchase, error)
	// TrayOf a contact, what was decided included; Merges it took part in.
	TrayOf(ctx context.Context, contact int64) ([]Review, error)
	Merges(ctx context.Context, contact int64) ([]Merged, error)
	// SameAddress finds records that may be one person.
	SameAddress(ctx context.Context, limit int) ([]Likeness, error)
	// MediaOf are the files of a contact's messages; RemoveMedia deletes files,
	// those that are gone already without complaint.
	MediaOf(ctx context.Context, contact int64) ([]string, error)
	RemoveMedia(paths []string) error
	// CallbacksWith are the ids of raw callbacks that hold any of the values.
	CallbacksWith(ctx context.Context, values []string) ([]int64, error)
	// SettingOnce sets a text unless there is one, and returns the one that stands.
	SettingOnce(ctx context.Context, key, value string) (string, error)
	// TagColours by tag.
	TagColours(ctx context.Context) (map[string]string, error)
}

// ImportStore keeps imports.
type ImportStore interface {
	// Book reads for a plan outside a transaction.
	Book(ctx context.Context) Book
	// StartImport enters one and makes its new fields; AlreadyRunning while
	// another is under way.
	StartImport(ctx context.Context, s ImportStart) (int64, error)
	// EndImport closes one that is done or taken back; fields that it made and
	// nobody uses go with the latter.
	EndImport(ctx context.Context, id int64) error
	// RevertImport marks one as being taken back; NotFound when its journal is
	// gone or it is taken back already.
	RevertImport(ctx context.Context, id int64, until time.Time) error
	// DeadImports are under way without a process that works on them.
	DeadImports(ctx context.Context, now time.Time) ([]int64, error)
}

// Selector finds people by segment.
type Selector interface {
	// CountPeople counts whom a query holds for as of now.
	CountPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands) (int, error)
	// FindPeople returns up to limit of them by id, from the one behind after,
	// without their identities.
	FindPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, after int64, limit int) ([]core.Contact, error)
	// ListPeople returns the ids of all of them in an order, equals by id.
	ListPeople(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, by Sort, desc bool) ([]int64, error)
	// ReadBy tells how many messages to those a query holds for arrived since a
	// time, and how many of them were read.
	ReadBy(ctx context.Context, q segment.Query, now time.Time, bands segment.HeatBands, since time.Time) (sent, read int, err error)
	// PeopleRows reads people by id, in the order given; the missing are left out.
	PeopleRows(ctx context.Context, ids []int64) ([]Listed, error)
}

// Tx is a transaction of a Store.
type Tx interface {
	core.Tx
	core.ProfileTx
	Consents(contact int64) ([]consent.Entry, error)
	// AddConsent adds a line to the ledger and gives it its ID.
	AddConsent(e *consent.Entry) error
	ImportTx
	PurchaseTx
	MergeTx
	EraseTx
	// DecideConsent ends a review; Conflict when it is ended already.
	DecideConsent(review int64, agent string, at time.Time) (Review, error)
	// ReopenConsent makes an ended review wait again, with the entry of the ledger
	// that stands for it now, 0 for none; Conflict when it waits already.
	ReopenConsent(review, entry int64) error
	// ConversationsOf a contact, on every channel.
	ConversationsOf(contact int64) ([]core.Conversation, error)
	SaveTagColour(tag, colour string) error
	// SetKept reports whether that changed anything.
	SetKept(contact int64, on bool) (bool, error)
}

// Data are the numbers and ready-made segments of people.json.
type Data struct {
	Heat struct {
		Hot  core.Duration `json:"hot"`
		Warm core.Duration `json:"warm"`
		Cold core.Duration `json:"cold"`
	} `json:"heat"`
	Currency string `json:"currency"` // of amounts, until the shop says otherwise
	AOV      Tiers  `json:"aov"`
	Freq     Gaps   `json:"freq"`
	// Benchmarks are what others reached by dividing their customers.
	Benchmarks []Benchmark `json:"benchmarks"`
	Segments   []struct {
		Name string `json:"name"`
		Expr string `json:"expr"`
	} `json:"segments"`
}

// Service does it. All fields but Rules must be set.
type Service struct {
	// Rules order the inbox anew when a customer's value changes; nil leaves it.
	Rules func() core.Rules
	// Bought is told of each new purchase in the transaction that enters it,
	// with the code of the campaign that brought it; may be nil. What it returns
	// takes that back when the purchase is; nil where it changed nothing.
	Bought  func(tx core.Tx, contact int64, at time.Time, code string) (back func(core.Tx) error, err error)
	Store   Store
	Columns contact.Columns
	// OrderColumns are those of till receipts.
	OrderColumns contact.Columns
	Data         Data
	Now          func() time.Time
}

// New reads the rule data (assets.Rules()) that a Service works by.
func New(s Store, rules fs.FS, now func() time.Time) (*Service, error) {
	const op = "people.New"
	cols, err := contact.LoadColumns(rules)
	if err != nil {
		return nil, err
	}
	orders, err := contact.LoadOrderColumns(rules)
	if err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(rules, "people.json")
	if err != nil {
		return nil, core.Fail(core.NotFound, op, err)
	}
	out := &Service{Store: s, Columns: cols, OrderColumns: orders, Now: now}
	if err := json.Unmarshal(b, &out.Data); err != nil {
		return nil, core.Fail(core.InvalidInput, op, err)
	}
	for _, m := range []core.Money{out.Data.AOV.Mid, out.Data.AOV.High} {
		if _, ok := segment.ParseDecimal(m.Amount); !ok {
			return nil, core.Fail(core.InvalidInput, op, errors.New("not an amount"))
		}
	}
	for _, b := range out.Data.Benchmarks {
		for _, expr := range b.Groups {
			if _, err := segment.Parse(expr, segment.Schema{}); err != nil {
				return nil, core.Fail(core.InvalidInput, op, err)
			}
		}
	}
	for _, r := range out.Data.Segments {
		if _, err := segment.Parse(r.Expr, segment.Schema{}); err != nil {
			return nil, core.Fail(core.InvalidInput, op, err)
		}
	}
	return out, nil
}

// Bands are the ages that part the heat values.
func (s *Service) Bands() segment.HeatBands {
	h := s.Data.Heat
	return segment.HeatBands{Hot: h.Hot.D(), Warm: h.Warm.D(), Cold: h.Cold.D()}
}

// Schema is the segment language with the shop's own fields.
func (s *Service) Schema(ctx context.Context) (segment.Schema, error) {
	own, err := s.Store.CustomFields(ctx)
	if err != nil {
		return segment.Schema{}, err
	}
	fields := make([]segment.Field, len(own))
	for i, f := range own {
		fields[i] = segment.Field{Name: f.Name, Type: kinds[f.Type], Values: f.Choices}
		if f.Type == core.CustomTaxID {
			fields[i].Check = segment.CheckTaxID
		}
	}
	return segment.Schema{}.With(fields...), nil
}

var kinds = map[core.CustomType]segment.Type{core.CustomText: segment.Text, core.CustomNumber: segment.Number, core.CustomDate: segment.Date, core.CustomChoice: segment.Choice, core.CustomTaxID: segment.Text}

// Parse checks an expression; what is wrong with it is a *segment.Error.
func (s *Service) Parse(ctx context.Context, expr string) (segment.Query, error) {
	schema, err := s.Schema(ctx)
	if err != nil {
		return segment.Query{}, err
	}
	return segment.Parse(expr, schema)
}

// Count counts whom an expression holds for.
func (s *Service) Count(ctx context.Context, expr string) (int, error) {
	q, err := s.Parse(ctx, expr)
	if err != nil {
		return 0, err
	}
	return s.Store.CountPeople(ctx, q, s.Now(), s.Bands())
}

// Find returns up to limit of the people an expression holds for, by id from
// the one behind after, without their identities.
func (s *Service) Find(ctx context.Context, expr string, after int64, limit int) ([]core.Contact, error) {
	q, err := s.Parse(ctx, expr)
	if err != nil {
		return nil, err
	}
	return s.Store.FindPeople(ctx, q, s.Now(), s.Bands(), after, limit)
}

// SaveSegment keeps an expression under a name, in normal form, in place of the
// saved one of that name.
func (s *Service) SaveSegment(ctx context.Context, name, expr string) (core.SavedSegment, error) {
	q, err := s.Parse(ctx, expr)
	if err != nil {
		return core.SavedSegment{}, err
	}
	out := core.SavedSegment{Name: strings.TrimSpace(name), Expr: q.String()}
	if out.Name == "" {
		return out, core.Fail(core.InvalidInput, "people.SaveSegment", errors.New("no name"))
	}
	was, known, err := s.Named(ctx, name)
	if err != nil {
		return out, err
	}
	if known {
		out.Name = was.Name
	}
	return out, s.Store.SaveSegment(ctx, out)
}

// Counted is a segment and how many people are in it.
type Counted struct {
	core.SavedSegment
	Count int
	Ready bool // one that every shop has
}

// Segments are the ready-made ones in their order, then the saved ones by name.
// A saved one replaces the ready-made of its name.
func (s *Service) Segments(ctx context.Context) ([]Counted, error) {
	saved, err := s.Store.Segments(ctx)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, g := range saved {
		own[g.Name] = true
	}
	var out []Counted
	for _, r := range s.Data.Segments {
		if !own[r.Name] {
			out = append(out, Counted{SavedSegment: core.SavedSegment{Name: r.Name, Expr: r.Expr}, Ready: true})
		}
	}
	for _, g := range saved {
		out = append(out, Counted{SavedSegment: g})
	}
	for i := range out {
		if out[i].Count, err = s.Count(ctx, out[i].Expr); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// write runs fn in a transaction that knows people.
func (s *Service) write(ctx context.Context, fn func(Tx) error) error {
	return s.Store.Write(ctx, func(tx core.Tx) error {
		own, ok := tx.(Tx)
		if !ok {
			return core.Fail(core.Internal, "people.write", errors.New("the store knows no people"))
		}
		return fn(own)
	})
}
