package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// The reason why a key is off is read to its end on every screen, and no line
// is wider than the box.
func TestHelpIsWhole(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		words, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		h := &help{env: &frame.Env{Words: words, Theme: theme.New(theme.Dark())}}
		bs := []keys.Binding{
			{Do: "a", Keys: []string{"t", "ctrl+t"}, Help: text.InboxKeyTemplate, Off: text.InboxOffTemplates},
			{Do: "b", Keys: []string{"alt+enter", "shift+enter", "ctrl+j"}, Help: text.InboxKeyHold, Off: text.InboxOffShutHold},
			{Do: "c", Keys: []string{"d"}, Help: text.InboxKeyDone},
		}
		h.add("x", bs)
		for _, w := range []int{34, 54, 66} {
			lines := h.content(w)
			said := tight(ansi.Strip(strings.Join(lines, " ")))
			for _, l := range lines {
				if kit.Width(l) > w {
					t.Errorf("%s at %d: a line of %d cells: %q", lang, w, kit.Width(l), ansi.Strip(l))
				}
			}
			for _, b := range bs[:2] {
				if reason := words.T(b.Off); !strings.Contains(said, tight(reason)) {
					t.Errorf("%s at %d: no %q in %q", lang, w, reason, said)
				}
			}
		}
	}
}

// tight is text without its spaces: lines may break at a hyphen too.
func tight(s string) string { return strings.Join(strings.Fields(s), "") }

// TestHelpNamesWhatIsHeard: a key that the pane has stands there alone, and
// while something is typed letters are text.
func TestHelpNamesWhatIsHeard(t *testing.T) {
	own := []keys.Binding{{Do: "help", Keys: []string{"?", "f1"}}, {Do: "undo", Keys: []string{"u"}}, {Do: "next", Keys: []string{"tab"}}, {Do: "one", Keys: []string{"1", "alt+1"}}}
	here := []keys.Binding{{Do: "field", Keys: []string{"tab"}}}
	for _, c := range []struct {
		typing bool
		want   string
	}{{false, "? F1|U|1 alt+1"}, {true, "F1|alt+1"}} {
		var got []string
		for _, b := range heard(own, here, c.typing) {
			got = append(got, b.Label())
		}
		if s := strings.Join(got, "|"); !strings.EqualFold(s, c.want) {
			t.Errorf("typing %v: %q, want %q", c.typing, s, c.want)
		}
	}
	if len(own[0].Keys) != 2 {
		t.Error("the table itself was cut")
	}
}
