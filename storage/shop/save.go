package shop

import (
	"errors"
	"os"
	"path/filepath"

	"bottega/core"
)

// SaveTable writes a table in the format that the name asks for. It grows
// beside the place it is asked for and takes it when it is whole, so that a
// cancelled or failed export leaves nothing behind and spoils nothing. Only
// this user can read it: it is full of people. NotFound when the folder cannot
// be written.
func SaveTable(path string, header []string, fill func(write func(cells []string) error) error) (err error) {
	const op = "shop.SaveTable"
	f, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return core.Fail(core.NotFound, op, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	write, end, err := NewTable(f, path, header)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(fill(write), end(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return core.Fail(core.NotFound, op, err)
	}
	return nil
}
