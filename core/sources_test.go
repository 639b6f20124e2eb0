package core

import (
	"go/ast"
	"go/parser"
	"go/token"
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
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, d fs.DirEntry, err error) error {
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

// TestGoroutinesAreGuarded: every goroutine of the program is started through
// core.Guard, since one that panics by itself leaves the terminal raw.
func TestGoroutinesAreGuarded(t *testing.T) {
	started := 0
	check := func(path string) {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if !starts(n) {
				return true
			}
			started++
			text := string(src[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
			if !strings.Contains(text, "core.Guard(") {
				t.Errorf("%s: a goroutine without core.Guard", set.Position(n.Pos()))
			}
			return true
		})
	}
	for _, room := range []string{"core", "storage", "bsp", "main.go"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.Name() == "storagetest" || d.Name() == "bsptest" || d.Name() == "coretest":
				return filepath.SkipDir // for tests only
			case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
				check(path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if started < 10 {
		t.Errorf("only %d goroutines were found", started)
	}
}

// starts reports whether n starts a goroutine: a go statement, or the Go of a
// sync.WaitGroup or an errgroup.Group.
func starts(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		return true
	case *ast.CallExpr:
		sel, ok := n.Fun.(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Go" && len(n.Args) == 1
	}
	return false
}
