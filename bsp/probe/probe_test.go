package probe_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/probe"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/core/gauge"
	"bottega/storage"
	"bottega/storage/secret"
)

func options(t *testing.T) probe.Options {
	return probe.Options{Dir: t.TempDir(), Keys: secret.Memory(), Rules: assets.Rules(), Burst: 300 * time.Millisecond, Sends: 200,
		Open: func(dir string, feed *core.Feed) (probe.Store, traffic.Campaigns, error) {
			db, err := storage.Open(dir, feed, storage.Options{})
			return db, storage.Campaigns{DB: db}, err
		}}
}

// want holds readings to their ids; each must have been measured, and nothing
// may stay behind.
func want(t *testing.T, o probe.Options, rs []gauge.Reading, err error, ids ...string) {
	t.Helper()
	if err != nil || len(rs) != len(ids) {
		t.Fatalf("%v, %v", rs, err)
	}
	for i, id := range ids {
		if rs[i].ID != id || rs[i].N == 0 || rs[i].Value == 0 {
			t.Errorf("%+v, want %s", rs[i], id)
		}
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCallbacks(t *testing.T) {
	o := options(t)
	rs, err := o.Callbacks(t.Context(), 1000)
	want(t, o, rs, err, "callbacks-bare-50", "callbacks-rate-50", "callbacks-50", "callbacks-disk", "callbacks-took", "callbacks-bare-200", "callbacks-rate-200", "callbacks-200")
	if rs[2].Value != rs[1].Value/rs[0].Value || rs[3].Value != rs[1].Value/1000 {
		t.Errorf("ratios %v", rs)
	}
}

func TestArrive(t *testing.T) {
	o := options(t)
	rs, err := o.Arrive(t.Context())
	want(t, o, rs, err, "arrive")
	if rs[0].N != 150 || rs[0].P99 < rs[0].P50 {
		t.Errorf("%+v", rs[0])
	}
}

func TestSend(t *testing.T) {
	o := options(t)
	rs, err := o.Send(t.Context())
	want(t, o, rs, err, "send", "send-overhead")
}

func TestCampaigns(t *testing.T) {
	o := options(t)
	rs, err := o.Campaigns(t.Context(), 300, 500)
	ids := []string{"campaign-plan", "campaign-send", "campaign-overhead", "campaign-memory", "campaign-resume", "campaign-review", "campaign-idle"}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		ids = slices.Delete(ids, 3, 4)
	}
	want(t, o, rs, err, ids...)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := o.Campaigns(stopped, 10, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// Everything that was answered is in the inbox; a screen that cannot be opened
// is told, and nothing stays behind.
func TestLoad(t *testing.T) {
	o, opened, stopped := options(t), "", false
	beside := func(_ context.Context, dir string) (func(), error) {
		opened = dir
		return func() { stopped = true }, nil
	}
	rs, err := o.Load(t.Context(), gauge.Load{PerSecond: 200, For: 500 * time.Millisecond}, beside)
	if err != nil || len(rs) != 5 || opened == "" || !stopped {
		t.Fatalf("%+v, %v, beside %q", rs, err, opened)
	}
	for i, id := range []string{"load-once", "load-rate", "load-took", "load-errors", "load-lost"} {
		if rs[i].ID != id || rs[i].N == 0 {
			t.Errorf("%+v, want %s", rs[i], id)
		}
	}
	if rs[0].N != 50 || rs[2].N != 100 || rs[3].Value != 0 || rs[4].Value != 0 {
		t.Errorf("%+v", rs)
	}
	broken := core.Fail(core.Internal, "test", nil)
	if _, err := o.Load(t.Context(), gauge.Load{PerSecond: 1, For: time.Second}, func(context.Context, string) (func(), error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
