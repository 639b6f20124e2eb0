package ui

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// ownKeys are the bindings that work on every screen, unless a pane or dialog
// uses the key first. While an input has the focus plain letters are text; each
// binding that matters then has a second key.
func (a *App) ownKeys() []keys.Binding {
	undo := keys.Binding{Do: "app.undo", Keys: []string{"u", "alt+u"}, Help: text.KeyUndo, Group: text.GroupEverywhere}
	if a.toast.Undo == nil {
		undo.Off = text.OffNothingToUndo
	}
	undo.Quiet = true
	bs := []keys.Binding{
		{Do: "app.search", Keys: []string{"/"}, Help: text.KeySearch, Group: text.GroupEverywhere},
		{Do: "app.palette", Keys: []string{"ctrl+k"}, Help: text.KeyPalette, Group: text.GroupEverywhere},
		{Do: "app.help", Keys: []string{"?", "f1"}, Help: text.KeyHelp, Group: text.GroupEverywhere},
		undo,
		{Do: "app.next", Keys: []string{"tab"}, Help: text.KeyNextTab, Quiet: true, Group: text.GroupEverywhere},
		{Do: "app.prev", Keys: []string{"shift+tab"}, Help: text.KeyPrevTab, Quiet: true, Group: text.GroupEverywhere},
		{Do: "app.redraw", Keys: []string{"ctrl+l"}, Help: text.KeyRedraw, Quiet: true, Group: text.GroupEverywhere},
		{Do: "app.quit", Keys: []string{"q", "ctrl+c"}, Help: text.KeyQuit, Quiet: true, Group: text.GroupEverywhere},
	}
	for i, t := range a.tabs {
		n := strconv.Itoa(i + 1)
		bs = append(bs, keys.Binding{Do: "tab." + t.name, Keys: []string{n, "alt+" + n}, Help: t.title, Quiet: true, Group: text.GroupTabs})
	}
	return bs
}

// key routes a key press: dialog, pane, app. ctrl+c and ctrl+l work always.
func (a *App) key(msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "ctrl+c":
		return a.quit()
	case "ctrl+l":
		return a.do("app.redraw")
	}
	if a.small() { // what cannot be seen must not be typed into
		if msg.String() == "q" {
			return a.quit()
		}
		return nil
	}
	if len(a.dialogs) > 0 {
		return a.tell(len(a.dialogs)-1, msg)
	}
	used, cmd := a.front().pane.Handle(msg)
	cmd = kit.Send(a.front().name, cmd)
	if used {
		return cmd
	}
	if b, ok := keys.Match(a.ownKeys(), msg); ok && (msg.Text == "" || a.front().pane.Cursor() == nil) {
		return tea.Batch(cmd, a.do(b.Do))
	}
	return cmd
}

// input hands a paste to whoever has the focus.
func (a *App) input(msg tea.Msg) tea.Cmd {
	if a.small() {
		return nil
	}
	if len(a.dialogs) > 0 {
		return a.tell(len(a.dialogs)-1, msg)
	}
	_, cmd := a.front().pane.Handle(msg)
	return kit.Send(a.front().name, cmd)
}

// do runs one of the app's own actions.
func (a *App) do(action string) tea.Cmd {
	switch action {
	case "app.search":
		return a.show("inbox", frame.Search{})
	case "app.palette":
		return a.open(a.newPalette())
	case "app.help":
		return a.open(a.newHelp())
	case "app.undo":
		return a.undo()
	case "app.next":
		return a.turn(a.at + 1)
	case "app.prev":
		return a.turn(a.at - 1)
	case "app.redraw":
		return tea.ClearScreen
	case "app.quit":
		return a.quit()
	}
	for i, t := range a.tabs {
		if action == "tab."+t.name {
			return a.turn(i)
		}
	}
	return nil
}

// runAction asks for an action by name: the palette's choice.
type runAction struct {
	pane   string // "" for the app's own
	action string
}

// run does what the palette chose: through the pane's Do, else by the key that
// the action is bound to.
func (a *App) run(r runAction) tea.Cmd {
	if r.pane == "" {
		return a.do(r.action)
	}
	p := a.front().pane
	if a.front().name != r.pane {
		return nil
	}
	if d, ok := p.(frame.Doer); ok {
		if used, cmd := d.Do(r.action); used {
			return kit.Send(r.pane, cmd)
		}
	}
	b, ok := keys.Find(p.Keys(), r.action)
	if !ok || len(b.Keys) == 0 {
		return nil
	}
	press, ok := keys.Press(b.Keys[0])
	if !ok {
		return nil
	}
	_, cmd := p.Handle(press)
	return kit.Send(r.pane, cmd)
}

// quit ends the program, or asks first when something would be lost. A second
// ctrl+c on the question ends it.
func (a *App) quit() tea.Cmd {
	for _, d := range a.dialogs {
		if c, ok := d.Dialog.(*confirm); ok && c.quits {
			return tea.Quit
		}
	}
	for _, t := range a.tabs {
		if l, ok := t.pane.(frame.Leaver); ok {
			if n, wait := l.Leaving(); n > 0 {
				return a.open(a.leaveAfter(n, wait))
			}
		}
	}
	for _, t := range a.tabs {
		l, ok := t.pane.(frame.Loser)
		if !ok {
			continue
		}
		if what := l.WouldLose(); what != "" {
			c := newConfirm(a.env, frame.Confirm{
				Title: a.env.Words.T(text.QuitTitle), Text: what, Do: a.env.Words.T(text.QuitAnyway), Yes: tea.Quit, Danger: true,
			})
			c.quits = true
			return a.open(c)
		}
	}
	return tea.Quit
}

// leaveAfter asks whether to end after what is on its way has left.
func (a *App) leaveAfter(n int, wait func(context.Context) (bool, error)) *confirm {
	ctx, w := a.env.Ctx, a.env.Words
	c := newConfirm(a.env, frame.Confirm{
		Title: w.T(text.QuitTitle), Text: w.N(text.QuitLeaving, n) + " " + w.T(text.QuitLeavingHow), Do: w.T(text.QuitAfter), Not: w.T(text.QuitStay),
		Yes: tea.Batch(a.notice(frame.Toast{Text: w.T(text.QuitWaiting), For: quitWait}), func() tea.Msg {
			ctx, stop := context.WithTimeout(ctx, quitWait)
			defer stop()
			switch left, err := wait(ctx); {
			case err != nil:
				return frame.Failed{Err: err}
			case !left:
				return frame.Toast{Text: w.T(text.QuitBlocked), Bad: true}
			}
			return frame.Quit{}
		}),
	})
	c.quits = true
	return c
}

// quitWait is how long a message may take to leave after the wish to quit.
const quitWait = 20 * time.Second

func (a *App) notice(t frame.Toast) tea.Cmd { return func() tea.Msg { return t } }
