package coretest

import (
	"context"
	"sync"

	"bottega/core"
)

// Chest is a keyring in memory that waits for its pass phrase, as the encrypted
// file does: until Seal it keeps nothing. It is safe for concurrent use.
type Chest struct {
	mu   sync.Mutex
	pass core.Secret
	vals map[string]core.Secret
}

// Pass is the pass phrase that was chosen, "" before.
func (c *Chest) Pass() core.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pass
}

// Unsealed implements core.Sealer.
func (c *Chest) Unsealed() bool { return c.Pass() == "" }

// Seal implements core.Sealer.
func (c *Chest) Seal(p core.Secret) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pass = p
	return nil
}

// Get implements core.Keyring.
func (c *Chest) Get(_ context.Context, channel, field string) (core.Secret, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.vals[channel+"/"+field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "coretest.Chest", nil)
}

// Set implements core.Keyring.
func (c *Chest) Set(_ context.Context, channel, field string, v core.Secret) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pass == "" {
		return core.Fail(core.NoKeyring, "coretest.Chest", nil)
	}
	if c.vals == nil {
		c.vals = map[string]core.Secret{}
	}
	c.vals[channel+"/"+field] = v
	return nil
}

// Delete implements core.Keyring.
func (c *Chest) Delete(_ context.Context, channel, field string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.vals, channel+"/"+field)
	return nil
}

// Where is "file".
func (*Chest) Where() string { return "file" }
