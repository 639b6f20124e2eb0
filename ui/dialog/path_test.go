package dialog

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestPaths(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "Foto"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"fattura.pdf", "zeta.txt", ".nascosto"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for typed, want := range map[string][]string{
		dir + "/":   {dir + "/Foto/", dir + "/fattura.pdf", dir + "/zeta.txt"},
		dir + "/f":  {dir + "/Foto/", dir + "/fattura.pdf"}, // upper and lower case alike
		dir + "/.n": {dir + "/.nascosto"},
		dir + "/x":  nil,
		"/no/such/": nil,
	} {
		if got := Paths(typed); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
	t.Setenv("HOME", dir)
	if got := Paths("~/fa"); !slices.Equal(got, []string{"~/fattura.pdf"}) {
		t.Errorf("home: %v", got)
	}
	all := []string{"~/Foto/", "~/fattura.pdf", "~/zeta.txt"}
	for typed, want := range map[string][]string{
		"~/": all, "~": all, // what lies in it, not its own name
		"~/Foto/": nil,
		"~/x":     nil,
		"'~/z":    {"'~/zeta.txt"}, // as a terminal quotes what is dropped on it
	} {
		if got := Paths(typed); !slices.Equal(got, want) {
			t.Errorf("%q at home: %v, want %v", typed, got, want)
		}
	}
}
