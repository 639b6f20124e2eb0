package inbox

import (
	"context"
	"slices"
	"time"

	"bottega/core"
)

// look again for a message on its way after this long.
const lookAgain = 100 * time.Millisecond

// Leaving tells how many of one's own messages have not left: those that can
// still be taken back, and those of the open chat that wait in line.
func (p *Pane) Leaving() (n int, wait func(context.Context) (bool, error)) {
	now := p.now()
	var all []leaving
	for _, l := range p.pending {
		if l.until.After(now) {
			all = append(all, l)
		}
	}
	for i := range p.th.msgs {
		m := &p.th.msgs[i]
		known := slices.ContainsFunc(all, func(l leaving) bool { return l.message == m.ID })
		if !known && m.Direction == core.Out && m.Author == p.env.Agent && (m.State == core.Queued || m.State == core.Sending) {
			all = append(all, leaving{message: m.ID, conv: p.open})
		}
	}
	read := p.d.Read
	return len(all), func(ctx context.Context) (bool, error) { return allLeft(ctx, read, all) }
}

// allLeft looks until none of the messages waits any more; false when ctx ends first.
func allLeft(ctx context.Context, read core.InboxReader, all []leaving) (bool, error) {
	t := time.NewTicker(lookAgain)
	defer t.Stop()
	for len(all) > 0 {
		gone, err := left(ctx, read, all[0])
		switch {
		case ctx.Err() != nil:
			return false, nil
		case err != nil:
			return false, err
		case gone:
			all = all[1:]
			continue
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-t.C:
		}
	}
	return true, nil
}

// left reports whether a message has left, or was taken back.
func left(ctx context.Context, read core.InboxReader, l leaving) (bool, error) {
	ms, err := read.Messages(ctx, l.conv, l.message+1, 1)
	if err != nil || len(ms) == 0 || ms[0].ID != l.message {
		return err == nil, err
	}
	return ms[0].State.Settled(), nil
}
