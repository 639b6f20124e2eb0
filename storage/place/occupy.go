package place

import (
	"errors"
	"os"
	"path/filepath"

	"bottega/core"
)

// lockName is the file that says that a folder is occupied.
const lockName = "occupied.lock"

// Stay is the hold of a process on a folder that only one may have. It ends
// with the process, however that ends.
type Stay struct {
	dir string
	f   *os.File
}

// Occupy makes the folder where it is missing and takes it for this process.
// AlreadyRunning when another has it.
func Occupy(dir string) (*Stay, error) {
	const op = "place.Occupy"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, core.Fail(code(err), op, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, core.Fail(code(err), op, err)
	}
	held, err := lock(f)
	if held {
		return &Stay{dir, f}, nil
	}
	if err == nil {
		err = core.Fail(core.AlreadyRunning, op, nil)
	} else {
		err = core.Fail(core.Busy, op, err)
	}
	return nil, errors.Join(err, f.Close())
}

// Clear removes everything from the folder but the hold itself.
func (s *Stay) Clear() error {
	es, err := os.ReadDir(s.dir)
	if err != nil {
		return core.Fail(code(err), "place.Clear", err)
	}
	for _, e := range es {
		if e.Name() == lockName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.dir, e.Name())); err != nil {
			return core.Fail(code(err), "place.Clear", err)
		}
	}
	return nil
}

// Leave gives the folder up.
func (s *Stay) Leave() error { return s.f.Close() }
