package bsp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bottega/bsp"
	"bottega/core"
)

// stub is a gateway that answers every call with err after took.
type stub struct {
	err  error
	took time.Duration

	mu    sync.Mutex
	sends []time.Time
}

func (s *stub) Capabilities() core.Capabilities { return core.Capabilities{Typing: true} }

func (s *stub) Send(context.Context, core.Outgoing) (core.Accept, error) {
	s.mu.Lock()
	s.sends = append(s.sends, time.Now())
	s.mu.Unlock()
	time.Sleep(s.took)
	return core.Accept{ProviderID: "wamid.1"}, s.err
}

func (s *stub) MarkRead(context.Context, string, bool) error { return s.err }

func (s *stub) Upload(context.Context, core.MediaFile) (string, error) { return "9", s.err }

func (s *stub) Download(context.Context, string, int64, io.Writer) (core.Media, error) {
	return core.Media{ID: "9"}, s.err
}

func (s *stub) Templates(context.Context) ([]core.Template, error) {
	return []core.Template{{Name: "x"}}, s.err
}

func (s *stub) Health(context.Context) (core.Health, error) {
	return core.Health{Status: "CONNECTED"}, s.err
}

var secretText = core.Outgoing{Ref: "b1:1", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "Buongiorno Ana"}}

// all makes every call of a gateway once and returns the errors.
func all(t *testing.T, gw core.Gateway) []error {
	t.Helper()
	a, e1 := gw.Send(t.Context(), secretText)
	id, e2 := gw.Upload(t.Context(), core.MediaFile{})
	m, e3 := gw.Download(t.Context(), "9", 1, io.Discard)
	ts, e4 := gw.Templates(t.Context())
	h, e5 := gw.Health(t.Context())
	if a.ProviderID != "wamid.1" || id != "9" || m.ID != "9" || len(ts) != 1 || h.Status != "CONNECTED" || !gw.Capabilities().Typing {
		t.Error("a decorator changed an answer")
	}
	return []error{e1, e2, e3, e4, e5, gw.MarkRead(t.Context(), "wamid.9", false)}
}

func TestDecoratorsPassThrough(t *testing.T) {
	boom := errors.New("boom")
	for _, want := range []error{nil, boom} {
		var s bsp.Stats
		gw := bsp.Meter(bsp.Log(&stub{err: want}, slog.New(slog.DiscardHandler), 1, time.Now), &s, time.Now)
		for i, err := range all(t, gw) {
			if !errors.Is(err, want) {
				t.Errorf("call %d: %v, want %v", i, err, want)
			}
		}
	}
}

func refused(class core.Class, uncertain bool) error {
	return core.Fail(core.ProviderRefused, "test", &core.ProviderError{Code: "1", Class: class, Message: "+393331234567 is Ana", Uncertain: uncertain})
}

func TestMeter(t *testing.T) {
	tests := []struct {
		name          string
		err           error
		count, failed int64
		unsure        int64
	}{
		{"fine", nil, 1, 0, 0},
		{"window closed is an answer", refused(core.ClassWindowClosed, false), 1, 0, 0},
		{"opted out is an answer", refused(core.ClassOptedOut, false), 1, 0, 0},
		{"server trouble", refused(core.ClassRetry, false), 1, 1, 0},
		{"throttled", refused(core.ClassThrottle, false), 1, 1, 0},
		{"token", refused(core.ClassAuth, false), 1, 1, 0},
		{"our mistake", refused(core.ClassInvalid, false), 1, 1, 0},
		{"unsure", refused(core.ClassRetry, true), 1, 1, 1},
		{"refused by us", core.Fail(core.TextTooLong, "test", nil), 0, 0, 0},
		{"given up by us", fmt.Errorf("%w: %w", refused(core.ClassRetry, false), context.Canceled), 0, 0, 0},
		{"given up by us after it left", fmt.Errorf("%w: %w", refused(core.ClassRetry, true), context.Canceled), 1, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s bsp.Stats
				gw := bsp.Meter(&stub{err: tt.err, took: 40 * time.Millisecond}, &s, time.Now)
				if _, err := gw.Send(t.Context(), secretText); !errors.Is(err, tt.err) {
					t.Fatal(err)
				}
				r := s.Report()
				if r.All.Count != tt.count || r.All.Failed != tt.failed || r.Unsure != tt.unsure || r.Ops[bsp.OpSend].Count != tt.count {
					t.Errorf("%+v", r)
				}
				if tt.count == 1 && (r.All.P50 != 40*time.Millisecond || r.All.FailureRate != float64(tt.failed)) {
					t.Errorf("%+v", r.All)
				}
				if pe := core.ProviderErrorOf(tt.err); pe != nil && r.Classes[pe.Class] != tt.count {
					t.Errorf("classes %v", r.Classes)
				}
			})
		})
	}
}

func TestMeterConcurrent(t *testing.T) {
	var s bsp.Stats
	gw := bsp.Meter(&stub{}, &s, time.Now)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			all(t, gw)
			s.Report()
		})
	}
	wg.Wait()
	if r := s.Report(); r.All.Count != 120 || len(r.Ops) != 6 || r.Ops[bsp.OpHealth].Count != 20 {
		t.Errorf("%+v", r)
	}
}

// The log tells ids and classes, never who, what, or the provider's words.
func TestLog(t *testing.T) {
	for _, err := range []error{nil, refused(core.ClassThrottle, true)} {
		var out bytes.Buffer
		gw := bsp.Log(&stub{err: err}, slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), 7, time.Now)
		all(t, gw)
		for _, word := range []string{"Buongiorno", "Ana", "39333", "1234567"} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%q is in the log: %s", word, out.String())
			}
		}
		var first struct {
			Level, Op, Ref, ID, Code, Class string
			Channel                         int64
			Unsure                          bool
		}
		if e := json.NewDecoder(&out).Decode(&first); e != nil {
			t.Fatal(e)
		}
		if first.Channel != 7 || first.Op != "send" || first.Ref != "b1:1" || first.ID != "wamid.1" {
			t.Errorf("%+v", first)
		}
		if bad := first.Level == "WARN" && first.Class == "throttle" && first.Unsure; bad != (err != nil) {
			t.Errorf("%+v", first)
		}
	}
}

func TestWindowEmpty(t *testing.T) {
	var w bsp.Window
	if s := w.Summary(); s != (bsp.Summary{}) {
		t.Errorf("%+v", s)
	}
}

// Whatever is added, the quantiles are values of the last 1,024, in order, and
// the counts are of all.
func TestWindowProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w bsp.Window
		ds := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 3000).Draw(t, "ms")
		bad := int64(0)
		for _, d := range ds {
			w.Add(time.Duration(d), d > 900)
			if d > 900 {
				bad++
			}
		}
		s := w.Summary()
		last := ds[max(0, len(ds)-1024):]
		below := func(v time.Duration) (n int) {
			for _, d := range last {
				if time.Duration(d) <= v {
					n++
				}
			}
			return n
		}
		if s.Count != int64(len(ds)) || s.Failed != bad {
			t.Fatalf("%+v", s)
		}
		for p, v := range map[int]time.Duration{50: s.P50, 95: s.P95, 99: s.P99, 100: s.Max} {
			if below(v)*100 < len(last)*p || below(v-1)*100 >= len(last)*p {
				t.Fatalf("p%d is %d", p, v)
			}
		}
	})
}
