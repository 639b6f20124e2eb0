package health

import (
	"context"
	"time"

	"bottega/core"
)

// Pulse is what Watcher reads.
type Pulse interface {
	core.PulseStore
	core.SettingsStore
}

// Watcher looks how channels receive. Fields are required.
type Watcher struct {
	Store   Pulse
	Receive Receive
	Can     func(*core.Channel) bool // whether the provider can be asked
	Zone    func() *time.Location    // of the shop
	Now     func() time.Time
}

// Look judges the way in of a channel, and returns what it judged by.
func (w *Watcher) Look(ctx context.Context, ch *core.Channel) (Verdict, Signals, error) {
	now, s := w.Now(), Signals{Way: ch.Way(w.Can(ch)), LastCall: ch.LastCallbackAt}
	if _, err := w.Store.Setting(ctx, core.ReceiverSetting, &s.Receiving); err != nil {
		return Verdict{}, s, err
	}
	var mark core.PollMark
	if _, err := w.Store.Setting(ctx, core.PollSetting(ch.ID), &mark); err != nil {
		return Verdict{}, s, err
	}
	s.LastPoll = mark.At
	if s.Way.Calls() {
		if _, err := w.Store.Setting(ctx, core.PingSetting(ch.ID), &s.Ping); err != nil {
			return Verdict{}, s, err
		}
		var err error
		weeks := time.Duration(w.Receive.Silence.Weeks) * 7 * 24 * time.Hour
		if s.Arrivals, err = w.Store.Arrivals(ctx, ch.ID, now.Add(-weeks)); err != nil {
			return Verdict{}, s, err
		}
	}
	return w.Receive.Silence.Judge(s, w.Zone(), now), s, nil
}

// Answered sums up the answers to callbacks since a time.
func (w *Watcher) Answered(ctx context.Context, since time.Time) (Answered, error) {
	as, err := w.Store.Answers(ctx, since)
	return SumAnswers(as), err
}
