package kit

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The file is for these eyes only, and gone after the editor, however that ended.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	left := func() []os.DirEntry {
		es, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return es
	}
	for _, ended := range []error{nil, errors.New("exit status 1")} {
		s, err := NewScratch("vi -n")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write("Ciao.\nVieni?"); err != nil {
			t.Fatal(err)
		}
		if args := s.Cmd(t.Context()).Args; !slices.Equal(args, []string{"vi", "-n", s.File}) {
			t.Errorf("runs %q", args)
		}
		st, err := os.Stat(s.File)
		if err != nil || st.Mode().Perm() != 0o600 || filepath.Dir(s.File) != dir {
			t.Fatalf("file %v, %v", st, err)
		}
		if err := os.WriteFile(s.File, []byte("Ciao.\n\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(ended); got != "Ciao." || !errors.Is(err, ended) {
			t.Errorf("came back %q, %v", got, err)
		}
		if es := left(); len(es) != 0 {
			t.Errorf("left behind: %v", es)
		}
	}
	if _, err := NewScratch(" "); err == nil {
		t.Error("an editor without a name")
	}
	s, err := NewScratch("vi")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(os.Remove(s.File)); !os.IsNotExist(err) {
		t.Errorf("a file that the editor took away: %v", err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "nowhere"))
	if _, err := NewScratch("vi"); err == nil {
		t.Error("a file in no folder")
	}
}
