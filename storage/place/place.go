// Package place knows the folder that a shop's data lies in: where it is,
// whether it can be written, who else could read it, and how much room is left
// there. It opens no database.
package place

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/adrg/xdg"

	"bottega/core"
)

// app names our folder in the places of the operating system.
const app = "bottega"

// Dir is the data folder: the one asked for, or bottega/ in the data folder
// that the operating system gives its user. It makes nothing. NoHome when
// there is no such place.
func Dir(asked string) (string, error) {
	if asked != "" {
		return filepath.Abs(asked)
	}
	return home(xdg.DataHome)
}

// State is the folder for logs and crash files, beside the data when a data
// folder was asked for. NoHome as with Dir.
func State(asked string) (string, error) {
	if asked != "" {
		return filepath.Abs(asked)
	}
	return home(xdg.StateHome)
}

// home is our folder below base. Without a home the library makes paths
// relative to the working directory or to the root: data must not land there.
func home(base string) (string, error) {
	if !filepath.IsAbs(base) || strings.HasPrefix(base, string(filepath.Separator)+".") {
		return "", core.Fail(core.NoHome, "place.Dir", nil)
	}
	return filepath.Join(base, app), nil
}

// Ready makes the folder (0700) where it is missing and tries whether it can
// be written. ReadOnly or DiskFull when it cannot, NoHome when its parent is
// missing too and cannot be made.
func Ready(dir string) error {
	const op = "place.Ready"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return core.Fail(code(err), op, err)
	}
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return core.Fail(code(err), op, err)
	}
	_, err = f.Write([]byte{0})
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		return core.Fail(code(err), op, err)
	}
	return nil
}

// Usable is the data folder, made ready: Dir and Ready together.
func Usable(asked string) (string, error) {
	dir, err := Dir(asked)
	if err != nil {
		return "", err
	}
	return dir, Ready(dir)
}

func code(err error) core.Code {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return core.DiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return core.ReadOnly
	}
	return core.NoHome
}

// Open lists what in the folder others than its owner could read or write:
// names relative to dir, "." for the folder itself. Only the folder and its
// own files are looked at, since nobody gets past a closed folder. Nothing is
// listed where the system has no such rights (Windows).
func Open(dir string) ([]string, error) {
	const op = "place.Open"
	st, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, core.Fail(code(err), op, err)
	}
	var open []string
	if others(st) {
		open = append(open, ".")
	}
	es, err := os.ReadDir(dir)
	if err != nil {
		return nil, core.Fail(code(err), op, err)
	}
	for _, e := range es {
		if st, err := e.Info(); err == nil && others(st) { // gone meanwhile: nothing to say
			open = append(open, e.Name())
		}
	}
	return open, nil
}
