package ui_test

import (
	"errors"
	"path/filepath"
	"runtime"
	"testing"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/frame"
)

// Where no program shows it, the error says so and names what was to be shown.
func TestOpenTargetWithoutADesktop(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the opener of Windows is not looked for in PATH")
	}
	t.Setenv("PATH", t.TempDir())
	whole := filepath.Join(t.TempDir(), "ab", "foto.jpg")
	file := func(name string) (string, error) {
		if name != "ab/foto.jpg" {
			return "", core.Fail(core.NotFound, "test", nil)
		}
		return whole, nil
	}
	for target, want := range map[string]struct {
		code core.Code
		says string
	}{
		"ab/foto.jpg":            {core.NoOpener, whole},
		"https://maps.example/x": {core.NoOpener, "https://maps.example/x"},
		"elsewhere.jpg":          {core.NotFound, ""},
		"file:///etc/passwd":     {core.InvalidInput, ""},
	} {
		err := ui.OpenTarget(target, file)
		if core.CodeOf(err) != want.code {
			t.Errorf("%s: %v, want %s", target, err, want.code)
		}
		u, ok := errors.AsType[*frame.Unopened](err)
		if ok != (want.says != "") || ok && u.Target != want.says {
			t.Errorf("%s: %v names %+v, want %q", target, err, u, want.says)
		}
	}
}
