package ui_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/campaigns"
	"bottega/ui/contacts"
	"bottega/ui/frame"
	"bottega/ui/inbox"
	"bottega/ui/keys"
	"bottega/ui/setup"
	"bottega/ui/templates"
	"bottega/ui/text"
)

// realApp has every real pane there is, on no data.
func realApp(t *testing.T, lang string) (*ui.App, *text.Words) {
	t.Helper()
	env := newEnv(t, t.Context(), lang)
	env.Now = func() time.Time { return start }
	panes := map[string]frame.Pane{"inbox": inbox.New(env, inbox.Deps{Rules: func() core.Rules { return core.Rules{} }}),
		"templates": templates.New(env, templates.Deps{}), "contacts": contacts.New(env, contacts.Deps{}), "campaigns": campaigns.New(env, campaigns.Deps{}), setup.Name: setup.New(env, setup.Deps{})}
	return ui.New(env, ui.Deps{Panes: panes}), env.Words
}

// assets/manual/keys.md is what the bindings say; `make manual` writes it again.
func TestManualIsFresh(t *testing.T) {
	a, w := realApp(t, "en")
	got := ui.Manual(w, a.KeyContexts())
	path := filepath.Join("..", "assets", "manual", "keys.md")
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

// No key does two things in one situation, every key is one that a keyboard
// has, and every action has a name, a key and words.
func TestKeysDoOneThing(t *testing.T) {
	a, w := realApp(t, "en")
	seen := map[string]bool{}
	for _, c := range a.KeyContexts() {
		name := w.T(c.Name)
		if seen[name] {
			t.Errorf("two situations are called %q", name)
		}
		seen[name] = true
		owner := map[string]string{}
		for _, b := range c.Keys {
			if b.Do == "" || len(b.Keys) == 0 || !w.Has(b.Help) {
				t.Errorf("%s: %+v", name, b)
			}
			for _, k := range b.Keys {
				if other, ok := owner[k]; ok {
					t.Errorf("%s: %s does %s and %s", name, k, other, b.Do)
				}
				owner[k] = b.Do
				if msg, ok := keys.Press(k); ok && msg.String() != k && !strings.HasPrefix(k, "ctrl+") {
					t.Errorf("%s: %s is pressed as %s", name, k, msg.String())
				} else if !ok {
					t.Errorf("%s: %s is no key", name, k)
				}
			}
		}
	}
}

// What works everywhere is not taken by a pane for something else, but for the
// keys whose meaning is the pane's to give.
func TestPanesLeaveTheAppsKeys(t *testing.T) {
	a, w := realApp(t, "en")
	cs := a.KeyContexts()
	app := map[string]string{}
	for _, c := range cs[:2] {
		for _, b := range c.Keys {
			for _, k := range b.Keys {
				app[k] = b.Do
			}
		}
	}
	free := map[string]bool{"tab": true, "shift+tab": true, "u": true, "alt+u": true, "/": true}
	for _, c := range cs[6:] {
		for _, b := range c.Keys {
			for _, k := range b.Keys {
				if do, ok := app[k]; ok && !free[k] {
					t.Errorf("%s: %s takes %s from %s", w.T(c.Name), b.Do, k, do)
				}
			}
		}
	}
}

// At 60 columns each language has room for the help and two more keys in the
// footer, and at 40 for the help.
func TestFootersFit(t *testing.T) {
	langs, err := text.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		a, w := realApp(t, lang)
		for width, least := range map[int]int{60: 3, 40: 1} {
			a.Update(tea.WindowSizeMsg{Width: width, Height: 20})
			lines := strings.Split(ansi.Strip(a.View().Content), "\n")
			foot := strings.TrimSpace(lines[len(lines)-1])
			hints := strings.Split(foot, "  ")
			if !strings.HasSuffix(foot, "? "+w.T(text.KeyHelp)) || len(hints) < least {
				t.Errorf("%s at %d columns: %q", lang, width, foot)
			}
		}
	}
}

// At 60 columns each language names all tabs, whichever is in front.
func TestTabsAreNamed(t *testing.T) {
	langs, err := text.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		a, _ := realApp(t, lang)
		a.Update(tea.WindowSizeMsg{Width: 60, Height: 20})
		for i := range 6 {
			key, _ := keys.Press(string(rune('1' + i)))
			a.Update(key)
			tabs := strings.Split(ansi.Strip(a.View().Content), "\n")[1]
			if named := regexp.MustCompile(`\d \pL{3,}`).FindAllString(tabs, -1); len(named) != 6 {
				t.Errorf("%s, tab %d in front: %q", lang, i+1, tabs)
			}
		}
	}
}
