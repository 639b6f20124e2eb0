package secret

import (
	"context"
	"strings"

	"bottega/core"
)

// envRing reads secrets from the environment.
type envRing struct {
	lookup func(string) (string, bool)
}

// Env returns a keyring that reads BOTTEGA_SECRET_<CHANNEL>_<FIELD> through
// lookup (os.LookupEnv) and refuses every change with ReadOnly. An empty
// variable counts as absent.
func Env(lookup func(string) (string, bool)) core.Keyring { return envRing{lookup} }

// EnvName is the variable of a secret: upper case, anything but letters and
// digits as '_'.
func EnvName(channel, field string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, "BOTTEGA_SECRET_"+channel+"_"+field)
}

func (envRing) Where() string { return "env" }

func (r envRing) Get(_ context.Context, channel, field string) (core.Secret, error) {
	if v, ok := r.lookup(EnvName(channel, field)); ok && v != "" {
		return core.Secret(v), nil
	}
	return "", core.Fail(core.NotFound, "secret.Get", nil)
}

func (envRing) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.ReadOnly, "secret.Set", nil)
}

func (envRing) Delete(context.Context, string, string) error {
	return core.Fail(core.ReadOnly, "secret.Delete", nil)
}
