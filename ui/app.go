// Package ui is the screen: App is the one tea.Model and only routes. Panes
// draw exact lines, dialogs stack over them, answers come back addressed, and
// a frame is drawn again only when something on it changed.
package ui

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

// gather is how long a burst of changes may grow before it is passed on.
const gather = 33 * time.Millisecond

// Deps is what the app works with.
type Deps struct {
	Feed *core.Feed
	// Panes by tab: "inbox", "contacts", "templates", "campaigns", "summary",
	// "settings". A tab without a pane says what will be there.
	Panes map[string]frame.Pane
	// Status gives the facts of the header. It runs off the app's goroutine
	// and may read the store.
	Status func(context.Context) Status
	// Notifier shows desktop notifications; nil for none.
	Notifier frame.Notifier
	// Theme is "auto", "dark" or "light"; "" means auto.
	Theme string
	// Speed is how many seconds of Env.Now pass in one; 0 means 1.
	Speed float64
	// Notice is told once when the screen opens, "" for nothing.
	Notice string
	Log    *slog.Logger
}

// App routes messages between the terminal, the panes and the feed.
type App struct {
	env  *frame.Env
	deps Deps
	tabs []tab
	at   int // index of the tab in front

	w, h    int
	dialogs []dialog
	toast   toast
	status  Status
	facts   kit.Fetch[Status]
	sub     *core.Subscription
	drag    bool // a button is held in the pane

	dark      bool
	mode      string
	profile   colorprofile.Profile
	graphemes bool              // the terminal counts cells by grapheme cluster
	ported    map[string]string // lines for a terminal that does not
	blurred   bool

	dirty bool // something changed since the last frame
	was   bool // dirty before the message that is being handled
	view  tea.View
	drawn atomic.Int64 // frames drawn so far

	err   *core.PanicError
	ended chan struct{} // told by View after a panic
}

type changesMsg []core.Change

// New builds the app; it starts nothing. Env.Theme and Env.Words are set when
// they are nil.
func New(env *frame.Env, d Deps) *App {
	a := &App{env: env, deps: d, ended: make(chan struct{}, 1), dirty: true, dark: true, mode: d.Theme, profile: colorprofile.TrueColor}
	if a.deps.Log == nil {
		a.deps.Log = slog.New(slog.DiscardHandler)
	}
	if a.mode == "light" {
		a.dark = false
	}
	if env.Theme == nil {
		env.Theme = theme.New(theme.Pick(a.dark, a.profile))
	}
	a.tabs = tabsOf(env, d.Panes)
	return a
}

// Init asks for everything that the first frames need.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{a.askStatus(), a.minute(), tea.RequestBackgroundColor, a.watch}
	if n := a.deps.Notice; n != "" {
		cmds = append(cmds, a.notice(frame.Toast{Text: n, Refused: true}))
	}
	if a.deps.Feed != nil {
		a.sub = a.deps.Feed.Subscribe()
		cmds = append(cmds, a.waitChanges)
	}
	for _, t := range a.tabs {
		if s, ok := t.pane.(frame.Starter); ok {
			cmds = append(cmds, kit.Send(t.name, s.Init()))
		}
	}
	return guarded(tea.Batch(cmds...))
}

// route passes one message on. What nobody knows changes nothing on the screen.
func (a *App) route(msg tea.Msg) tea.Cmd {
	a.was, a.dirty = a.dirty, true
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return a.key(msg)
	case tea.MouseMsg:
		return a.mouse(msg)
	case tea.PasteMsg:
		return a.input(msg)
	case kit.To:
		return a.deliver(msg)
	case changesMsg:
		return a.changed(msg)
	case minuteMsg:
		return tea.Batch(a.minute(), a.askStatus(), a.all(frame.Minute{Now: a.env.Now()}))
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
	case tea.FocusMsg:
		a.blurred = false
		return a.all(msg)
	case tea.BlurMsg:
		a.blurred = true
		return a.all(msg)
	case tea.BackgroundColorMsg:
		return a.retheme(func() { a.setDark(msg.IsDark()) })
	case tea.ColorProfileMsg:
		return a.retheme(func() { a.profile = msg.Profile })
	case tea.ModeReportMsg:
		if msg.Mode == ansi.ModeUnicodeCore {
			a.graphemes = msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet
		}
	case kit.Loaded[Status]:
		return a.takeStatus(msg)
	default:
		return a.ask(msg)
	}
	return nil
}

