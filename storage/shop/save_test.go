package shop_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bottega/core"
	"bottega/storage/shop"
)

// What is saved is whole and private; what fails leaves the old file and
// nothing beside it.
func TestSaveTable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "people.csv")
	one := func(write func([]string) error) error { return write([]string{"Maria", "+393331234567"}) }
	if err := shop.SaveTable(path, []string{"name", "phone"}, one); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", st, err)
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stopped := errors.New("stopped")
	if err := shop.SaveTable(path, []string{"name", "phone"}, func(write func([]string) error) error { return errors.Join(one(write), stopped) }); !errors.Is(err, stopped) {
		t.Errorf("the failure came back as %v", err)
	}
	now, err := os.ReadFile(path)
	if err != nil || string(now) != string(was) {
		t.Errorf("a failed export left %q, %v", now, err)
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) != 1 {
		t.Errorf("left behind: %v, %v", es, err)
	}
	if err := shop.SaveTable(filepath.Join(dir, "no", "such.csv"), nil, one); core.CodeOf(err) != core.NotFound {
		t.Errorf("no folder: %v", err)
	}
}
