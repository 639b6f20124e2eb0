package core

import (
	"context"
	"fmt"
	"runtime/debug"
)

// PanicError is a panic caught at the edge of a goroutine.
type PanicError struct {
	Where string // name of the goroutine
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("%s: panic: %v", e.Where, e.Value) }

// Guard wraps a goroutine's body so that a panic in it becomes a *PanicError:
// every goroutine of ours is started through it, since one that panics by
// itself leaves the terminal raw.
func Guard(ctx context.Context, name string, fn func(context.Context) error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = &PanicError{Where: name, Value: v, Stack: debug.Stack()}
			}
		}()
		return fn(ctx)
	}
}
