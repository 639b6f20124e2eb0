package ui_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

const body = "ciao, il mio codice è 4471"

// A panic in a pane's input, drawing, commands or reload ends the program in
// good order: the terminal is restored and Err has the panic.
func TestPanicsEndInGoodOrder(t *testing.T) {
	boom := func() tea.Msg { panic(body) }
	for name, arm := range map[string]func(*uitest.Screen, *world){
		"input": func(s *uitest.Screen, w *world) {
			w.pane.reload = func([]core.Change) bool { panic(body) }
			w.feed.Publish(core.Change{Kind: core.Contacts})
			s.Sleep(time.Second)
		},
		"drawing": func(s *uitest.Screen, w *world) {
			w.pane.lines = func(int, int) []string { panic(body) }
			s.Press("j")
		},
		"command": func(s *uitest.Screen, w *world) {
			w.pane.cmd = boom
			s.Press("!")
		},
		"batch": func(s *uitest.Screen, w *world) {
			w.pane.cmd = tea.Batch(boom, func() tea.Msg { return nil })
			s.Press("!")
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, 80, 24, nil, func(s *uitest.Screen, w *world) {
				arm(s, w)
				s.Sleep(time.Second)
				ok, err := s.Ended()
				if !ok || err != nil {
					t.Fatalf("ended %v, %v", ok, err)
				}
				if !ui.Crashed(w.app.Err()) {
					t.Fatalf("err %v", w.app.Err())
				}
				s.WantNot("Maria") // the alternate screen is left
				s.WantNot(body)
				path, err := ui.CrashReport(t.TempDir(), w.app.Err(), facts())
				if err != nil {
					t.Fatal(err)
				}
				checkReport(t, path)
			})
		})
	}
}

func facts() ui.CrashFacts {
	env := map[string]string{"TERM": "xterm-kitty"}
	return ui.CrashFacts{Version: "0.1.0", Now: start, Getenv: func(k string) string { return env[k] }}
}

func checkReport(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(data)
	for _, want := range []string{"bottega 0.1.0", "TERM=xterm-kitty", "goroutine ", "panic(…)", "bottega/ui", ".go:"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the report:\n%s", want, got)
		}
	}
	if strings.Contains(got, "4471") || strings.Contains(got, "0xc0") {
		t.Errorf("the report tells too much:\n%s", got)
	}
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
}

func guardedPanic(t *testing.T) error {
	t.Helper()
	return core.Guard(context.Background(), "outbox", func(context.Context) error { panic(errors.New(body)) })()
}

func TestCrashReport(t *testing.T) {
	dir := t.TempDir()
	err := guardedPanic(t)
	if !ui.Crashed(err) || ui.Crashed(errors.New("x")) || ui.Crashed(nil) || !ui.Crashed(tea.ErrProgramPanic) {
		t.Error("what is a crash")
	}
	first, e1 := ui.CrashReport(dir, err, facts())
	second, e2 := ui.CrashReport(dir, err, facts()) // the same second
	if e1 != nil || e2 != nil || first == second {
		t.Fatalf("%q %v, %q %v", first, e1, second, e2)
	}
	if filepath.Base(first) != "crash-20261124-140500.txt" {
		t.Errorf("name %s", first)
	}
	checkReport(t, first)
	data, _ := os.ReadFile(first)
	if !strings.Contains(string(data), "panic in outbox: *errors.errorString") {
		t.Errorf("%s", data)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ui.CrashReport(filepath.Join(dir, "file"), err, facts()); core.CodeOf(err) != core.ReadOnly {
		t.Errorf("no folder: %v", err)
	}
	if _, err := ui.CrashReport(dir, core.Fail(core.Internal, "x", nil), facts()); err != nil {
		t.Errorf("an error that is no panic: %v", err)
	}
}

// A link in the crash folder is not followed.
func TestCrashReportFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "precious")
	if err := os.Symlink(target, filepath.Join(dir, "crash-20261124-140500.txt")); err != nil {
		t.Skip("No symbolic links here")
	}
	path, err := ui.CrashReport(dir, guardedPanic(t), facts())
	if err != nil || filepath.Base(path) != "crash-20261124-140500-1.txt" {
		t.Fatalf("%s, %v", path, err)
	}
	if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
		t.Error("the link was followed")
	}
}

func TestCrashSentence(t *testing.T) {
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := ui.CrashSentence(w, "/x/crash.txt"); !strings.Contains(got, "/x/crash.txt") {
		t.Error(got)
	}
	if got := ui.CrashSentence(w, ""); strings.Contains(got, "  ") || got == "" {
		t.Error(got)
	}
}
