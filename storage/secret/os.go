package secret

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"

	"bottega/core"
)

// Service is the name under which the keyring of the operating system lists
// the secrets of the default data folder.
const Service = "bottega"

// backend is what this package needs of go-keyring.
type backend interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

// system calls the keyring of the operating system through go-keyring.
type system struct{}

func (system) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (system) Set(service, user, pw string) error       { return keyring.Set(service, user, pw) }
func (system) Delete(service, user string) error        { return keyring.Delete(service, user) }

// osRing asks the operating system, one call at a time.
type osRing struct {
	service string
	timeout time.Duration
	b       backend
	// busy holds a token while a call is out. A desktop that waits for its
	// owner's password never returns, so at most one goroutine hangs there.
	busy chan struct{}
}

// OS returns the keyring of the operating system under the given service name
// (Secret Service, macOS Keychain, Windows Credential Manager). A call that
// takes longer than timeout fails with NoKeyring: behind a locked keyring the
// system waits for a password prompt without any limit.
func OS(service string, timeout time.Duration) core.Keyring {
	return &osRing{service: service, timeout: timeout, b: system{}, busy: make(chan struct{}, 1)}
}

func (*osRing) Where() string { return "os" }

func (r *osRing) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	return r.ask(ctx, "secret.Get", func() (string, error) { return r.b.Get(r.service, entry(channel, field)) })
}

func (r *osRing) Set(ctx context.Context, channel, field string, s core.Secret) error {
	_, err := r.ask(ctx, "secret.Set", func() (string, error) {
		return "", r.b.Set(r.service, entry(channel, field), s.Reveal())
	})
	return err
}

func (r *osRing) Delete(ctx context.Context, channel, field string) error {
	_, err := r.ask(ctx, "secret.Delete", func() (string, error) {
		return "", r.b.Delete(r.service, entry(channel, field))
	})
	return err
}

// entry is one secret's user name in the keyring; one key per entry keeps
// each below the 2,560 bytes of Windows.
func entry(channel, field string) string { return channel + "/" + field }

// ask runs fn on a goroutine of its own and waits for it, for the time limit,
// or for ctx. Only the missing entry and the value that is too long have
// typed errors in go-keyring; all else means that there is no keyring to use.
func (r *osRing) ask(ctx context.Context, op string, fn func() (string, error)) (core.Secret, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, r.timeout, fmt.Errorf("no answer within %v", r.timeout))
	defer cancel()
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		return "", core.Fail(core.NoKeyring, op, context.Cause(ctx))
	}
	type answer struct {
		v   core.Secret
		err error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-r.busy }()
		var v string
		err := core.Guard(ctx, op, func(context.Context) (err error) { v, err = fn(); return err })()
		done <- answer{core.Secret(v), err}
	}()
	select {
	case a := <-done:
		return a.v, translate(op, a.err)
	case <-ctx.Done():
		return "", core.Fail(core.NoKeyring, op, context.Cause(ctx))
	}
}

func translate(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return core.Fail(core.NotFound, op, err)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return core.Fail(core.TooLarge, op, err)
	}
	return core.Fail(core.NoKeyring, op, err)
}
