package keys

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/text"
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

func TestTable(t *testing.T) {
	off := func(n *int) text.K {
		if *n == 0 {
			return text.KeyUp
		}
		return ""
	}
	add := func(by int) func(*int) tea.Cmd { return func(n *int) tea.Cmd { *n += by; return nil } }
	own := []Entry[*int]{Quiet("one", "j down", text.KeyDown, off, add(1))}
	shared := []Entry[*int]{Bind("ten", "down x", text.KeyUp, nil, add(10)), Bind("one", "z", text.KeyUp, nil, add(100))}
	tab := Table[*int]{own, shared}
	n := 0
	for key, want := range map[string]string{"j": "one", "down": "one", "x": "ten", "z": "one"} {
		if e := tab.Match(key); e == nil || e.Do != want {
			t.Errorf("%s is %+v, want %s", key, e, want)
		}
	}
	if e := tab.Match("q"); e != nil {
		t.Errorf("q is %+v", e)
	}
	if e := tab.Find("nothing"); e != nil {
		t.Errorf("found %+v", e)
	}
	e := tab.Find("one") // the first part's
	if why := e.Why(&n); why != text.KeyUp {
		t.Errorf("off because of %q", why)
	}
	e.Run(&n)
	if why := e.Why(&n); n != 1 || why != "" {
		t.Errorf("%d, off because of %q", n, why)
	}
	n = 0
	now := tab.Bindings(func(e *Entry[*int]) text.K { return e.Why(&n) })
	if len(now) != 3 || now[0].Do != "one" || !now[0].Quiet || now[0].Help != text.KeyDown || now[0].Off != text.KeyUp || now[1].Do != "ten" || now[1].Quiet || now[1].Off != "" {
		t.Errorf("bindings %+v", now)
	}
	if all := tab.Bindings(nil); len(all) != 3 || all[0].Off != "" {
		t.Errorf("for the manual %+v", all)
	}
}
