package contacts

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/core/segment"
)

// Name is the pane's address for kit.To and frame.ShowTab.
const Name = "contacts"

// Lists is what the list and the side show; core/people.Service gives it.
type Lists interface {
	// List returns the ids of all whom an expression holds for, in order.
	List(ctx context.Context, expr string, by people.Sort, desc bool) ([]int64, error)
	// Rows reads people by their ids, in the order asked for, at most people.MaxRows.
	Rows(ctx context.Context, ids []int64) ([]people.Listed, error)
	Count(ctx context.Context, expr string) (int, error)
	Segments(ctx context.Context) ([]people.Counted, error)
	Tags(ctx context.Context) ([]people.Tag, error)
	Schema(ctx context.Context) (segment.Schema, error)
	Currency(ctx context.Context) (string, error)
}

// Cards is what the card shows; core/people.Service gives it.
type Cards interface {
	Detail(ctx context.Context, id int64) (people.Detail, error)
	Timeline(ctx context.Context, id int64, before time.Time, limit int) ([]people.Event, error)
}

// Work is what the pane does to people; core/people.Service does it. Of an
// action on many people done hears how many are through. Undo is nil when there
// is nothing to undo.
type Work interface {
	// Edit changes one person; a value that cannot be is a *people.BadValue.
	Edit(ctx context.Context, id int64, agent string, p people.Patch) (people.Undo, error)
	TagMany(ctx context.Context, ids []int64, agent, tag string, on bool, done func(int)) (int, people.Undo, error)
	Record(ctx context.Context, ids []int64, e consent.Entry, done func(int)) (people.Recorded, people.Undo, error)
	KeepMany(ctx context.Context, ids []int64, on bool, done func(int)) (int, error)
	SaveSegment(ctx context.Context, name, expr string) (core.SavedSegment, error)
	RemoveSegment(ctx context.Context, name string) error
	// SaveField adds a field of the shop's own or changes it.
	SaveField(ctx context.Context, f core.CustomField) error
	// ColourTag gives a tag one of the colours of this package.
	ColourTag(ctx context.Context, tag, colour string) error
	// Create makes somebody new; who has the number already comes back instead.
	Create(ctx context.Context, phone core.Phone, name string) (id int64, made bool, err error)
	// Erase forgets a person for good.
	Erase(ctx context.Context, id int64) (people.Erased, error)
}

// Pairs finds records of one person and merges them; core/people.Service does.
type Pairs interface {
	Duplicates(ctx context.Context, limit int) ([]people.Pair, error)
	PreviewMerge(ctx context.Context, keep, gone int64) (people.Merge, error)
	Merge(ctx context.Context, keep, gone int64, agent string) (id int64, err error)
	Unmerge(ctx context.Context, id int64, agent string) error
}

// Files brings people in from files and out again; core/people.Service does it.
type Files interface {
	Import(ctx context.Context, o people.Import) (people.Imported, error)
	UndoImport(ctx context.Context, id int64, progress func(rows int)) (people.TakenBack, error)
	// Header names the columns of an export.
	Header(ctx context.Context) ([]string, error)
	Export(ctx context.Context, expr string, header []string, write func(cells []string) error) (int, error)
	// ExportThese writes those named instead of all whom an expression holds for.
	ExportThese(ctx context.Context, ids []int64, header []string, write func(cells []string) error) (int, error)
}

// Opener opens a file of people; "" guesses its encoding. The caller closes it.
type Opener func(path, encoding string) (people.Table, func() error, error)

// Saver writes a table to a file that takes its place when it is whole.
type Saver func(path string, header []string, fill func(write func(cells []string) error) error) error

// Tray holds messages whose words may mean stop; core/people.Service does.
type Tray interface {
	// Tray lists what waits for a decision, then stops that may be taken back.
	Tray(ctx context.Context, limit int) ([]people.Review, error)
	// Decide ends a review: stop, or the words meant nothing. The Undo makes it
	// wait again.
	Decide(ctx context.Context, review int64, agent string, stop bool) (people.Undo, error)
}

// Deps is what the pane works with.
type Deps struct {
	Lists Lists
	Cards Cards
	Work  Work
	// Files, OpenTable and SaveTable are for import and export; without them
	// those keys are off.
	Files     Files
	OpenTable Opener
	SaveTable Saver
	Tray      Tray
	Pairs     Pairs
	// Heat is how warm a person is, one of segment's heat values, and whether
	// they are in the low-frequency group (S-230).
	Heat func(*people.Facts) (string, bool)
	// Region reads national phone numbers, ISO 3166; "" refuses them.
	Region string
}
