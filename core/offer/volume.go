package offer

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/ledger"
)

// VolumeOf sums up the months of a shop's accounts: what it moved, whoever
// carried it. Reviews and edits are not known there.
func VolumeOf(ctx context.Context, store core.ChargeReader, all []ledger.Statement) (Volume, error) {
	var v Volume
	var from, to time.Time
	mine := map[int64]bool{}
	for i := range all {
		s := &all[i]
		t := s.Month.Total()
		v.Sent += t.Messages - t.Why[ledger.FromPhone] // the provider does not see what is typed on the phone
		v.Failed += t.Why[ledger.NotDelivered]
		v.Platform = v.Platform.Merge(t.Platform)
		v.Numbers += len(s.Channels)
		for _, ch := range s.Channels {
			mine[ch.ID] = true
		}
		if from.IsZero() || s.Month.Start.Before(from) {
			from = s.Month.Start
		}
		if s.Month.End.After(to) {
			to = s.Month.End
		}
	}
	if len(all) == 0 {
		return v, nil
	}
	got, err := store.Received(ctx, from, to)
	for id, n := range got {
		if mine[id] {
			v.Received += n
		}
	}
	return v, err
}
