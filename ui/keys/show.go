package keys

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// shown are the keys that have a shorter sign than their name.
var shown = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "⏎", "pgup": "PgUp", "pgdown": "PgDn",
	"home": "Home", "end": "End", "shift": "⇧", "backspace": "⌫", "delete": "Del",
}

// Show writes a key the way people read it: "ctrl+k", "⏎", "↑", "alt+⏎".
func Show(key string) string {
	mods, name := split(key)
	if s, ok := shown[name]; ok {
		name = s
	}
	return strings.Join(append(mods, name), "+")
}

// split parts the modifiers of a key from its name, which may be "+" itself.
func split(key string) (mods []string, name string) {
	if rest, ok := strings.CutSuffix(key, "++"); ok {
		return strings.Split(rest, "+"), "+"
	}
	if key == "+" {
		return nil, key
	}
	parts := strings.Split(key, "+")
	return parts[:len(parts)-1], parts[len(parts)-1]
}

// Label writes all keys of a binding: "j ↓".
func (b Binding) Label() string {
	ks := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		ks[i] = Show(k)
	}
	return strings.Join(ks, " ")
}

// Hint is the key that the footer shows for a binding: its first, or the pair of
// arrows when it goes both ways.
func (b Binding) Hint() string {
	for _, pair := range [][2]string{{"up", "down"}, {"left", "right"}} {
		if slices.Contains(b.Keys, pair[0]) && slices.Contains(b.Keys, pair[1]) {
			return Show(pair[0]) + Show(pair[1])
		}
	}
	return Show(b.Keys[0])
}

// codes are the named keys that Press can make.
var codes = map[string]rune{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "esc": tea.KeyEscape, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"insert": tea.KeyInsert, "delete": tea.KeyDelete,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
}

var mods = map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}

// Press makes the key press that a binding's key stands for, so that the
// palette can run an action the way the keyboard would. It reports false for
// a name that is no key.
func Press(key string) (tea.KeyPressMsg, bool) {
	var k tea.Key
	held, name := split(key)
	for _, m := range held {
		mod, ok := mods[m]
		if !ok {
			return tea.KeyPressMsg{}, false
		}
		k.Mod |= mod
	}
	switch code, ok := codes[name]; {
	case ok:
		k.Code = code
	case utf8.RuneCountInString(name) == 1:
		k.Code, _ = utf8.DecodeRuneInString(name)
		if k.Mod == 0 {
			k.Text = name
		}
	default:
		return tea.KeyPressMsg{}, false
	}
	return tea.KeyPressMsg(k), true
}
