package core

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestCodeOf(t *testing.T) {
	inner := Fail(NotFound, "storage.Message", io.EOF)
	for name, c := range map[string]struct {
		err  error
		want Code
	}{
		"nil":         {nil, ""},
		"plain":       {io.EOF, Internal},
		"ours":        {inner, NotFound},
		"wrapped":     {fmt.Errorf("more: %w", inner), NotFound},
		"outermost":   {Fail(Conflict, "inbox.Reply", inner), Conflict},
		"joined":      {errors.Join(io.EOF, inner), NotFound},
		"typed panic": {&PanicError{Where: "x"}, Internal},
	} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestErrorKeepsItsCause(t *testing.T) {
	err := Fail(NotFound, "storage.Message", io.EOF)
	if !errors.Is(err, io.EOF) || err.Error() != "storage.Message: not_found: EOF" {
		t.Errorf("%v", err)
	}
	if got := Fail(Locked, "inbox.Reply", nil).Error(); got != "inbox.Reply: locked" {
		t.Error(got)
	}
}

func TestProviderErrorOf(t *testing.T) {
	pe := &ProviderError{Code: "131047", Class: ClassWindowClosed, Message: "Re-engagement message"}
	if got := ProviderErrorOf(fmt.Errorf("send: %w", Fail(ProviderRefused, "meta.Send", pe))); got != pe {
		t.Errorf("%v", got)
	}
	if got := ProviderErrorOf(io.EOF); got != nil {
		t.Errorf("%v", got)
	}
	if got := ProviderErrorOf(nil); got != nil {
		t.Errorf("%v", got)
	}
	if got := pe.Error(); got != "131047 window_closed: Re-engagement message" {
		t.Error(got)
	}
}

func TestWhatStopsAChannel(t *testing.T) {
	stops := map[Class]bool{ClassAuth: true, ClassPolicy: true, ClassPayment: true}
	for _, c := range []Class{ClassRetry, ClassThrottle, ClassPairLimit, ClassWindowClosed, ClassUndeliverable, ClassMarketingCapped,
		ClassOptedOut, ClassTemplate, ClassMedia, ClassAuth, ClassPolicy, ClassPayment, ClassInvalid, ClassUnknown} {
		if got := c.StopsChannel(); got != stops[c] {
			t.Errorf("%s stops the channel: %v", c, got)
		}
	}
}
