package shop_test

import (
	"os"
	"path/filepath"
	"testing"

	"bottega/core"
	"bottega/storage/shop"
)

// The shop's own prices: none at first, then what was saved, readable by its
// owner only, and a file that cannot be meant is not read.
func TestPrices(t *testing.T) {
	dir := t.TempDir()
	s, err := shop.Open(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if data, err := s.Prices(); data != nil || err != nil {
		t.Errorf("before any: %q, %v", data, err)
	}
	for _, want := range []string{"{}", `{"cards": []}`} {
		if err := s.SavePrices([]byte(want)); err != nil {
			t.Fatal(err)
		}
		if data, err := s.Prices(); string(data) != want || err != nil {
			t.Errorf("%q, %v, want %q", data, err, want)
		}
	}
	if st, err := os.Stat(s.PricesPath()); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".prices-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(s.PricesPath(), make([]byte, 9<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prices(); core.CodeOf(err) != core.TooLarge {
		t.Errorf("a file without end: %v", err)
	}
}
