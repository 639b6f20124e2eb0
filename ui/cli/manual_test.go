package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/charmbracelet/x/exp/golden" // owns -update
	"github.com/spf13/cobra"

	"bottega/ui/text"
)

func words(t *testing.T, lang string) *text.Words {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// assets/manual/commands.md is what the command tree says; `make manual` writes it again.
func TestManualIsFresh(t *testing.T) {
	got := Manual(words(t, "en"))
	path := filepath.Join("..", "..", "assets", "manual", "commands.md")
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != got {
		t.Errorf("%s is stale: run `make manual`", path)
	}
}

// Every command of the tree has a line, an example that begins with its own
// name, and words in each language.
func TestEveryCommandExplainsItself(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		a := &app{w: words(t, lang)}
		seen := 0
		var walk func(*cobra.Command)
		walk = func(c *cobra.Command) {
			seen++
			if c.Short == "" || c.Example == "" || c.RunE == nil || c.Args == nil {
				t.Errorf("%s: %q lacks something", lang, c.CommandPath())
			}
			for _, child := range c.Commands() {
				if child.IsAvailableCommand() {
					walk(child)
				}
			}
		}
		walk(a.root())
		if seen < 30 {
			t.Errorf("%s: only %d commands", lang, seen)
		}
	}
}
