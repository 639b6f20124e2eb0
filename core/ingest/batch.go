package ingest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// reading is one journal row with what its decoder made of it.
type reading struct {
	entry core.JournalEntry
	parts []part // events by channel, in order
	count int
	state core.JournalState
	err   string // why it is not readable, or what was not understood
}

// part is a run of events of one channel.
type part struct {
	channel core.Channel
	events  []core.Event
}

// batch decodes rows and applies them in one transaction. When that fails it
// goes row by row, so that one poisoned row stops no other.
func (w *Worker) batch(ctx context.Context, rows []core.JournalEntry) (int, error) {
	chs, err := w.Store.Channels(ctx)
	if err != nil {
		return 0, err
	}
	var rs []reading
	for events := 0; len(rs) < len(rows) && events < w.Batch.Events; {
		r := w.read(rows[len(rs)], chs)
		events += r.count
		rs = append(rs, r)
	}
	now := w.Now()
	err = w.Store.Write(ctx, func(tx core.Tx) error { return w.apply(tx, rs, now) })
	if err == nil {
		w.touched(rs)
		return len(rs), nil
	}
	if waits(ctx, err) {
		return 0, err
	}
	for i := range rs {
		if err := w.alone(ctx, &rs[i], now); err != nil {
			return i, err
		}
	}
	return len(rs), nil
}

// waits reports whether a failure is the store's own: the rows are not to blame.
func waits(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch core.CodeOf(err) {
	case core.DiskFull, core.Busy, core.ReadOnly, core.Damaged, core.TooNew:
		return true
	}
	return false
}

// alone applies one row. One that fails again is set aside as unreadable.
func (w *Worker) alone(ctx context.Context, r *reading, now time.Time) error {
	err := w.Store.Write(ctx, func(tx core.Tx) error { return w.apply(tx, []reading{*r}, now) })
	if err == nil {
		w.touched([]reading{*r})
		return nil
	}
	if waits(ctx, err) {
		return err
	}
	w.Log.Error("ingest: row set aside", "row", r.entry.ID, "channel", r.entry.ChannelID, "code", core.CodeOf(err))
	bad := reading{entry: r.entry, state: core.JournalUnreadable, err: bound(err.Error(), maxName)}
	return w.Store.Write(ctx, func(tx core.Tx) error { return w.apply(tx, []reading{bad}, now) })
}

// read decodes one row. A decoder that panics makes it unreadable.
func (w *Worker) read(e core.JournalEntry, chs []core.Channel) reading {
	r := reading{entry: e, state: core.JournalDone}
	i := slices.IndexFunc(chs, func(ch core.Channel) bool { return ch.ID == e.ChannelID })
	if i < 0 {
		r.err = "channel removed"
		return r
	}
	dec := w.Decoders[chs[i].Provider]
	if dec == nil {
		return unreadable(r, "no decoder for "+string(chs[i].Provider))
	}
	var evs []core.Event
	err := core.Guard(context.Background(), "decode", func(context.Context) (err error) {
		evs, err = dec.Decode(e.Body)
		return err
	})()
	if err != nil {
		return unreadable(r, bound(err.Error(), maxName))
	}
	r.count = len(evs)
	var strange []string
	for _, ev := range evs {
		if ev.At.IsZero() {
			ev.At = e.ReceivedAt.Truncate(time.Second)
		}
		for _, ch := range route(chs, chs[i], &ev) {
			r.add(ch, ev)
		}
		if ev.Kind == core.EvUnknown && !slices.Contains(strange, ev.Field) {
			strange = append(strange, ev.Field)
		}
	}
	if len(strange) > 0 {
		r.err = bound("not understood: "+strings.Join(strange, ", "), maxName)
	}
	return r
}

func unreadable(r reading, why string) reading {
	r.state, r.err = core.JournalUnreadable, why
	return r
}

func (r *reading) add(ch core.Channel, ev core.Event) {
	if n := len(r.parts); n > 0 && r.parts[n-1].channel.ID == ch.ID {
		r.parts[n-1].events = append(r.parts[n-1].events, ev)
		return
	}
	r.parts = append(r.parts, part{ch, []core.Event{ev}})
}

