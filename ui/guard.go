package ui

import (
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
)

// A panic in a pane must neither leave the terminal raw nor print what a
// customer wrote, and Bubble Tea prints the panic's value when it catches one.
// So the app catches first: it keeps the panic for Err and ends in good order.

// Err is the panic that ended the app, or nil; ask after the program has run.
func (a *App) Err() error {
	if a.err == nil {
		return nil
	}
	return a.err
}

// broke is a panic on its way to Update.
type broke struct{ err *core.PanicError }

func panicked(where string, v any) *core.PanicError {
	return &core.PanicError{Where: where, Value: v, Stack: debug.Stack()}
}

// Update routes one message; see route.
func (a *App) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	defer func() {
		if v := recover(); v != nil {
			a.err = panicked("ui.Update", v)
			m, cmd = a, tea.Quit
		}
	}()
	if b, ok := msg.(broke); ok {
		a.err = b.err
	}
	if a.err != nil {
		return a, tea.Quit
	}
	return a, guarded(a.route(msg))
}

// View returns the last frame until something changed.
func (a *App) View() (v tea.View) {
	defer func() {
		if p := recover(); p != nil {
			a.err = panicked("ui.View", p)
			v = a.view
			select {
			case a.ended <- struct{}{}:
			default:
			}
		}
	}()
	if a.err == nil && (a.dirty || a.view.Content == "") {
		a.draw()
	}
	return a.view
}

// watch ends the program after a panic in View, which cannot return a command.
func (a *App) watch() tea.Msg {
	select {
	case <-a.ended:
		return tea.QuitMsg{}
	case <-a.env.Ctx.Done():
		return nil
	}
}

// guarded makes a panic in a command, or in the commands of a batch, a message.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if v := recover(); v != nil {
				msg = broke{panicked("ui command", v)}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, c := range batch {
				batch[i] = guarded(c)
			}
		}
		return msg
	}
}
