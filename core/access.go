package core

import (
	"context"
	"time"
)

// Inspector is an account whose key can be asked about itself. Optional; see Port.
type Inspector interface {
	// Inspect tells what the key that the gateway was made with may do. A
	// provider that says nothing of a fact leaves it out.
	Inspect(ctx context.Context) (Key, error)
}

// Key is what a provider tells of a key: never the key itself.
type Key struct {
	Kind    string    `json:"kind,omitempty"`    // the provider's word: SYSTEM_USER, Trial, eu1
	Scopes  []string  `json:"scopes,omitempty"`  // what it may do, in the provider's words
	Missing []string  `json:"missing,omitempty"` // what bottega needs and the key may not
	Expires time.Time `json:"expires,omitzero"`  // zero: never, or not told
	Endless bool      `json:"endless,omitempty"` // the provider says that it does not run out
	At      time.Time `json:"at,omitzero"`       // when it was asked; zero: never
}

// RunsOut reports whether the key is within warn of its end, or past it.
func (k Key) RunsOut(now time.Time, warn time.Duration) bool {
	return !k.Expires.IsZero() && k.Expires.Sub(now) <= warn
}

// Rekeyer is a gateway that remembers its key for a while. Optional; see Port.
type Rekeyer interface {
	// Rekey forgets what is remembered: the next call reads the key where it lies.
	Rekey()
}

// WithKey makes a call to gw's provider, and makes it once more with its key
// read anew where the provider refused the key: another process may have
// renewed it meanwhile. Who is refused so has had nothing done for him, which
// is why even a send may be made again.
func WithKey(gw Gateway, call func() error) error {
	err := call()
	pe := ProviderErrorOf(err)
	if pe == nil || pe.Class != ClassAuth || pe.Uncertain {
		return err
	}
	port, ok := Port[Rekeyer](gw)
	if !ok {
		return err
	}
	port.Rekey()
	return call()
}

// Subscriber is an account that can be told where callbacks go. Optional; see Port.
type Subscriber interface {
	// Subscribe has the provider send its callbacks to a hook, and leaves alone
	// what is right already; calling it again changes nothing.
	Subscribe(ctx context.Context, h Hook) (Hooked, error)
}

// HookReader is an account that tells where its callbacks go by now. Optional; see Port.
type HookReader interface {
	// ReadHook asks where the provider sends what comes in on the channel, and
	// changes nothing. It looks for h.URL; where nothing is sent there, the
	// answer has another address that messages go to, or none.
	ReadHook(ctx context.Context, h Hook) (Hooked, error)
}

// Hook is an address for callbacks.
type Hook struct {
	URL string // as the provider reaches it; "" where the shop has none
	// Secret goes along: Meta's verify token, the secret of Zenvia's header.
	Secret Secret
	// Known reports that the key which a provider signs with is at hand, so that
	// no new one needs to be made.
	Known bool
}

// Hooked is how a provider's callbacks stand.
type Hooked struct {
	URL   string   `json:"url,omitempty"`   // where they go; "" where the account's own page says
	State string   `json:"state,omitempty"` // the provider's word: active, degraded
	Apps  []string `json:"apps,omitempty"`  // Meta: who is subscribed
	// Missing are the callbacks that are not sent to URL, and what else keeps
	// them from arriving, in the provider's words: MESSAGE_STATUS, subscribed_apps.
	Missing []string `json:"missing,omitempty"`
	// ByHand is set where the rest is done, or seen, on the provider's page,
	// since there is no call for it.
	ByHand bool `json:"by_hand,omitempty"`
	// Secret is a signing key that the provider made and tells this once only.
	Secret Secret `json:"-"`
}
