package core

import (
	"context"
	"fmt"
	"log/slog"
)

const masked = "•••"

// Secret is an API key, token or pass phrase. Every verb of fmt, JSON, text
// and slog prints it as "•••"; only Reveal gives the value, and only the code
// that signs or authorises a request calls it. Two ways past that are fmt's and
// JSON's own: a secret in an unexported field of a printed struct, and one as
// the key of a map. Keep it in exported fields and out of keys.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string               { return masked }
func (Secret) GoString() string             { return masked }
func (Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }
func (Secret) LogValue() slog.Value         { return slog.StringValue(masked) }

// Format masks the secret for every verb, %x and %q among them.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// Keyring keeps secrets outside the database, by channel name and field
// ("token", "app_secret", "verify_token").
type Keyring interface {
	// Get returns NotFound when there is no such secret, and NoKeyring when
	// the place itself cannot be reached (locked, absent, timed out).
	Get(ctx context.Context, channel, field string) (Secret, error)
	Set(ctx context.Context, channel, field string, s Secret) error
	Delete(ctx context.Context, channel, field string) error
	// Where names the place for doctor and Settings: "os", "file", "env", "memory".
	Where() string
}

// Sealer is a place for keys that keeps none until somebody has chosen its pass
// phrase: what is used, in the open, where no keyring answers.
type Sealer interface {
	Keyring
	// Unsealed reports whether it still waits for one.
	Unsealed() bool
	// Seal takes it. Conflict when there is one already.
	Seal(pass Secret) error
}

// Holder is a place for keys that can be asked whether it has any of a channel.
type Holder interface {
	Holds(ctx context.Context, channel string) bool
}
