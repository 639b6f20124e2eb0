package secret

import (
	"context"
	"sync"

	"bottega/core"
)

// memRing forgets everything when the process ends.
type memRing struct {
	mu sync.Mutex
	m  map[string]core.Secret
}

// Memory returns a keyring for tests and for the demo shop.
func Memory() core.Keyring { return &memRing{m: map[string]core.Secret{}} }

func (*memRing) Where() string { return "memory" }

func (r *memRing) Get(_ context.Context, channel, field string) (core.Secret, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.m[entry(channel, field)]
	if !ok {
		return "", core.Fail(core.NotFound, "secret.Get", nil)
	}
	return s, nil
}

func (r *memRing) Set(_ context.Context, channel, field string, s core.Secret) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.m[entry(channel, field)] = s
	return nil
}

func (r *memRing) Delete(_ context.Context, channel, field string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.m[entry(channel, field)]; !ok {
		return core.Fail(core.NotFound, "secret.Delete", nil)
	}
	delete(r.m, entry(channel, field))
	return nil
}
