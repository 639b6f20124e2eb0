package provider

import (
	"context"
	"time"

	"bottega/core"
)

// Every is how often the standing of a number is asked: no callback tells its
// quality, and more than once an hour is not wanted (bsp/meta.md 5, trap 12).
const Every = time.Hour

// Shop is what Watch needs of the store.
type Shop interface {
	core.Writer
	core.ChannelStore
}

// Watch keeps Channel.Health fresh until ctx ends: at once where it is older
// than Every, then each hour, and four times as often while the sender gets
// nowhere. A provider that does not answer changes nothing. It returns ctx's error.
func (s *Set) Watch(ctx context.Context, shop Shop) error {
	t := time.NewTicker(Every / 4)
	defer t.Stop()
	for {
		if err := s.ask(ctx, shop); err != nil && ctx.Err() == nil {
			s.Log.Warn("Health was not kept", "err", core.Trace(err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// ask asks for every channel whose health is old.
func (s *Set) ask(ctx context.Context, shop Shop) error {
	chs, err := shop.Channels(ctx)
	if err != nil {
		return err
	}
	for _, ch := range chs {
		if age := s.Now().Sub(ch.Health.At); age >= 0 && age < Every && ch.Health.AwaySince.IsZero() {
			continue
		}
		gw, err := s.Gateway(ctx, ch)
		if err != nil {
			s.Log.Info("Health could not be asked", "channel", ch.ID, "code", core.CodeOf(err))
			continue
		}
		at := s.Now() // what a callback tells from here on is newer than the answer
		h, err := gw.Health(ctx)
		if err != nil {
			s.Log.Info("Health was not told", "channel", ch.ID, "code", core.CodeOf(err))
			continue
		}
		h.At = at
		h.Key = s.inspect(ctx, ch, gw)
		if err := shop.Write(ctx, func(tx core.Tx) error { return keep(tx, ch.ID, h) }); err != nil {
			return err
		}
	}
	return nil
}

// inspect asks a key about itself where that was long ago; a zero Key says
// nothing, and what was known stays.
func (s *Set) inspect(ctx context.Context, ch core.Channel, gw core.Gateway) core.Key {
	port, ok := core.Port[core.Inspector](gw)
	if age := s.Now().Sub(ch.Health.Key.At); !ok || s.AskKey <= 0 || age >= 0 && age < s.AskKey {
		return core.Key{}
	}
	k, err := port.Inspect(ctx)
	if err != nil {
		s.Log.Info("The key was not told of", "channel", ch.ID, "code", core.CodeOf(err))
		return core.Key{}
	}
	return k
}

// keep takes over the answer beside whatever else changed in the channel
// meanwhile, callbacks about its health among it.
func keep(tx core.Tx, channel int64, h core.Health) error {
	ch, err := tx.Channel(channel)
	if core.CodeOf(err) == core.NotFound {
		return nil // removed while we asked
	}
	if err != nil {
		return err
	}
	ch.Health = ch.Health.Asked(h)
	if err := tx.SaveChannel(&ch); err != nil {
		return err
	}
	tx.Changed(core.Change{Kind: core.Channels, ID: channel})
	return nil
}
