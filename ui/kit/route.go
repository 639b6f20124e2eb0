package kit

import tea "charm.land/bubbletea/v2"

// To addresses a command's answer to one pane, so that the root routes it
// without knowing its type.
type To struct {
	Pane string
	Msg  tea.Msg
}

// Send wraps a command so that its answer comes back to the pane; nil stays nil.
func Send(pane string, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		msg := cmd()
		if msg == nil {
			return nil
		}
		return To{pane, msg}
	}
}
