package setup

import (
	"context"

	"bottega/core"
	"bottega/core/connect"
)

// Name is the pane's address for kit.To and frame.ShowTab.
const Name = "settings"

// Work is what the pane asks of connecting; core/connect.Service does it.
type Work interface {
	Connect(ctx context.Context, d connect.Draft, unchecked bool, tell func(connect.Result)) (core.Channel, error)
	Check(ctx context.Context, ch core.Channel, tell func(connect.Result)) (core.Health, error)
	Subscribe(ctx context.Context, ch core.Channel, tell func(connect.Result))
	Rotate(ctx context.Context, name string, secrets map[string]core.Secret, tell func(connect.Result)) (core.Channel, error)
	Address(ctx context.Context, ch core.Channel, url string) (core.Channel, error)
	Receive(ctx context.Context, ch core.Channel, way core.Way, can bool) (core.Channel, error)
	Seal(ctx context.Context, pass core.Secret) error
	Remove(ctx context.Context, ch core.Channel) error
	Lies(ctx context.Context, ch core.Channel) []connect.Kept
}

// Channels lists the shop's numbers.
type Channels interface {
	Channels(ctx context.Context) ([]core.Channel, error)
}

// Deps is what the pane works with.
type Deps struct {
	Work     Work
	Channels Channels
	Policy   connect.Policy
	// Able is what a channel's provider can do, asked without a key.
	Able func(core.Channel) core.Capabilities
	// Try sends a test message to a phone and tells of it until its tick.
	Try func(ctx context.Context, ch core.Channel, to core.Phone, tell func(connect.Result)) error
	// Ping tries the address of a channel's callbacks with one of our own; "" as
	// the address where there is none.
	Ping func(ctx context.Context, ch core.Channel) (address string, p core.Pinged, err error)
	// NewSecret makes up a verify token.
	NewSecret func() core.Secret
	Rules     func() core.Rules
	Dir       string         // data folder
	Places    []core.Keyring // where keys may lie
	// Begin opens the wizard at once: somebody came for it. Nil for not.
	Begin *connect.Start
}
