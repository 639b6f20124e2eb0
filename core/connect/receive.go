package connect

import (
	"context"

	"bottega/core"
)

// Receive chooses how a channel receives; "" leaves it to the program. can says
// whether its provider can be asked: Unsupported for a way that needs it where
// it cannot, InvalidInput for one that nobody knows.
func (s *Service) Receive(ctx context.Context, ch core.Channel, way core.Way, can bool) (core.Channel, error) {
	const op = "connect.Receive"
	switch {
	case way.Polls() && !can:
		return ch, core.Fail(core.Unsupported, op, nil)
	case way != "" && !way.Known():
		return ch, core.Fail(core.InvalidInput, op, nil)
	}
	return s.change(ctx, ch.ID, func(c *core.Channel) { c.Account.Receive = way })
}

// Address keeps where a channel's callbacks come in, as the provider reaches
// it; "" for nowhere. Subscribe tells the provider. InvalidInput for what is no
// address.
func (s *Service) Address(ctx context.Context, ch core.Channel, url string) (core.Channel, error) {
	if fault := FieldNamed(ch.Provider, "public_url").Check(url); fault != "" {
		return ch, core.Fail(core.InvalidInput, "connect.Address", nil)
	}
	return s.change(ctx, ch.ID, func(c *core.Channel) { c.Account.PublicURL = url })
}

// change keeps a channel with something changed of how it is by now.
func (s *Service) change(ctx context.Context, id int64, change func(*core.Channel)) (core.Channel, error) {
	ch, err := s.Channels.Channel(ctx, id)
	if err != nil {
		return ch, err
	}
	change(&ch)
	return s.Channels.SaveChannel(ctx, ch)
}
