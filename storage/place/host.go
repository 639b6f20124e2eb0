package place

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bottega/core"
)

// hostFile names the installation that a data folder belongs to. It is no part
// of a backup.
const hostFile = "host.json"

// host is what lies in it. Mark is what the file system gave the file itself
// and no copy of it has.
type host struct {
	Name string `json:"name"`
	Mark uint64 `json:"mark"`
}

// Host is the name of the installation on dir: the same at each start, and
// another one where the folder was copied to, so that what a copy may not do by
// itself is asked for first. It begins with the computer's name, for people.
func Host(dir string) (string, error) {
	const op = "place.Host"
	path := filepath.Join(dir, hostFile)
	name, there, err := known(path)
	if err == nil && name == "" {
		name, err = newHost(dir, path, there)
	}
	if err != nil {
		return "", core.Fail(code(err), op, err)
	}
	return name, nil
}

// Copied reports whether dir is a copy of a shop that Host has not named anew
// yet. What waits to be sent in it may have been sent by the other one.
func Copied(dir string) (bool, error) {
	name, there, err := known(filepath.Join(dir, hostFile))
	if err != nil {
		return false, core.Fail(code(err), "place.Copied", err)
	}
	return there && name == "", nil
}

// known is the name in a host file that is no copy, and whether there is a file.
func known(path string) (name string, there bool, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	var h host
	if json.Unmarshal(b, &h) == nil && h.Name != "" {
		if st, err := os.Stat(path); err == nil && mark(st) == h.Mark {
			return h.Name, true, nil
		}
	}
	return "", true, nil
}

// newHost writes the file beside its place and moves it there whole. Where two
// processes do so at once the first one's stands, unless it replaces a copied one.
func newHost(dir, path string, replace bool) (_ string, err error) {
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "computer" // nothing rests on it but that people may know it again
	}
	name, _, _ = strings.Cut(name, ".")
	h := host{Name: strings.ToLower(name) + "-" + strings.ToLower(rand.Text()[:6])}
	f, err := os.CreateTemp(dir, ".host-*") // 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if rerr := os.Remove(f.Name()); !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, rerr)
		}
	}()
	st, err := f.Stat()
	if err == nil {
		h.Mark = mark(st)
		var b []byte
		if b, err = json.Marshal(h); err == nil {
			_, err = f.Write(b)
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if !replace {
		if err = os.Link(f.Name(), path); err == nil {
			return h.Name, nil
		}
		if errors.Is(err, fs.ErrExist) { // another process was first
			return Host(dir)
		}
	}
	return h.Name, os.Rename(f.Name(), path) // also where there are no links
}
