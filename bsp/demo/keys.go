package demo

import (
	"context"
	"sync"

	"bottega/core"
)

// keysSetting holds the keys of the simulated number.
const keysSetting = "demo.keys"

// Keys returns the keyring of a demo shop. Its keys lie with its data and not
// where a shop's do: they open nothing but a simulator on this computer, every
// process on the same data needs them, and the system's keyring may not be
// there for all of them.
func Keys(store core.SettingsStore) core.Keyring { return &ring{store: store} }

// KeysOf returns Keys where the data is a demo's, nil where it is a shop's.
func KeysOf(ctx context.Context, store core.SettingsStore) (core.Keyring, error) {
	var before string
	if is, err := store.Setting(ctx, keeper, &before); err != nil || !is {
		return nil, err
	}
	return Keys(store), nil
}

// ring reads and writes the setting; the lock keeps two writes of one process apart.
type ring struct {
	store core.SettingsStore
	mu    sync.Mutex
}

// Where implements core.Keyring.
func (*ring) Where() string { return "demo" }

// all are the keys by channel and field. Plain text, since core.Secret writes
// itself as dots.
func (r *ring) all(ctx context.Context) (map[string]string, error) {
	m := map[string]string{}
	_, err := r.store.Setting(ctx, keysSetting, &m)
	return m, err
}

// Get implements core.Keyring.
func (r *ring) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	m, err := r.all(ctx)
	if err != nil {
		return "", err
	}
	if v, ok := m[channel+"/"+field]; ok {
		return core.Secret(v), nil
	}
	return "", core.Fail(core.NotFound, "demo.Get", nil)
}

// Set implements core.Keyring.
func (r *ring) Set(ctx context.Context, channel, field string, s core.Secret) error {
	return r.change(ctx, func(m map[string]string) error { m[channel+"/"+field] = s.Reveal(); return nil })
}

// Delete implements core.Keyring.
func (r *ring) Delete(ctx context.Context, channel, field string) error {
	return r.change(ctx, func(m map[string]string) error {
		if _, ok := m[channel+"/"+field]; !ok {
			return core.Fail(core.NotFound, "demo.Delete", nil)
		}
		delete(m, channel+"/"+field)
		return nil
	})
}

func (r *ring) change(ctx context.Context, do func(map[string]string) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, err := r.all(ctx)
	if err == nil {
		err = do(m)
	}
	if err != nil {
		return err
	}
	return r.store.SetSetting(ctx, keysSetting, m)
}
