// Package frame is what the app and its panes agree on: the pane and dialog
// interfaces, the environment a pane gets, and the messages it may send up.
package frame

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/keys"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// Pane is one tab: a plain struct, no tea.Model. Nothing in it blocks.
type Pane interface {
	// Handle takes input while focused, and answers sent to this pane by kit.Send.
	Handle(tea.Msg) (used bool, cmd tea.Cmd)
	// Reload returns nil when none of the changes is on this pane.
	Reload([]core.Change) tea.Cmd
	// Keys are the bindings that work now; help, footer and dispatch read the same slice.
	Keys() []keys.Binding
	// Lines returns exactly h lines of exactly w cells.
	Lines(w, h int) []string
	// Cursor is the place of the real cursor in the pane's own cells; nil when
	// no input has the focus. While it is not nil, plain letters are text.
	Cursor() *tea.Cursor
	// Badge is what the tab shows behind its name: "7", "▸63%", "".
	Badge() string
}

// Dialog is a box over the pane. Dialogs stack; the app decides what an action does.
type Dialog interface {
	// Handle returns done when the dialog closes; cmd may carry its outcome.
	Handle(tea.Msg) (done bool, cmd tea.Cmd)
	Keys() []keys.Binding
	// Lines returns at most h lines, all of the same width, at most w cells.
	Lines(w, h int) []string
	Cursor() *tea.Cursor
}

// Env is what every pane gets. Theme and Words may change while running, so
// panes keep the pointer and ask each time they draw.
type Env struct {
	Ctx   context.Context
	Theme *theme.Styles
	Words *text.Words
	Now   func() time.Time
	Agent string
}

// Toast is shown at the right of the footer and goes by itself. With Undo set,
// the undo key runs it while the toast stands.
type Toast struct {
	Text string
	Bad  bool
	Undo func(context.Context) error
	For  time.Duration // 0 means the default
}

// OpenDialog puts a dialog on top.
type OpenDialog struct{ Dialog Dialog }

// ShowTab switches to a tab; To is handed to that pane when not nil.
type ShowTab struct {
	Pane string
	Msg  tea.Msg
}

// OpenConversation asks the inbox to show one conversation, at a message when not 0.
type OpenConversation struct{ Conversation, Message int64 }

// Failed reports an error to the user in words; the app makes a toast of it.
type Failed struct{ Err error }
