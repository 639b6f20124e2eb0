package place

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

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

// Settle is Occupy for one who may share: where another process has the folder
// it joins, with nothing held. With reset it does not share, and empties the
// folder.
func Settle(dir string, reset bool) (stay *Stay, joins bool, err error) {
	stay, err = Occupy(dir)
	switch {
	case core.CodeOf(err) == core.AlreadyRunning && !reset:
		return nil, true, nil
	case err == nil && reset:
		if err = stay.Clear(); err != nil {
			err = errors.Join(err, stay.Leave())
		}
	}
	return stay, false, err
}

// turn is how often Succeed looks whether the folder is free: often enough for
// somebody who sits in front of it.
const turn = time.Second

// Succeed is Occupy for one who has joined: it waits until the process that
// has the folder is gone, however it went, and takes its place. It returns
// ctx's error when that ends first.
func Succeed(ctx context.Context, dir string) (*Stay, error) {
	t := time.NewTicker(turn)
	defer t.Stop()
	for {
		stay, err := Occupy(dir)
		if core.CodeOf(err) != core.AlreadyRunning {
			return stay, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-t.C:
		}
	}
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

// Leave gives the folder up; a nil Stay holds none.
func (s *Stay) Leave() error {
	if s == nil {
		return nil
	}
	return s.f.Close()
}
