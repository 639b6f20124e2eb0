package connect

import (
	"context"
	"unicode/utf8"

	"bottega/core"
)

// Unsealed is why no key can be kept yet: no keyring answers, and the encrypted
// file waits until somebody has chosen its pass phrase; see Service.Seal.
type Unsealed struct {
	Least int // characters that it must have
}

func (*Unsealed) Error() string { return "the file of keys waits for a pass phrase" }

// Seal takes the pass phrase for the encrypted file of keys, which exists from
// the first key on. InvalidInput for one that is easily guessed, Conflict when a place takes keys without it.
func (s *Service) Seal(ctx context.Context, pass core.Secret) error {
	const op = "connect.Seal"
	if utf8.RuneCountInString(pass.Reveal()) < s.Policy.Passphrase {
		return core.Fail(core.InvalidInput, op, nil)
	}
	k := s.sealer(ctx)
	if k == nil {
		return core.Fail(core.Conflict, op, nil)
	}
	return k.Seal(pass)
}

// open fails with an *Unsealed when secrets would have to go into a file that
// nobody has sealed. Those that lie somewhere already, perhaps in the
// environment, need no place.
func (s *Service) open(ctx context.Context, channel string, secrets map[string]core.Secret) error {
	for _, f := range fieldsOf(secrets) {
		if was, err := s.Keys.Get(ctx, channel, f); err == nil && was.Reveal() == secrets[f].Reveal() {
			continue
		}
		if s.sealer(ctx) != nil {
			return core.Fail(core.NoKeyring, "connect.open", &Unsealed{s.Policy.Passphrase})
		}
		return nil
	}
	return nil
}

// sealer is the place that waits for a pass phrase; nil when one before it
// takes keys, or when there is none that waits.
func (s *Service) sealer(ctx context.Context) core.Sealer {
	for _, k := range s.Rungs {
		if w, ok := k.(core.Sealer); ok && w.Unsealed() {
			return w
		}
		if k.Where() != "env" && Answers(ctx, k) == nil {
			return nil
		}
	}
	return nil
}

// Answers asks a place for keys after a secret that nobody has: nil when it
// says so, else why it cannot be used.
func Answers(ctx context.Context, k core.Keyring) error {
	_, err := k.Get(ctx, "doctor", "probe")
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	return err
}
