package kit

import (
	"reflect"

	tea "charm.land/bubbletea/v2"
)

// To addresses a command's answer to one pane, so that the root routes it
// without knowing its type.
type To struct {
	Pane string
	Msg  tea.Msg
}

// Up marks messages that are for the app whoever sends them: toasts, dialogs,
// notices. Send lets them through.
type Up interface{ Up() }

// Send wraps a command so that its answer comes back to the pane; nil stays
// nil. What is addressed already, what is for the app (Up) and what is for
// Bubble Tea itself (the clipboard, another program on the terminal) goes its
// own way, and so does each part of a batch.
func Send(pane string, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return address(pane, cmd()) }
}

// teaPath is the package whose messages only the program's loop understands.
var teaPath = reflect.TypeFor[tea.BatchMsg]().PkgPath()

func address(pane string, msg tea.Msg) tea.Msg {
	switch m := msg.(type) {
	case nil, To, Up:
		return m
	case tea.BatchMsg:
		for i, c := range m {
			m[i] = Send(pane, c)
		}
		return m
	}
	if reflect.TypeOf(msg).PkgPath() == teaPath {
		return msg
	}
	return To{pane, msg}
}