// route finds the channels an event is for. One app has one callback address,
// so the events of all its numbers may come in by one channel; what concerns
// the account, its templates among them, concerns each of its numbers. An event of a number that is not
// connected stays with the channel it came by, as something not understood:
// answering it from another number would puzzle the customer.
func route(chs []core.Channel, by core.Channel, e *core.Event) []core.Channel {
	if ofAccount(e.Kind) && by.Account.BusinessID != "" {
		return slices.DeleteFunc(slices.Clone(chs), func(ch core.Channel) bool {
			return ch.ID != by.ID && (ch.Provider != by.Provider || ch.Account.BusinessID != by.Account.BusinessID)
		})
	}
	if e.Kind == core.EvNumberHealth && e.From != "" {
		if i := slices.IndexFunc(chs, func(ch core.Channel) bool { return ch.Number == e.From }); i >= 0 {
			return chs[i : i+1]
		}
	}
	mine := by.Account.PhoneNumberID
	if e.Channel == "" || mine == "" || same(e.Channel, mine) {
		return []core.Channel{by}
	}
	i := slices.IndexFunc(chs, func(ch core.Channel) bool {
		return ch.Provider == by.Provider && same(e.Channel, ch.Account.PhoneNumberID)
	})
	if i >= 0 {
		return chs[i : i+1]
	}
	*e = core.Event{Kind: core.EvUnknown, Field: "number " + e.Channel, At: e.At}
	return []core.Channel{by}
}

// ofAccount reports whether an event is about the account and not one number.
func ofAccount(k core.EventKind) bool {
	switch k {
	case core.EvAccount, core.EvTemplateStatus, core.EvTemplateCategory, core.EvTemplateQuality:
		return true
	}
	return false
}

// same compares ids of numbers. Where the id is the number itself, as with most
// providers, it may be written in either of its forms.
func same(a, b string) bool {
	return a == b || strings.HasPrefix(a, "+") && slices.Contains(core.Phone(a).Forms(), core.Phone(b))
}

// apply carries readings into the store and finishes their rows.
func (w *Worker) apply(tx core.Tx, rs []reading, now time.Time) error {
	rules := w.Rules()
	for i := range rs {
		r := &rs[i]
		for _, p := range r.parts {
			a := applier{tx: tx, ch: p.channel, rules: rules, now: now, deeds: w.Deeds, stops: w.Stops, answered: w.Answered}
			if err := a.all(p.events); err != nil {
				return err
			}
		}
		if r.state == core.JournalUnreadable {
			act := core.Activity{ChannelID: r.entry.ChannelID, Kind: core.ActUnreadable, Detail: r.err, At: r.entry.ReceivedAt,
				Key: "journal|" + strconv.FormatInt(r.entry.ID, 10)}
			if err := tx.AddActivity(act); err != nil && !is(err, core.Conflict) {
				return err
			}
		}
		if err := tx.FinishJournal(r.entry.ID, r.state, r.err, w.Version); err != nil {
			return err
		}
	}
	if err := count(tx, rs); err != nil {
		return err
	}
	return w.touchChannels(tx, rs)
}

// count adds what is read for the first time to the rhythm of its channel.
func count(tx core.Tx, rs []reading) error {
	n := map[core.Arrivals]int{} // N is not filled in
	for i := range rs {
		if e := &rs[i].entry; e.Version == 0 {
			n[core.Arrivals{Channel: e.ChannelID, Hour: e.ReceivedAt.Truncate(time.Hour).UTC(), Polled: e.Polled}]++
		}
	}
	for a, n := range n {
		if err := tx.Arrived(a.Channel, a.Hour, n, a.Polled); err != nil {
			return err
		}
	}
	return nil
}

// touchChannels keeps when each provider last called us, seldom enough that a
// busy hour costs nothing. What we asked for ourselves says nothing of that.
func (w *Worker) touchChannels(tx core.Tx, rs []reading) error {
	for id, at := range latest(rs) {
		if at.Sub(w.touch[id]) < touchEvery {
			continue
		}
		ch, err := tx.Channel(id)
		if is(err, core.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if at.Sub(ch.LastCallbackAt) < touchEvery {
			continue
		}
		ch.LastCallbackAt = at
		if err := tx.SaveChannel(&ch); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Channels, ID: id})
	}
	return nil
}

// touched remembers what touchChannels has written, once that is on disk.
func (w *Worker) touched(rs []reading) {
	for id, at := range latest(rs) {
		if at.Sub(w.touch[id]) >= touchEvery {
			w.touch[id] = at
		}
	}
}

func latest(rs []reading) map[int64]time.Time {
	at := map[int64]time.Time{}
	for i := range rs {
		if e := &rs[i].entry; !e.Polled && e.ReceivedAt.After(at[e.ChannelID]) {
			at[e.ChannelID] = e.ReceivedAt
		}
	}
	return at
}
