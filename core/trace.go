package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// Trace is err as a log may hold it: our codes and operations, the class and
// code of a provider's error, the type and number of the cause, where a panic
// was. The words of an error never: a provider's may hold a number, a customer's
// text or a key, and those of others may quote them.
func Trace(err error) slog.Value {
	t := trace{seen: map[string]bool{}}
	t.walk(err)
	return slog.GroupValue(slices.Concat([]slog.Attr{slog.String("code", string(CodeOf(err)))}, t.attrs)...)
}

type trace struct {
	attrs []slog.Attr
	seen  map[string]bool
}

// add keeps the first word of each kind: the outermost error's.
func (t *trace) add(key string, v any) {
	if !t.seen[key] {
		t.seen[key] = true
		t.attrs = append(t.attrs, slog.Any(key, v))
	}
}

func (t *trace) walk(err error) {
	switch e := err.(type) {
	case nil:
		return
	case *Error:
		t.add("op", e.Op)
		if e.Err != nil {
			t.add("cause", string(CodeOf(e.Err)))
		}
	case *ProviderError:
		t.add("class", string(e.Class))
		t.add("provider_code", CodeWord(e.Code))
		t.add("unsure", e.Uncertain)
	case *PanicError:
		t.add("where", e.Where)
		t.add("panic", fmt.Sprintf("%T", e.Value))
		if r, ok := e.Value.(runtime.Error); ok { // the program's own words, about an index or a type
			t.add("runtime", r.Error())
		}
		t.add("stack", string(e.Stack))
	case syscall.Errno:
		t.add("errno", e.Error())
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if in := e.Unwrap(); in != nil {
			t.walk(in)
			return
		}
	case interface{ Unwrap() []error }:
		for _, in := range e.Unwrap() {
			t.walk(in)
		}
		return
	}
	t.end(err)
}

// end tells the innermost error by its type, with the number it goes by.
func (t *trace) end(err error) {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		t.add("context", err.Error())
		return
	}
	switch err.(type) {
	case *Error, *ProviderError, *PanicError, syscall.Errno:
		return
	}
	t.add("type", fmt.Sprintf("%T", err))
	if n, ok := err.(interface{ Code() int }); ok { // a database's
		t.add("number", n.Code())
	}
}

// longestCode is more than any provider's error code has.
const longestCode = 32

// CodeWord is a provider's error code as it may stand in a log: "?" for what is
// no code but words.
func CodeWord(code string) string {
	word := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("_.-:/", r)
	}
	if len(code) > longestCode || strings.ContainsFunc(code, func(r rune) bool { return !word(r) }) {
		return "?"
	}
	return code
}
