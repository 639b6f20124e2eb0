package probe

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/gauge"
)

// million measures a campaign of so many rows: the memory that planning,
// starting and resuming it takes, how long it is until a resumed one sends, and
// a look at it while it stands still.
func (o Options) million(ctx context.Context, n int) (rs []gauge.Reading, err error) {
	err = o.house(ctx, nowhere, func(h *house) error {
		off, c, err := o.audience(ctx, h, n)
		if err != nil {
			return err
		}
		peak := watchMemory(ctx)
		err = launch(ctx, off, c, n)
		var resumed gauge.Samples
		if err == nil {
			resumed, err = h.resumes(ctx, off, c.ID)
		}
		most, known, werr := peak()
		if err = errors.Join(err, werr); err != nil {
			return err
		}
		if known {
			rs = append(rs, gauge.Reading{ID: "campaign-memory", Value: most, N: n})
		}
		if _, err := off.Pause(ctx, c.ID); err != nil { // only a paused one is reviewed
			return err
		}
		review := gauge.Samples{}
		err = review.Time(func() error { _, err := off.Review(ctx, c.ID); return err })
		if err != nil {
			return err
		}
		idle, err := h.idle(ctx, off)
		r := review.Reading("campaign-review")
		r.Value /= 1000
		rs = append(rs, resumed.Reading("campaign-resume"), r, idle.Reading("campaign-idle"))
		return err
	})
	return rs, err
}

// engine is a runner as a program has it that was just started.
func (h *house) engine(off *campaign.Office) *campaign.Runner {
	return &campaign.Runner{Rules: off.Rules, Store: h.campaigns, Lease: h.Store, Feed: h.feed, Zones: off.Zones, Home: off.Home, Templates: h.lines.Forms,
		Shop: func() core.Rules { return h.rules }, Host: off.Host, Owner: "probe", Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// resumes pauses a campaign and resumes it a few times, each with a new engine,
// until its first messages are in line.
func (h *house) resumes(ctx context.Context, off *campaign.Office, id int64) (took gauge.Samples, err error) {
	for range 5 {
		if _, err := off.Pause(ctx, id); err != nil {
			return nil, err
		}
		err := took.Time(func() error {
			if _, err := off.Resume(ctx, id, "probe", false); err != nil {
				return err
			}
			_, err := h.engine(off).Step(ctx, h.ch.ID)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return took, nil
}

// idle looks at a paused campaign again and again.
func (h *house) idle(ctx context.Context, off *campaign.Office) (took gauge.Samples, err error) {
	e := h.engine(off)
	for range 200 {
		if err := took.Time(func() error { _, err := e.Step(ctx, h.ch.ID); return err }); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// watchMemory notes the most memory that this process holds from now on, in
// MB, until the returned function is called; that tells false where the system
// does not say.
func watchMemory(ctx context.Context) func() (mb float64, known bool, err error) {
	debug.FreeOSMemory() // what was before is none of this
	most, known := resident()
	ctx, stop := context.WithCancel(ctx)
	watched := make(chan error, 1)
	go func() {
		watched <- core.Guard(ctx, "probe", func(ctx context.Context) error {
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-tick.C:
					if mb, ok := resident(); ok {
						most, known = max(most, mb), true
					}
				}
			}
		})()
	}()
	return func() (float64, bool, error) {
		stop()
		err := <-watched
		return most, known, err
	}
}

// resident is the memory that this process holds in MB.
func resident() (float64, bool) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kb, err := strconv.ParseFloat(strings.Fields(string(rest))[0], 64)
			return kb / 1000, err == nil
		}
	}
	return 0, false
}
