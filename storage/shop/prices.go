package shop

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bottega/core"
)

// pricesFile is the shop's own prices in its data folder, written by people.
const pricesFile = "prices.json"

// maxPrices bounds what is read of it: all cards of ten years have 1 MB.
const maxPrices = 8 << 20

// PricesPath is where a shop's own prices lie.
func (s *Shop) PricesPath() string { return filepath.Join(s.Dir(), pricesFile) }

// Prices reads the shop's own prices, nil when there are none. TooLarge for a
// file that cannot be meant.
func (s *Shop) Prices() ([]byte, error) {
	const op = "shop.Prices"
	f, err := os.Open(s.PricesPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, core.Fail(core.InvalidInput, op, err)
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, maxPrices+1))
	if err != nil {
		return nil, core.Fail(core.InvalidInput, op, err)
	}
	if len(data) > maxPrices {
		return nil, core.Fail(core.TooLarge, op, nil)
	}
	return data, nil
}

// SavePrices writes them: whole or not at all. DiskFull or ReadOnly when the
// folder takes nothing.
func (s *Shop) SavePrices(data []byte) (err error) {
	const op = "shop.SavePrices"
	f, err := os.CreateTemp(s.Dir(), ".prices-*")
	if err != nil {
		return core.Fail(core.ReadOnly, op, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return core.Fail(core.DiskFull, op, err)
	}
	if err := os.Rename(f.Name(), s.PricesPath()); err != nil {
		return core.Fail(core.ReadOnly, op, err)
	}
	return nil
}
