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
}

// Deps is what the pane works with.
type Deps struct {
	Lists Lists
	Cards Cards
	Work  Work
	// Heat is how warm a person is, one of segment's heat values, and whether
	// they are in the low-frequency group (S-230).
	Heat func(*people.Facts) (string, bool)
	// Region reads national phone numbers, ISO 3166; "" refuses them.
	Region string
}
