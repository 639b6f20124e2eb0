package outbox

import (
	"context"

	"bottega/core"
)

// sweepLimit bounds one look for abandoned claims; more than Workers of them
// for each channel cannot be.
const sweepLimit = 4096

// sweep ends claims whose lease ran out, on whatever channel: their process
// died, and nobody else may have work that would bring it here.
func (r *Runner) sweep(ctx context.Context) error {
	return r.bury(ctx, func(core.Message) bool { return true }, false)
}

// bury ends the claims of dead processes. A message that was on its way has an
// open outcome; one whose file was still being uploaded had not left, and
// neither has one that the provider would take only once.
//
// With early also claims whose lease still runs are ended: whoever just took
// over a channel knows that their process no longer works it.
func (r *Runner) bury(ctx context.Context, mine func(core.Message) bool, early bool) error {
	now := r.wall()
	until := now
	if early {
		until = now.AddDate(100, 0, 0) // whatever the clock did meanwhile
	}
	var found []core.Message
	look := func(tx core.Tx) (err error) {
		found, err = tx.Expired(until, sweepLimit)
		return err
	}
	if err := r.Store.Write(ctx, look); err != nil || len(found) == 0 {
		return err
	}
	once := map[int64]bool{} // channels whose provider takes a ref once only
	for _, m := range found {
		if _, ok := once[m.ChannelID]; !ok {
			once[m.ChannelID] = r.idempotent(ctx, m.ChannelID)
		}
	}
	end := func(also func(core.Message) bool) error {
		return r.Store.Write(ctx, func(tx core.Tx) error {
			ms, err := tx.Expired(until, sweepLimit)
			for _, m := range ms {
				if err == nil && mine(m) && also(m) {
					err = r.buryOne(tx, m, once[m.ChannelID])
				}
			}
			return err
		})
	}
	err := end(func(core.Message) bool { return true })
	if err == nil || !ownFault(err) {
		return err
	}
	for _, m := range found { // one that cannot be ended must not keep the others
		if err := end(func(o core.Message) bool { return o.ID == m.ID }); err != nil {
			r.Log.Error("outbox: abandoned claim stays", "message", m.ID, "channel", m.ChannelID, "code", core.CodeOf(err))
		}
	}
	return nil
}

func (r *Runner) buryOne(tx core.Tx, m core.Message, once bool) error {
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
	switch {
	case m.State == core.Sending && once:
		m.State = core.Queued
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
		return back(tx, m, r.wall())
	case m.State == core.Queued:
		return back(tx, m, r.wall())
	case m.State == core.Sending:
		r.Log.Warn("outbox: outcome open after a crash", "message", m.ID, "channel", m.ChannelID)
		m.State = core.UnsureSent
		m.Error = &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
	}
	return tx.Release(m.ID, true, r.wall())
}

// idempotent asks the channel's gateway; when there is none to ask, no.
func (r *Runner) idempotent(ctx context.Context, channel int64) bool {
	ch, err := r.Store.Channel(ctx, channel)
	if err != nil {
		return false
	}
	gw, err := r.Gateways.Gateway(ctx, ch)
	return err == nil && gw.Capabilities().Idempotent
}
