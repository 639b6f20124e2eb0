// Package provider finds the adapter of a channel by the name of its provider,
// and gives it the channel's keys: from the keyring, just before each use.
package provider

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"bottega/bsp"
	"bottega/bsp/bird"
	"bottega/bsp/meta"
	"bottega/bsp/twilio"
	"bottega/bsp/webhook"
	"bottega/bsp/wire"
	"bottega/bsp/zenvia"
	"bottega/core"
)

// Names of the keys that a channel has in the keyring.
const (
	Token         = "token"          // Meta, Zenvia
	AppSecret     = "app_secret"     // Meta
	VerifyToken   = "verify_token"   // Meta
	AuthToken     = "auth_token"     // Twilio: requests and signatures
	APIKey        = "api_key"        // Bird
	WebhookSecret = "webhook_secret" // Bird, Zenvia; none where nothing is received by callback
	TokenSecret   = "token_secret"   // Zenvia: of a signature token only
)

// Fields are the keys that a provider needs to send, and those that it may
// have beside them.
func Fields(p core.ProviderName) (needed, optional []string) {
	switch p {
	case core.Meta, core.Sandbox:
		return []string{Token, AppSecret, VerifyToken}, nil
	case core.Twilio:
		return []string{AuthToken}, nil
	case core.Bird:
		return []string{APIKey}, []string{WebhookSecret}
	case core.Zenvia:
		return []string{Token}, []string{WebhookSecret, TokenSecret}
	}
	return nil, nil
}

// Decoders reads the callbacks of every provider there is an adapter for. The
// sandbox speaks Meta's language.
func Decoders() map[core.ProviderName]core.Decoder {
	return map[core.ProviderName]core.Decoder{core.Meta: meta.Decoder{}, core.Sandbox: meta.Decoder{},
		core.Twilio: twilio.Decoder{}, core.Bird: bird.Decoder{}, core.Zenvia: zenvia.Decoder{}}
}

// Version grows whenever one of the decoders reads more than before: each
// begins at 1 and only ever grows.
const Version = meta.DecoderVersion + twilio.DecoderVersion + bird.DecoderVersion + zenvia.DecoderVersion - 3

// Set connects channels to their providers. Safe for concurrent use.
type Set struct {
	Keys   core.Keyring
	Client *http.Client
	Now    func() time.Time
	Log    *slog.Logger
	// Calls counts and times what is asked of the providers (S-218); nil counts nothing.
	Calls *bsp.Stats

	// AskKey is how old what is known of a channel's key may get before Watch
	// asks again; 0 never asks.
	AskKey time.Duration

	// Books of what accounts hold, which providers know by id only: by the
	// channel's name, so that the many gateways of a channel share one.
	Books *Books
}

// Books are shared by the copies of a Set. The zero value is empty.
type Books struct{ twilio, zenvia sync.Map }

func (b *Books) ofTwilio(channel string) *twilio.Book {
	if b == nil {
		return nil
	}
	v, _ := b.twilio.LoadOrStore(channel, &twilio.Book{})
	return v.(*twilio.Book)
}

func (b *Books) ofZenvia(channel string) *zenvia.Book {
	if b == nil {
		return nil
	}
	v, _ := b.zenvia.LoadOrStore(channel, &zenvia.Book{})
	return v.(*zenvia.Book)
}

