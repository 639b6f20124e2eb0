package place

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bottega/core"
)

func TestDir(t *testing.T) {
	for _, f := range []func(string) (string, error){Dir, State} {
		got, err := f("some/where")
		if err != nil || !filepath.IsAbs(got) || filepath.Base(got) != "where" {
			t.Errorf("a folder asked for: %q, %v", got, err)
		}
	}
}

func TestHome(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths of this test are written the Unix way")
	}
	for base, want := range map[string]string{
		"/home/ana/.local/share":      "/home/ana/.local/share/bottega",
		"/Users/ana/Library/App Data": "/Users/ana/Library/App Data/bottega",
		".local/share":                "", // no HOME
		"/.local/share":               "", // HOME is the root
		"":                            "",
	} {
		got, err := home(base)
		if got != want || (want == "") != (core.CodeOf(err) == core.NoHome) {
			t.Errorf("home(%q) = %q, %v", base, got, err)
		}
	}
}

func TestReady(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := Ready(dir); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(dir)
	if err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("rights %v, %v", st.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}

	if got, err := Usable(dir); got != dir || err != nil {
		t.Errorf("Usable = %q, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Usable(filepath.Join(file, "below")); core.CodeOf(err) != core.NoHome {
		t.Errorf("Usable below a file: %v", err)
	}
	if err := Ready(filepath.Join(file, "below")); core.CodeOf(err) != core.NoHome {
		t.Errorf("a folder below a file: %v", err)
	}
}

func TestReadyReadOnly(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere; TestCodes holds the translation")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := Ready(dir); core.CodeOf(err) != core.ReadOnly {
		t.Errorf("a folder without the right to write: %v", err)
	}
}

func TestCodes(t *testing.T) {
	for err, want := range map[error]core.Code{
		&fs.PathError{Op: "open", Err: syscall.ENOSPC}: core.DiskFull,
		&fs.PathError{Op: "open", Err: syscall.EDQUOT}: core.DiskFull,
		&fs.PathError{Op: "open", Err: syscall.EROFS}:  core.ReadOnly,
		&fs.PathError{Op: "open", Err: syscall.EACCES}: core.ReadOnly,
		errors.New("something else"):                   core.NoHome,
	} {
		if got := code(err); got != want {
			t.Errorf("code(%v) = %s, want %s", err, got, want)
		}
	}
}

func TestOpen(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps rights elsewhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"closed": 0o600, "open": 0o644, "writable": 0o602} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Open(dir)
	if err != nil || !slices.Equal(got, []string{"open", "writable"}) {
		t.Errorf("Open = %q, %v", got, err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err = Open(dir); err != nil || got[0] != "." {
		t.Errorf("an open folder: %q, %v", got, err)
	}
	if got, err = Open(filepath.Join(dir, "none")); err != nil || got != nil {
		t.Errorf("no folder yet: %q, %v", got, err)
	}
}

func TestFree(t *testing.T) {
	n, err := Free(t.TempDir())
	if err != nil || n <= 0 {
		t.Errorf("Free = %d, %v", n, err)
	}
	if _, err := Free(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("room in a folder that is not there")
	}
}

func TestLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	for range 2 { // the second one appends
		log, done, err := Log(dir, slog.LevelInfo)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("Opened", "phone", core.Phone("+393331234567"), "key", core.Secret("EAAG"))
		if err := done(); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "bottega.log")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(b), `"msg":"Opened"`); lines != 2 {
		t.Errorf("%d lines in\n%s", lines, b)
	}
	if strings.Contains(string(b), "EAAG") || strings.Contains(string(b), "333123") {
		t.Errorf("the log tells too much:\n%s", b)
	}
	if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("rights %v, %v", st.Mode(), err)
	}
}

func TestLogIsPutAside(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "bottega.log")
	if err := os.WriteFile(name, make([]byte, maxLog+1), 0o600); err != nil {
		t.Fatal(err)
	}
	_, done, err := Log(dir, slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	for name, size := range map[string]int64{name: 0, name + ".1": maxLog + 1} {
		if st, err := os.Stat(name); err != nil || st.Size() != size {
			t.Errorf("%s: %v, %v", name, st, err)
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log, _, err := Log(file, slog.LevelInfo)
	if core.CodeOf(err) != core.NoHome || log == nil {
		t.Errorf("a log below a file: %v", err)
	}
	log.Info("Nobody hears this, and nothing breaks")
}

func TestOccupy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	first, err := Occupy(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Occupy(dir); core.CodeOf(err) != core.AlreadyRunning {
		t.Errorf("a second one: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "media", "1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bottega.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := first.Clear(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != lockName {
		t.Errorf("after Clear: %v, %v", left, err)
	}
	if _, err := Occupy(dir); core.CodeOf(err) != core.AlreadyRunning {
		t.Errorf("after Clear the hold is gone: %v", err)
	}
	if err := first.Leave(); err != nil {
		t.Fatal(err)
	}
	second, err := Occupy(dir)
	if err != nil {
		t.Fatalf("after Leave: %v", err)
	}
	if err := second.Leave(); err != nil {
		t.Fatal(err)
	}
}

func TestSettle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	first, joins, err := Settle(dir, false)
	if err != nil || joins {
		t.Fatalf("the first: joins %v, %v", joins, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bottega.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, joins, err := Settle(dir, false)
	if err != nil || !joins || second != nil {
		t.Errorf("the second: %v, joins %v, %v", second, joins, err)
	}
	if err := second.Leave(); err != nil {
		t.Errorf("who holds nothing leaves: %v", err)
	}
	if _, joins, err := Settle(dir, true); core.CodeOf(err) != core.AlreadyRunning || joins {
		t.Errorf("a reset under somebody's feet: joins %v, %v", joins, err)
	}
	if err := first.Leave(); err != nil {
		t.Fatal(err)
	}
	third, joins, err := Settle(dir, true)
	if err != nil || joins {
		t.Fatalf("after Leave: joins %v, %v", joins, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != lockName {
		t.Errorf("after a reset: %v, %v", left, err)
	}
	if err := third.Leave(); err != nil {
		t.Fatal(err)
	}
}
