package secret

import (
	"context"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

// cache remembers what was read for a short time.
type cache struct {
	core.Keyring
	ttl time.Duration
	now func() time.Time

	mu sync.Mutex
	m  map[string]kept
}

type kept struct {
	s     core.Secret
	until time.Time
}

// Cached returns a keyring that asks k at most once in ttl for each secret
// that is there. The keyring of the operating system takes milliseconds, and a
// busy channel needs its keys a thousand times a second. A key renewed by
// another process is seen after ttl, or once the channel is forgotten (Forget).
func Cached(k core.Keyring, ttl time.Duration, now func() time.Time) core.Keyring {
	return &cache{Keyring: k, ttl: ttl, now: now, m: map[string]kept{}}
}

func (c *cache) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	at, e := c.now(), entry(channel, field)
	c.mu.Lock()
	v, ok := c.m[e]
	c.mu.Unlock()
	if left := v.until.Sub(at); ok && left > 0 && left <= c.ttl { // more is left only when the clock was set back
		return v.s, nil
	}
	s, err := c.Keyring.Get(ctx, channel, field)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[e] = kept{s, at.Add(c.ttl)}
	return s, nil
}

func (c *cache) Set(ctx context.Context, channel, field string, s core.Secret) error {
	defer c.forget(channel, field)
	return c.Keyring.Set(ctx, channel, field, s)
}

func (c *cache) Delete(ctx context.Context, channel, field string) error {
	defer c.forget(channel, field)
	return c.Keyring.Delete(ctx, channel, field)
}

// Forget forgets what is remembered of a channel's secrets.
func (c *cache) Forget(channel string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := range c.m {
		if strings.HasPrefix(e, entry(channel, "")) {
			delete(c.m, e)
		}
	}
}

func (c *cache) forget(channel, field string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, entry(channel, field))
}
