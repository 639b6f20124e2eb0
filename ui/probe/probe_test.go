package probe

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"bottega/core/gauge"
)

// TestMain lets this test be the program that is measured: a list of names
// with a bar that j and k move.
func TestMain(m *testing.M) {
	if os.Getenv("PROBE_CHILD") == "" {
		os.Exit(m.Run())
	}
	if len(os.Args) > 2 && os.Args[1] == "bench" {
		fmt.Println("full")
		time.Sleep(time.Hour)
	}
	list()
}

// list draws on the terminal; the terminal's own echo of a key does no harm.
func list() {
	at := 0
	draw := func() {
		var b strings.Builder
		b.WriteString("\x1b[2J\x1b[H")
		for i := range 8 {
			bar := "  "
			if i == at {
				bar = "▌ "
			}
			fmt.Fprintf(&b, "%sName %d\r\n", bar, i)
		}
		fmt.Print(b.String())
	}
	draw()
	key := make([]byte, 16)
	for {
		n, err := os.Stdin.Read(key)
		if err != nil {
			return
		}
		for _, k := range string(key[:n]) {
			switch k {
			case 'j':
				at++
			case 'k':
				at--
			}
		}
		draw()
	}
}

func measured(t *testing.T) (Options, gauge.Shop) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Program: exe, Env: append(os.Environ(), "PROBE_CHILD=1")}, gauge.Shop{Dir: t.TempDir(), Top: []string{"Name 0", "Name 7"}}
}

func TestStart(t *testing.T) {
	o, s := measured(t)
	if d, err := o.Start(t.Context(), s); err != nil || d <= 0 {
		t.Errorf("%v, %v", d, err)
	}
	o.Program = "/nonexistent"
	if _, err := o.Start(t.Context(), s); err == nil {
		t.Error("a program that is not there started")
	}
}

// A program that ends before its screen stands is told, not waited for.
func TestStartEnds(t *testing.T) {
	o, s := measured(t)
	o.Program = "/bin/true"
	if _, err := o.Start(t.Context(), s); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("%v", err)
	}
}

func TestKill(t *testing.T) {
	o, s := measured(t)
	if err := o.Kill(t.Context(), s.Dir); err != nil {
		t.Error(err)
	}
	o.Program = "/bin/true"
	if err := o.Kill(t.Context(), s.Dir); err == nil {
		t.Error("one that said nothing was taken as ready")
	}
}

func TestCursor(t *testing.T) {
	for want, lines := range map[int][]string{-1: {"a", " ▌"}, 1: {"a", "▌ b", "▌ c"}} {
		if got := cursor(lines); got != want {
			t.Errorf("cursor %q = %d, want %d", lines, got, want)
		}
	}
}

func TestResident(t *testing.T) {
	if mb, ok := resident(os.Getpid()); ok && mb < 1 {
		t.Errorf("%f MB", mb)
	}
	if _, ok := resident(-1); ok {
		t.Error("a process that is not there has memory")
	}
}

func TestFull(t *testing.T) {
	s := gauge.Shop{Top: []string{"王小明 very long name"}}
	if !full(s)([]string{"", "x 王小明 very …"}) || full(s)([]string{"王小"}) {
		t.Error("full misjudges")
	}
}