// ask answers what panes and dialogs ask of the app.
func (a *App) ask(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case frame.Toast:
		return a.showToast(msg)
	case toastGone:
		a.endToast(msg)
	case frame.Failed:
		return a.failed(msg)
	case frame.OpenDialog:
		return a.open(msg.Dialog)
	case frame.Confirm:
		return a.open(newConfirm(a.env, msg))
	case frame.ShowTab:
		return a.show(msg.Pane, msg.Msg)
	case frame.OpenConversation:
		return a.show("inbox", msg)
	case frame.Search:
		return a.show("inbox", msg)
	case frame.Notify:
		return a.notify(msg)
	case frame.SetTheme:
		return a.retheme(func() { a.mode = msg.Mode; a.setDark(a.dark) })
	case frame.SetWords:
		a.env.Words = msg.Words
		return a.all(frame.Redraw{})
	case frame.Quit:
		return a.quit()
	case runAction:
		return a.run(msg)
	default:
		a.dirty = a.was
	}
	return nil
}

// deliver hands an addressed answer to its pane or dialog.
func (a *App) deliver(to kit.To) tea.Cmd {
	for _, t := range a.tabs {
		if t.name == to.Pane {
			_, cmd := t.pane.Handle(to.Msg)
			return kit.Send(t.name, cmd)
		}
	}
	for i := len(a.dialogs) - 1; i >= 0; i-- {
		if d, ok := a.dialogs[i].Dialog.(frame.Addressed); ok && d.Addr() == to.Pane {
			return a.tell(i, to.Msg)
		}
	}
	return nil
}

// all sends a message to every pane.
func (a *App) all(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, t := range a.tabs {
		_, cmd := t.pane.Handle(msg)
		cmds = append(cmds, kit.Send(t.name, cmd))
	}
	return tea.Batch(cmds...)
}

// changed tells every pane what to reload. A pane that reloads answers with a
// message, and that one draws: nothing is redrawn for a change nobody shows.
func (a *App) changed(cs []core.Change) tea.Cmd {
	a.dirty = a.was
	cmds := []tea.Cmd{a.waitChanges}
	for _, t := range a.tabs {
		cmds = append(cmds, kit.Send(t.name, t.pane.Reload(cs)))
	}
	for _, c := range cs {
		if c.Kind == core.Everything || c.Kind == core.Channels || c.Kind == core.Settings || c.Kind == core.Work {
			cmds = append(cmds, a.askStatus())
			break
		}
	}
	return tea.Batch(cmds...)
}

// waitChanges waits for the feed, off the app's goroutine; Update arms it again.
func (a *App) waitChanges() tea.Msg {
	cs, err := a.sub.Next(a.env.Ctx, gather)
	if err != nil {
		return nil
	}
	return changesMsg(cs)
}

type minuteMsg struct{}

// minute waits until the shop's clock shows another minute.
func (a *App) minute() tea.Cmd {
	now := a.env.Now()
	left := now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	if a.deps.Speed > 0 {
		left = time.Duration(float64(left) / a.deps.Speed)
	}
	return tea.Tick(max(left, time.Second), func(time.Time) tea.Msg { return minuteMsg{} })
}

func (a *App) setDark(terminal bool) {
	switch a.mode {
	case "dark":
		a.dark = true
	case "light":
		a.dark = false
	default:
		a.dark = terminal
	}
}

// retheme applies a change that may call for another theme; the panes hear of
// it only when it does.
func (a *App) retheme(change func()) tea.Cmd {
	change()
	t := theme.Pick(a.dark, a.profile)
	if t.Name == a.env.Theme.Name {
		return nil
	}
	a.env.Theme = theme.New(t)
	return a.all(frame.Redraw{})
}

// failed shows an error in words; the cause goes to the log.
func (a *App) failed(f frame.Failed) tea.Cmd {
	err := f.Err
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	a.deps.Log.Warn("Failed in the screen", "code", core.CodeOf(err), "err", core.Trace(err))
	what, hint := a.env.Words.Error(err)
	return a.showToast(frame.Toast{Text: strings.TrimSpace(what + " " + hint), Bad: true, About: f.About})
}
