package core

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	ctx := t.Context()
	ran := false
	if err := Guard(ctx, "ok", func(got context.Context) error { ran = got == ctx; return nil })(); err != nil || !ran {
		t.Errorf("ran with its context: %v, %v", ran, err)
	}
	if err := Guard(ctx, "fails", func(context.Context) error { return io.EOF })(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
	for name, v := range map[string]any{"text": "boom", "error": io.EOF, "number": 42} {
		err := Guard(ctx, "outbox", func(context.Context) error { panic(v) })()
		pe, ok := errors.AsType[*PanicError](err)
		if !ok || pe.Value != v || pe.Where != "outbox" || !strings.Contains(string(pe.Stack), "guard_test.go") || !strings.HasPrefix(pe.Error(), "outbox: panic: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var m map[string]int
	if err := Guard(ctx, "nil map", func(context.Context) error { m["a"] = 1; return nil })(); CodeOf(err) != Internal {
		t.Errorf("a runtime error: %v", err)
	}
}
