package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"syscall"
	"testing"
)

const secretWords = "Ana +393331234567 says EAAGtoken"

// dbError has a number and words, like a database's.
type dbError struct{}

func (dbError) Error() string { return secretWords }
func (dbError) Code() int     { return 522 }

// TestTraceHoldsNoWords: of whatever error only what we or a table named.
func TestTraceHoldsNoWords(t *testing.T) {
	said := &ProviderError{Code: "131047", Class: ClassWindowClosed, Message: secretWords, Uncertain: true}
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"none", nil, []string{`"code":""`}},
		{"a provider's", Fail(ProviderRefused, "meta.Send", said), []string{`"code":"provider"`, `"op":"meta.Send"`, `"class":"window_closed"`, `"provider_code":"131047"`, `"unsure":true`}},
		{"a provider's code of words", &ProviderError{Code: secretWords, Class: ClassUnknown}, []string{`"provider_code":"?"`}},
		{"a file's", Fail(DiskFull, "storage.Write", &fs.PathError{Op: "write", Path: "/home/ana", Err: syscall.ENOSPC}), []string{`"code":"disk_full"`, `"errno":"no space left on device"`}},
		{"a database's", fmt.Errorf("%s: %w", secretWords, dbError{}), []string{`"type":"core.dbError"`, `"number":522`}},
		{"plain words", errors.New(secretWords), []string{`"code":"internal"`, `"type":"*errors.errorString"`}},
		{"a panic with words", &PanicError{Where: "worker", Value: secretWords, Stack: []byte("main.go:1")}, []string{`"where":"worker"`, `"panic":"string"`, `"stack":"main.go:1"`}},
		{"two", errors.Join(errors.New(secretWords), Fail(Busy, "storage.Write", nil)), []string{`"code":"busy"`, `"op":"storage.Write"`}},
		{"a context's", fmt.Errorf("%s: %w", secretWords, context.DeadlineExceeded), []string{`"context":"context deadline exceeded"`}},
	} {
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Error("x", "err", Trace(c.err))
		for _, w := range c.want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: %s\nwithout %s", c.name, b.String(), w)
			}
		}
		for _, w := range []string{"Ana", "3331234567", "EAAG", "/home"} {
			if strings.Contains(b.String(), w) {
				t.Errorf("%s: %q in %s", c.name, w, b.String())
			}
		}
	}
	err := Guard(t.Context(), "worker", func(context.Context) error {
		var none []int
		_ = none[len(secretWords)]
		return nil
	})()
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Error("x", "err", Trace(err))
	if !strings.Contains(b.String(), "index out of range") || !strings.Contains(b.String(), "trace_test.go") {
		t.Errorf("a bug of ours cannot be found by %s", b.String())
	}
}
