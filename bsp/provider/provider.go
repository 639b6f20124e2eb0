// Package provider finds the adapter of a channel by the name of its provider,
// and gives it the channel's keys: from the keyring, just before each use.
package provider

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"bottega/bsp"
	"bottega/bsp/meta"
	"bottega/bsp/webhook"
	"bottega/core"
)

// Names of the keys that a channel has in the keyring.
const (
	Token       = "token"
	AppSecret   = "app_secret"
	VerifyToken = "verify_token"
)

// Decoders reads the callbacks of every provider there is an adapter for. The
// sandbox speaks Meta's language.
func Decoders() map[core.ProviderName]core.Decoder {
	return map[core.ProviderName]core.Decoder{core.Meta: meta.Decoder{}, core.Sandbox: meta.Decoder{}}
}

// Version grows whenever one of the decoders reads more than before.
const Version = meta.DecoderVersion

// Set connects channels to their providers. Safe for concurrent use.
type Set struct {
	Keys   core.Keyring
	Client *http.Client
	Now    func() time.Time
	Log    *slog.Logger
	// Calls counts and times what is asked of the providers (S-218); nil counts nothing.
	Calls *bsp.Stats
}

// Gateway implements core.Gateways. NoSecret when the channel's token is not
// there, NotYet for a provider without an adapter.
func (s *Set) Gateway(ctx context.Context, ch core.Channel) (core.Gateway, error) {
	switch ch.Provider {
	case core.Meta, core.Sandbox:
	default:
		return nil, core.Fail(core.NotYet, "provider.Gateway", nil)
	}
	token := func(ctx context.Context) (core.Secret, error) { return s.key(ctx, ch.Name, Token) }
	if _, err := token(ctx); err != nil {
		return nil, err
	}
	var gw core.Gateway = meta.New(meta.Config{Account: ch.Account, Client: s.Client, Token: token, Now: s.Now, Log: s.Log})
	if s.Calls != nil {
		gw = bsp.Meter(gw, s.Calls, s.Now)
	}
	return bsp.Log(gw, s.Log, ch.ID, s.Now), nil
}

// Callback returns what the receiver needs of a channel: the check of a
// callback's signature and the answer to the provider's handshake.
func (s *Set) Callback(ctx context.Context, ch core.Channel) (verify func(http.Header, []byte) error, shake func(url.Values) (string, bool), err error) {
	switch ch.Provider {
	case core.Meta, core.Sandbox:
	default:
		return nil, nil, core.Fail(core.NotYet, "provider.Callback", nil)
	}
	app, err := s.key(ctx, ch.Name, AppSecret)
	if err != nil {
		return nil, nil, err
	}
	own, err := s.key(ctx, ch.Name, VerifyToken)
	if err != nil {
		return nil, nil, err
	}
	verify, shake = meta.Callback(app, own)
	return verify, shake, nil
}

// Channel returns the lookup that the receiver asks for each callback: the
// channel by its name, with the check and the handshake of its provider.
func (s *Set) Channel(channels core.ChannelStore) func(context.Context, string) (webhook.Channel, error) {
	return func(ctx context.Context, name string) (webhook.Channel, error) {
		ch, err := channels.ChannelByName(ctx, name)
		if err != nil {
			return webhook.Channel{}, err
		}
		verify, shake, err := s.Callback(ctx, ch)
		return webhook.Channel{ID: ch.ID, Verify: verify, Handshake: shake}, err
	}
}

// key reads a secret; one that is missing is NoSecret, since it is not the
// channel that does not exist.
func (s *Set) key(ctx context.Context, channel, field string) (core.Secret, error) {
	v, err := s.Keys.Get(ctx, channel, field)
	if core.CodeOf(err) == core.NotFound {
		return "", core.Fail(core.NoSecret, "provider.key", err)
	}
	return v, err
}
