package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Loaded is the answer of a Fetch.
type Loaded[T any] struct {
	Gen uint64
	Val T
	Err error
}

// Fetch keeps one query in flight; a newer request supersedes older answers.
// Bubble Tea runs every command on its own goroutine, so two answers may
// arrive in either order.
type Fetch[T any] struct {
	gen         uint64
	busy, again bool
	query       func(context.Context) (T, error)
}

// Ask returns the command that runs query, or nil when one is under way: then
// Take asks again.
func (f *Fetch[T]) Ask(ctx context.Context, query func(context.Context) (T, error)) tea.Cmd {
	f.gen++
	f.query = query
	if f.busy {
		f.again = true
		return nil
	}
	f.busy, f.again = true, false
	gen := f.gen
	return func() tea.Msg {
		v, err := query(ctx)
		return Loaded[T]{gen, v, err}
	}
}

// Take reports whether msg is the newest answer; otherwise cmd asks again.
func (f *Fetch[T]) Take(ctx context.Context, msg Loaded[T]) (fresh bool, cmd tea.Cmd) {
	f.busy = false
	if f.again {
		return false, f.Ask(ctx, f.query)
	}
	return msg.Gen == f.gen, nil
}

// Busy reports whether a query is under way.
func (f *Fetch[T]) Busy() bool { return f.busy }
