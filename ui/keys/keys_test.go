package keys

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestPressIsWhatMatchFinds(t *testing.T) {
	for _, k := range []string{
		"enter", "esc", "tab", "shift+tab", "up", "pgdown", "home", "space", "f1", "delete", "backspace",
		"ctrl+k", "alt+u", "alt+enter", "shift+enter", "ctrl+shift+z", "j", "J", "?", "/", "1", "+", "alt++", "é", "ctrl+left",
	} {
		msg, ok := Press(k)
		if !ok {
			t.Errorf("%s is no key", k)
			continue
		}
		if b, ok := Match([]Binding{{Do: "x", Keys: []string{k}}}, msg); !ok || b.Do != "x" {
			t.Errorf("%s was pressed as %q", k, msg.String())
		}
	}
	for _, k := range []string{"", "hyper+x", "nokey", "ctrl+nokey"} {
		if msg, ok := Press(k); ok {
			t.Errorf("%q was pressed as %q", k, msg.String())
		}
	}
}

func TestMatchAndFind(t *testing.T) {
	bs := []Binding{{Do: "a", Keys: []string{"j", "down"}}, {Do: "b", Keys: []string{"x"}}}
	if b, ok := Match(bs, tea.KeyPressMsg{Code: tea.KeyDown}); !ok || b.Do != "a" {
		t.Errorf("down is %v", b)
	}
	if _, ok := Match(bs, tea.KeyPressMsg{Code: 'z', Text: "z"}); ok {
		t.Error("z matches")
	}
	if b, ok := Find(bs, "b"); !ok || b.Keys[0] != "x" {
		t.Errorf("found %v", b)
	}
	if _, ok := Find(bs, "c"); ok {
		t.Error("found c")
	}
}

func TestLabel(t *testing.T) {
	for key, want := range map[string]string{
		"enter": "⏎", "alt+enter": "alt+⏎", "up": "↑", "ctrl+k": "ctrl+k", "j": "j", "+": "+", "alt++": "alt++", "shift+tab": "shift+tab",
	} {
		if got := Show(key); got != want {
			t.Errorf("Show(%q) = %q, want %q", key, got, want)
		}
	}
	for want, keys := range map[string][]string{"j": {"j", "down"}, "↑↓": {"k", "up", "j", "down"}, "←→": {"left", "right"}, "⏎": {"enter"}} {
		if got := (Binding{Keys: keys}).Hint(); got != want {
			t.Errorf("the hint of %v is %q, want %q", keys, got, want)
		}
	}
	if got := (Binding{Keys: []string{"j", "down"}}).Label(); got != "j ↓" {
		t.Errorf("label %q", got)
	}
}
