package ingest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// cellar is a store with pictures to fetch.
type cellar struct {
	t   testing.TB
	mem *coretest.Mem
	gw  *coretest.Gateway
	ch  core.Channel
	f   *Fetcher
}

func newCellar(t testing.TB) *cellar {
	t.Helper()
	p, err := LoadFetchPolicy(os.DirFS("../../assets/rules"))
	if err != nil {
		t.Fatal(err)
	}
	feed := core.NewFeed()
	c := &cellar{t: t, mem: coretest.New(feed), gw: &coretest.Gateway{Now: time.Now}}
	c.ch = c.mem.AddChannel(t, "shop")
	c.f = &Fetcher{Store: c.mem, Gateways: c.gw, Feed: feed, Policy: p, Now: time.Now, Owner: "one",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	return c
}

// arrives decodes pictures with these ids.
func (c *cellar) arrives(ids ...string) {
	c.t.Helper()
	err := c.mem.Write(context.Background(), func(tx core.Tx) error {
		for _, id := range ids {
			e := core.Event{Kind: core.EvMessage, ID: "w-" + id, From: "+39333", Type: core.TypeImage, At: time.Now(),
				Media: &core.Media{ID: id, MIME: "image/jpeg", Caption: "la torta"}}
			if err := Apply(tx, c.ch, []core.Event{e}, coretest.Rules(), time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cellar) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := c.f.Run(ctx); err != nil {
			c.t.Errorf("Run: %v", err)
		}
	})
	stop = func() { cancel(); done.Wait() }
	c.t.Cleanup(stop)
	return stop
}

func (c *cellar) media(id string) core.Media {
	c.t.Helper()
	for _, m := range c.mem.Messages() {
		if m.ProviderID == "w-"+id {
			return *m.Media
		}
	}
	c.t.Fatalf("no message of %s", id)
	return core.Media{}
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCellar(t)
		var now, most atomic.Int64
		c.gw.DownloadF = func(id string, w io.Writer) (core.Media, error) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			_, err := io.WriteString(w, "picture "+id)
			return core.Media{MIME: "image/jpeg"}, err
		}
		c.start()
		c.arrives("a", "b", "c", "d", "e", "f", "g")
		after(10 * time.Second)
		for _, id := range []string{"a", "g"} {
			m := c.media(id)
			if m.Path == "" || m.Size != int64(len("picture a")) || m.Lost != "" || m.Caption != "la torta" {
				t.Fatalf("%s: %+v", id, m)
			}
			r, err := c.mem.OpenMedia(m.Path)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(r); err != nil || string(b) != "picture "+id {
				t.Errorf("%s holds %q, %v", id, b, err)
			}
		}
		if most.Load() != int64(c.f.Policy.Parallel) {
			t.Errorf("%d at once, want %d", most.Load(), c.f.Policy.Parallel)
		}
	})
}

// TestFetchFailures: what is given up at once, what is tried again, and for how long.
func TestFetchFailures(t *testing.T) {
	class := func(c core.Class) error { return core.Fail(core.ProviderRefused, "x", &core.ProviderError{Class: c}) }
	for _, tt := range []struct {
		name  string
		err   error
		lost  core.Code // after an hour
		later core.Code // after eight days
	}{
		{"too large", core.Fail(core.TooLarge, "x", nil), core.TooLarge, core.TooLarge},
		{"not there", core.Fail(core.NotFound, "x", nil), core.NotFound, core.NotFound},
		{"damaged", core.Fail(core.BadMedia, "x", nil), core.BadMedia, core.BadMedia},
		{"refused", class(core.ClassInvalid), core.BadMedia, core.BadMedia},
		{"no connection", core.Fail(core.Unreachable, "x", nil), "", core.NotFound},
		{"token expired", class(core.ClassAuth), "", core.NotFound},
		{"disk full", core.Fail(core.DiskFull, "x", nil), "", core.NotFound},
		{"unknown", errors.New("?"), "", core.NotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCellar(t)
				tries := 0
				c.gw.DownloadF = func(id string, w io.Writer) (core.Media, error) {
					if id == "good" {
						return core.Media{}, nil
					}
					tries++
					return core.Media{}, tt.err
				}
				c.start()
				c.arrives("bad", "good")
				after(time.Hour)
				if got := c.media("bad"); got.Lost != tt.lost || got.Path != "" {
					t.Errorf("after an hour: %+v", got)
				}
				if (tries > 1) != (tt.lost == "") || tries > 20 {
					t.Errorf("%d tries in an hour", tries)
				}
				if got := c.media("good"); got.Path == "" {
					t.Errorf("the other one: %+v", got)
				}
				after(8 * 24 * time.Hour)
				if got := c.media("bad"); got.Lost != tt.later {
					t.Errorf("after eight days: %+v", got)
				}
			})
		})
	}
}

// TestFetchComesBack: what failed for a while is here when it works again.
func TestFetchComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCellar(t)
		down := atomic.Bool{}
		down.Store(true)
		c.gw.DownloadF = func(_ string, w io.Writer) (core.Media, error) {
			if down.Load() {
				return core.Media{}, core.Fail(core.Unreachable, "x", nil)
			}
			return core.Media{}, nil
		}
		stop := c.start()
		c.arrives("a")
		after(time.Hour)
		down.Store(false)
		after(c.f.Policy.Max.D() + time.Minute)
		if m := c.media("a"); m.Path == "" {
			t.Errorf("%+v", m)
		}
		stop()
		before := c.mem.Changes()
		time.Sleep(time.Hour)
		if n := c.mem.Changes() - before; n != 0 {
			t.Errorf("%d changes after the stop", n)
		}
	})
}

// TestFetchStops: a download on its way ends with the fetcher and is no loss.
func TestFetchStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCellar(t)
		release := make(chan struct{})
		c.gw.DownloadF = func(string, io.Writer) (core.Media, error) {
			<-release
			return core.Media{}, core.Fail(core.Unreachable, "x", context.Canceled)
		}
		stop := c.start()
		c.arrives("a")
		after(time.Second)
		go func() { time.Sleep(time.Second); close(release) }()
		stop()
		if m := c.media("a"); m.Lost != "" || m.Path != "" {
			t.Errorf("%+v", m)
		}
	})
}

func TestLoadFetchPolicy(t *testing.T) {
	good, err := fs.ReadFile(os.DirFS("../../assets/rules"), "fetch.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"no JSON":     "{",
		"no parallel": strings.Replace(string(good), `"parallel": 3`, `"parallel": 0`, 1),
		"no life":     strings.Replace(string(good), `"life": "168h"`, `"life": "0s"`, 1),
	} {
		if _, err := LoadFetchPolicy(fstest.MapFS{"fetch.json": {Data: []byte(file)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadFetchPolicy(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}

// TestFetchWithTheClockSetBack: a file is tried again in time all the same.
func TestFetchWithTheClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCellar(t)
		var back atomic.Int64
		c.f.Now = func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }
		var tries atomic.Int64
		c.gw.DownloadF = func(_ string, w io.Writer) (core.Media, error) {
			if tries.Add(1) < 3 {
				time.AfterFunc(10*time.Millisecond, func() { back.Store(int64(time.Hour)) })
				return core.Media{}, core.Fail(core.Unreachable, "test", nil)
			}
			_, err := io.WriteString(w, "picture")
			return core.Media{MIME: "image/jpeg"}, err
		}
		c.start()
		c.arrives("a")
		after(5 * time.Minute)
		if m := c.media("a"); m.Path == "" {
			t.Errorf("after five minutes and %d tries: %+v", tries.Load(), m)
		}
	})
}
