package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"
	"github.com/gen2brain/beeep"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// notify rings and shows a desktop notification, unless the user looks at that
// very conversation.
func (a *App) notify(n frame.Notify) tea.Cmd {
	a.dirty = a.was
	if n.Conversation != 0 && !a.blurred && len(a.dialogs) == 0 {
		if s, ok := a.front().pane.(frame.Shower); ok && s.Showing() == n.Conversation {
			return nil
		}
	}
	var cmds []tea.Cmd
	if n.Bell {
		cmds = append(cmds, tea.Raw("\a"))
	}
	if n.Desktop && a.deps.Notifier != nil {
		n.Title, n.Body = kit.CleanLine(n.Title), kit.CleanLine(n.Body)
		cmds = append(cmds, func() tea.Msg {
			if err := a.deps.Notifier.Show(a.env.Ctx, n); err != nil {
				// Not worth a toast: the screen itself shows what is new.
				a.deps.Log.Warn("Desktop notification failed", "conversation", n.Conversation, "err", core.Trace(err))
			}
			return nil
		})
	}
	return tea.Batch(cmds...)
}

// Desktop shows notifications through the desktop: D-Bus, AppleScript or the
// Windows API. Title is what the desktop calls the sender.
type Desktop struct{ App string }

// Show blocks until the desktop has taken the notification.
func (d Desktop) Show(_ context.Context, n frame.Notify) error {
	beeep.AppName = d.App
	show := beeep.Notify
	if n.Urgent {
		show = beeep.Alert
	}
	if err := show(n.Title, n.Body, ""); err != nil {
		return core.Fail(core.Unreachable, "ui.Desktop", err)
	}
	return nil
}
