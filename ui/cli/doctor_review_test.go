package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/health"
)

// TestMachineForAReview: fewer cores or less memory than a review asks for are
// told; memory that nobody tells of is no fault.
func TestMachineForAReview(t *testing.T) {
	for name, c := range map[string]struct {
		cores  int
		memory int64
		want   grade
		says   string
	}{
		"enough":         {2, 4 << 30, good, "2 cores"},
		"one core":       {1, 8 << 30, fair, "1 cores"},
		"little memory":  {8, 1 << 30, fair, "8 cores"},
		"memory unknown": {2, 0, good, "an unknown amount"},
	} {
		a := examiner(t)
		a.h.Probe.Machine = func() (int, int64) { return c.cores, c.memory }
		ck := a.machine(health.Checks{Cores: 2, Memory: 3_600_000_000})
		if ck.Grade != c.want || !strings.Contains(ck.Message, c.says) || !strings.Contains(ck.Message, "S-126") || (ck.Fix == "") != (c.want == good) {
			t.Errorf("%s: %+v", name, ck)
		}
	}
}

// TestReviewCountsDown: the hours of a review are counted from when it began,
// whole days and clock times alike, and what is no past time is refused.
func TestReviewCountsDown(t *testing.T) {
	checks := health.Checks{Review: core.Duration(48 * time.Hour)}
	for since, want := range map[string]grade{
		"2026-11-24T09:00": good, "2026-11-24T09:00:00Z": good, "2026-11-23 10:01": good, "2026-11-22T12:00": fair, "2026-11-22T10:00": bad, "2026-11-01": bad,
	} {
		cs, err := examiner(t).review(checks, since)
		if err != nil || len(cs) != 1 || cs[0].Grade != want || !strings.Contains(cs[0].Message, "S-101") || (cs[0].Fix == "") != (want == good) {
			t.Errorf("%s: %+v, %v", since, cs, err)
		}
	}
	for _, since := range []string{"yesterday", "2026-11-25", "24/11/2026", "\x1b[2J"} {
		if cs, err := examiner(t).review(checks, since); err == nil || cs != nil {
			t.Errorf("%q: %+v", since, cs)
		}
	}
	if cs, err := examiner(t).review(checks, ""); err != nil || cs != nil {
		t.Errorf("no review: %+v, %v", cs, err)
	}
}

// TestAddressIsAsked: the public address is looked at as a provider will, and
// its TLS is told.
func TestAddressIsAsked(t *testing.T) {
	ch := core.Channel{Name: "shop", Provider: core.Meta, Account: core.Account{PublicURL: "https://shop.example.com/webhooks/shop"}}
	for name, c := range map[string]struct {
		got  connect.Reached
		err  error
		want grade
		says string
	}{
		"well":   {connect.Reached{URL: ch.Account.PublicURL, TLS: "1.3", Status: 200}, nil, good, "TLS 1.3"},
		"no TLS": {connect.Reached{URL: ch.Account.PublicURL}, &connect.Unreached{Why: connect.WhyTLS}, fair, "no TLS 1.2 or later"},
	} {
		var asked connect.Question
		s := &Shop{Connect: &connect.Service{Keys: connect.Given{"verify_token": "v"}, Reach: func(_ context.Context, q connect.Question) (connect.Reached, error) {
			asked = q
			return c.got, c.err
		}}}
		cs := examiner(t).secure(t.Context(), s, &ch)
		if len(cs) != 1 || cs[0].Grade != c.want || !strings.Contains(cs[0].Message, c.says) || (cs[0].Fix == "") != (c.want == good) || asked.Verify.Reveal() != "v" {
			t.Errorf("%s: %+v", name, cs)
		}
	}
	if cs := examiner(t).secure(t.Context(), &Shop{Connect: &connect.Service{}}, &ch); cs != nil {
		t.Errorf("where nobody can look: %+v", cs)
	}
}
