package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/assets"
	"bottega/core"
)

// settings is a settings store in memory.
type settings struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (s *settings) Setting(_ context.Context, key string, v any) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.m[key]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, v)
}

func (s *settings) SetSetting(_ context.Context, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[key] = b
	return nil
}

func weekday(from, to int) core.Hours {
	return core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{time.Monday: {{From: from, To: to}}}}
}

func TestRulebook(t *testing.T) {
	ctx, s := context.Background(), &settings{m: map[string][]byte{}}
	b, err := OpenRulebook(ctx, assets.Rules(), s)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Rules(); !got.Hours.Always || got.Targets.First != shipped.Targets.First {
		t.Errorf("without settings: %+v", got)
	}

	own := shipped.Targets
	own.First = core.Duration(time.Minute)
	if err := errors.Join(s.SetSetting(ctx, SettingHours, weekday(540, 780)), s.SetSetting(ctx, SettingTargets, own)); err != nil {
		t.Fatal(err)
	}
	if b, err = OpenRulebook(ctx, assets.Rules(), s); err != nil {
		t.Fatal(err)
	}
	got := b.Rules()
	if got.Hours.Always || got.Hours.Week[time.Monday][0].To != 780 || got.Targets.First.D() != time.Minute {
		t.Errorf("with settings: %+v", got)
	}
	if got.Policy != shipped.Policy {
		t.Error("the policy is not the shop's to change")
	}

	if err := s.SetSetting(ctx, SettingHours, weekday(900, 600)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRulebook(ctx, assets.Rules(), s); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("hours that end before they begin: %v", err)
	}
}

func TestRulebookFollowsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		s, feed := &settings{m: map[string][]byte{}}, core.NewFeed()
		b, err := OpenRulebook(ctx, assets.Rules(), s)
		if err != nil {
			t.Fatal(err)
		}
		changes, ended := 0, make(chan error, 1)
		go func() {
			ended <- b.Run(ctx, feed, slog.New(slog.DiscardHandler), func(context.Context) error { changes++; return nil })
		}()
		tell := func(h core.Hours) {
			t.Helper()
			if err := s.SetSetting(ctx, SettingHours, h); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			feed.Publish(core.Change{Kind: core.Settings})
			time.Sleep(2 * settle)
			synctest.Wait()
		}
		for _, step := range []struct {
			hours   core.Hours
			opens   int
			changes int
		}{
			{weekday(540, 780), 540, 1},
			{weekday(540, 780), 540, 1}, // the same again: nothing to recompute
			{weekday(900, 600), 540, 1}, // cannot be: the old ones stand
			{weekday(600, 780), 600, 2},
		} {
			tell(step.hours)
			if got := b.Rules().Hours.Week[time.Monday][0].From; got != step.opens || changes != step.changes {
				t.Errorf("after %+v: opens at %d after %d changes", step, got, changes)
			}
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the end: %v", err)
		}
	})
}
