// Package keys holds key bindings as data: the same list feeds dispatch, the
// footer, the help screen, the palette and assets/manual/keys.md.
package keys

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/text"
)

// Binding is one action and the keys that trigger it.
type Binding struct {
	// Do names the action, "inbox.reply": stable, for rebinding and the palette.
	Do   string
	Keys []string // as tea.KeyPressMsg.String() writes them
	Help text.K   // short words for footer and help
	// Off is "" when the action works now, else the reason that is shown.
	Off text.K
	// Quiet bindings are left out of the footer, not of the help.
	Quiet bool
	// Group is the heading in the help screen; "" stands under the screen's own name.
	Group text.K
}

// Match finds the binding of a key press.
func Match(bs []Binding, msg tea.KeyPressMsg) (Binding, bool) {
	k := msg.String()
	for _, b := range bs {
		if slices.Contains(b.Keys, k) {
			return b, true
		}
	}
	return Binding{}, false
}

// Find returns the binding of an action.
func Find(bs []Binding, do string) (Binding, bool) {
	for _, b := range bs {
		if b.Do == do {
			return b, true
		}
	}
	return Binding{}, false
}
