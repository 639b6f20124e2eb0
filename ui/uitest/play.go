package uitest

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
)

// Play runs a command and all that follows from it in the pane, without an
// app: answers go back into it, toasts and dialogs nowhere; what failed fails
// the test.
func Play(t testing.TB, pane interface {
	Handle(tea.Msg) (bool, tea.Cmd)
}, cmd tea.Cmd) {
	t.Helper()
	if cmd == nil {
		return
	}
	switch m := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range m {
			Play(t, pane, c)
		}
	case frame.Failed:
		t.Fatalf("failed: %v", m.Err)
	case kit.To:
		_, next := pane.Handle(m.Msg)
		Play(t, pane, next)
	}
}