// Gateway implements core.Gateways. NoSecret when the channel's key is not
// there, NotYet for a provider without an adapter.
func (s *Set) Gateway(ctx context.Context, ch core.Channel) (core.Gateway, error) {
	needed, _ := Fields(ch.Provider)
	if len(needed) == 0 {
		return nil, core.Fail(core.NotYet, "provider.Gateway", nil)
	}
	get := func(field string) func(context.Context) (core.Secret, error) {
		return func(ctx context.Context) (core.Secret, error) { return s.key(ctx, ch.Name, field) }
	}
	token := get(needed[0])
	if _, err := token(ctx); err != nil {
		return nil, err
	}
	var gw core.Gateway
	line := wire.Config{Client: s.Client, Now: s.Now, Log: s.Log}
	switch ch.Provider {
	case core.Twilio:
		gw = twilio.New(twilio.Config{Account: ch.Account, Number: ch.Number, Wire: line, Token: token, Book: s.Books.ofTwilio(ch.Name)})
	case core.Bird:
		gw = bird.New(bird.Config{Account: ch.Account, Number: ch.Number, Wire: line, Key: token})
	case core.Zenvia:
		gw = zenvia.New(zenvia.Config{Account: ch.Account, Number: ch.Number, Wire: line, Token: token, Signer: get(TokenSecret), Book: s.Books.ofZenvia(ch.Name)})
	default:
		gw = meta.New(meta.Config{Account: ch.Account, Client: s.Client, Token: token, Now: s.Now, Log: s.Log})
	}
	if m, ok := gw.(*meta.Gateway); ok && ch.Provider == core.Sandbox {
		gw = &simulator{Gateway: m, account: ch.Account, line: wire.NewLine(line), token: token}
	}
	gw = s.rekeyed(gw, ch.Name)
	if s.Calls != nil {
		gw = bsp.Meter(gw, s.Calls, s.Now)
	}
	return bsp.Log(gw, s.Log, ch.ID, s.Now), nil
}

// Callback returns what the receiver needs of a channel: how a callback is
// checked, what is kept of it, and the answer to the provider's handshake.
// NoSecret where the key to check with is not there.
func (s *Set) Callback(ctx context.Context, ch core.Channel) (webhook.Channel, error) {
	out := webhook.Channel{ID: ch.ID}
	switch ch.Provider {
	case core.Meta, core.Sandbox:
		app, err := s.key(ctx, ch.Name, AppSecret)
		if err != nil {
			return out, err
		}
		own, err := s.key(ctx, ch.Name, VerifyToken)
		if err != nil {
			return out, err
		}
		out.Verify, out.Handshake = meta.Callback(app, own)
	case core.Twilio:
		token, err := s.key(ctx, ch.Name, AuthToken)
		if err != nil {
			return out, err
		}
		out.VerifyRequest, out.Record = twilio.Callback(token, ch.Account.PublicURL)
		out.MediaTypes = twilio.MediaTypes()
	case core.Bird:
		secret, err := s.key(ctx, ch.Name, WebhookSecret)
		if err != nil {
			return out, err
		}
		out.Verify = bird.Callback(secret, s.Now)
	case core.Zenvia:
		secret, err := s.key(ctx, ch.Name, WebhookSecret)
		if err != nil {
			return out, err
		}
		out.VerifyRequest, out.Keyed = zenvia.Callback(secret), true
	default:
		return out, core.Fail(core.NotYet, "provider.Callback", nil)
	}
	return out, nil
}

// Channel returns the lookup that the receiver asks for each callback: the
// channel by its name, with the check and the handshake of its provider.
func (s *Set) Channel(channels core.ChannelStore) func(context.Context, string) (webhook.Channel, error) {
	return func(ctx context.Context, name string) (webhook.Channel, error) {
		ch, err := channels.ChannelByName(ctx, name)
		if err != nil {
			return webhook.Channel{}, err
		}
		return s.Callback(ctx, ch)
	}
}

// key reads a secret; one that is missing is NoSecret, since it is not the
// channel that does not exist. One that a channel may do without is missing as
// well when some keyring does not answer but the channel's keys lie elsewhere:
// where there is only a file, nobody could do without it else.
func (s *Set) key(ctx context.Context, channel, field string) (core.Secret, error) {
	v, err := s.Keys.Get(ctx, channel, field)
	missing := core.CodeOf(err) == core.NotFound
	if h, ok := s.Keys.(core.Holder); ok && core.CodeOf(err) == core.NoKeyring && (field == TokenSecret || field == WebhookSecret) {
		missing = h.Holds(ctx, channel)
	}
	if missing {
		return "", core.Fail(core.NoSecret, "provider.key", err)
	}
	return v, err
}
