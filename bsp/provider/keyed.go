package provider

import "bottega/core"

// forgetful is a keyring that remembers what it read, until it is told to forget.
type forgetful interface{ Forget(channel string) }

// keyed is a gateway whose keyring remembers.
type keyed struct {
	core.Gateway
	forget func()
}

var _ core.Rekeyer = keyed{}

// Unwrap shows the gateway itself, for the ports that only some providers have.
func (k keyed) Unwrap() core.Gateway { return k.Gateway }

// Rekey has the next call read the key from where it lies.
func (k keyed) Rekey() { k.forget() }

// rekeyed adds Rekey where the keyring remembers.
func (s *Set) rekeyed(gw core.Gateway, channel string) core.Gateway {
	ring, ok := s.Keys.(forgetful)
	if !ok {
		return gw
	}
	return keyed{gw, func() { ring.Forget(channel) }}
}
