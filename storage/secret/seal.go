package secret

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"bottega/core"
)

// Unmade is the encrypted file at path before there is one. It has no secret,
// and keeps none (NoKeyring) until Seal has told it the pass phrase that
// somebody chose. A file that another process makes meanwhile is not opened
// here: nobody has told its pass phrase.
func Unmade(path string) *File { return &File{path: path, workN: usualWork} }

// Unsealed reports whether the file waits for somebody to choose its pass
// phrase. It implements core.Sealer.
func (f *File) Unsealed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unsealed()
}

func (f *File) unsealed() bool {
	_, err := os.Stat(f.path)
	return f.pass == "" && errors.Is(err, fs.ErrNotExist)
}

// Seal takes the pass phrase under which the first Set makes the file; until
// then nothing is written. InvalidInput for an empty one, Conflict when the
// file is there or has a pass phrase already.
func (f *File) Seal(pass core.Secret) error {
	const op = "secret.Seal"
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case pass == "":
		return core.Fail(core.InvalidInput, op, nil)
	case !f.unsealed():
		return core.Fail(core.Conflict, op, nil)
	}
	f.pass, f.ask, f.shut = pass, nil, nil
	return nil
}

// Holds reports whether the file has a secret of a channel. It implements
// core.Holder.
func (f *File) Holds(ctx context.Context, channel string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.load(ctx) != nil {
		return false
	}
	for name := range f.vals {
		if strings.HasPrefix(name, entry(channel, "")) {
			return true
		}
	}
	return false
}

// Holds reports whether a rung that can tell has a secret of a channel.
func (l ladder) Holds(ctx context.Context, channel string) bool {
	for _, k := range l {
		if h, ok := k.(core.Holder); ok && h.Holds(ctx, channel) {
			return true
		}
	}
	return false
}

// Holds asks the keyring behind the cache.
func (c *cache) Holds(ctx context.Context, channel string) bool {
	h, ok := c.Keyring.(core.Holder)
	return ok && h.Holds(ctx, channel)
}
