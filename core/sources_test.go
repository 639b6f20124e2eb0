package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// bareError finds an error, or a value that was panicked with, that goes into a
// log as it is.
var bareError = regexp.MustCompile(`\.(Debug|Info|Warn|Error|Log|LogAttrs)\(.*"(err|error|cause|panic)", *(err|cause|v|e|werr)\b|slog\.Any\("(err|error)", *err\)`)

// TestLogsTakeTraces: errors go into the log through core.Trace, which leaves
// their words out: they may be a customer's or hold a key.
func TestLogsTakeTraces(t *testing.T) {
	if !bareError.MatchString(`log.Warn("x", "err", err)`) || bareError.MatchString(`log.Warn("x", "err", core.Trace(err))`) {
		t.Fatal("the search itself is wrong")
	}
	files := 0
	for _, room := range []string{"core", "storage", "bsp", "ui"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n := 0
			for line := range strings.Lines(string(b)) {
				if n++; bareError.MatchString(line) {
					t.Errorf("%s:%d: %s", path, n, strings.TrimSpace(line))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
}
