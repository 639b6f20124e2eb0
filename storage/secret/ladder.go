package secret

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bottega/core"
)

// ladder asks its rungs from the first to the last.
type ladder []core.Keyring

// Ladder returns a keyring that reads from the first of ks that has the
// secret, and writes to the first that can keep it. Get fails with NoKeyring
// when no rung had the secret and one could not be asked, since the secret
// may lie there; with NotFound when all answered.
func Ladder(ks ...core.Keyring) core.Keyring { return ladder(ks) }

func (l ladder) Where() string {
	names := make([]string, len(l))
	for i, k := range l {
		names[i] = k.Where()
	}
	return strings.Join(names, "+")
}

func (l ladder) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	worst := core.Fail(core.NotFound, "secret.Get", nil)
	for _, k := range l {
		s, err := k.Get(ctx, channel, field)
		if err == nil {
			return s, nil
		}
		if core.CodeOf(err) != core.NotFound && core.CodeOf(worst) != core.WrongPassphrase {
			worst = err // a file that is there and shut says more than a keyring that is not
		}
	}
	return "", worst
}

func (l ladder) Set(ctx context.Context, channel, field string, s core.Secret) error {
	err := core.Fail(core.NoKeyring, "secret.Set", nil)
	for _, k := range l {
		next := k.Set(ctx, channel, field, s)
		switch core.CodeOf(next) {
		case core.ReadOnly: // says nothing about why no other rung took it
		case core.NoKeyring, core.WrongPassphrase:
			if core.CodeOf(err) != core.WrongPassphrase {
				err = next
			}
		default:
			return next
		}
	}
	return err
}

// Delete removes the secret from every rung that has it.
func (l ladder) Delete(ctx context.Context, channel, field string) error {
	worst, gone := core.Fail(core.NotFound, "secret.Delete", nil), false
	for _, k := range l {
		switch err := k.Delete(ctx, channel, field); core.CodeOf(err) {
		case "":
			gone = true
		case core.NotFound, core.ReadOnly:
		default:
			worst = err
		}
	}
	if gone {
		return nil
	}
	return worst
}

// Places are where this computer can keep keys, in the order in which they are
// asked: the environment; the sealed file secrets.age in dir where
// BOTTEGA_PASSPHRASE is set, or where it exists and ask, which may be nil, can
// ask for its pass phrase; the keyring of the operating system, under the
// service name and with the time limit given. Where there is neither file nor
// pass phrase the file stands last, for the day on which somebody chooses one
// because the keyring does not answer (Unmade). work is how hard it is made to
// guess the pass phrase of a file that is sealed here: 2^work rounds of scrypt,
// 0 for the usual.
func Places(lookup func(string) (string, bool), dir, service string, limit time.Duration, ask Ask, work int) []core.Keyring {
	path := filepath.Join(dir, "secrets.age")
	sealed, ring := Unmade(path), OS(service, limit)
	sealed.workN = cmp.Or(work, usualWork)
	pass, _ := lookup("BOTTEGA_PASSPHRASE")
	_, err := os.Stat(path)
	switch {
	case pass != "":
		sealed.pass = core.Secret(pass)
	case err == nil && ask != nil:
		sealed.ask = ask
	case err == nil:
		return []core.Keyring{Env(lookup), ring}
	default:
		return []core.Keyring{Env(lookup), ring, sealed}
	}
	return []core.Keyring{Env(lookup), sealed, ring}
}
