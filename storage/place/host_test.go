package place_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bottega/storage/place"
)

func TestHostStaysAndACopyIsAnother(t *testing.T) {
	dir := t.TempDir()
	first, err := place.Host(dir)
	if err != nil || !strings.Contains(first, "-") {
		t.Fatalf("%q, %v", first, err)
	}
	if again, err := place.Host(dir); err != nil || again != first {
		t.Errorf("then %q, %v", again, err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "host.json"))
	if err != nil {
		t.Fatal(err)
	}
	there := t.TempDir()
	if err := os.WriteFile(filepath.Join(there, "host.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]bool{dir: false, there: true, t.TempDir(): false} {
		if got, err := place.Copied(folder); got != want || err != nil {
			t.Errorf("a copy: %t, %v", got, err)
		}
	}
	other, err := place.Host(there)
	if err != nil || other == first {
		t.Errorf("a copy is %q, %v", other, err)
	}
	if got, err := place.Copied(there); got || err != nil {
		t.Errorf("a copy that has a name of its own: %t, %v", got, err)
	}
	if again, err := place.Host(there); err != nil || again != other {
		t.Errorf("the copy is then %q, %v", again, err)
	}
	if err := os.WriteFile(filepath.Join(there, "host.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if name, err := place.Host(there); err != nil || name == "" {
		t.Errorf("over a broken file: %q, %v", name, err)
	}
	left, err := filepath.Glob(filepath.Join(there, ".host-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Processes that open a new shop at once agree.
func TestHostOfManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	names := make([]string, 16)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() {
			name, err := place.Host(dir)
			if err != nil {
				t.Error(err)
			}
			names[i] = name
		})
	}
	wg.Wait()
	for _, n := range names {
		if n != names[0] {
			t.Fatalf("they are %v", names)
		}
	}
}

func TestHostWithoutAFolder(t *testing.T) {
	if name, err := place.Host(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Errorf("%q", name)
	}
}
