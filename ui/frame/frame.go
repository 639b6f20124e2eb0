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
	// Mouse messages arrive with X and Y in the pane's own cells; while a button
	// is held they may lie outside. tea.PasteMsg, tea.FocusMsg and tea.BlurMsg
	// arrive too, and the app's Minute, Redraw and Shown.
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
	// ReadOnly is set when nothing may be changed: panes keep the keys that
	// would, switched off with the reason.
	ReadOnly bool
}

// Toast is shown at the right of the footer, or above it when it is long, and
// goes by itself. With Undo set, the undo key runs it while the toast stands.
type Toast struct {
	Text string
	Bad  bool
	// Refused says why something was not done: no success, and no failure either.
	Refused bool
	// About is the conversation that the toast speaks of; it goes when another
	// is shown. 0 for none.
	About int64
	Undo  func(context.Context) error
	For   time.Duration // 0 means the default
	// Until is when the offer ends by the shop's clock, which a demo may let
	// run faster; the toast goes with it. It takes the place of For.
	Until time.Time
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

// NewCampaign is handed to the campaigns with ShowTab: a new one for the people
// whom an expression of core/segment holds for.
type NewCampaign struct{ Segment string }

// Failed reports an error to the user in words; the app makes a toast of it.
type Failed struct {
	Err   error
	About int64 // the conversation it happened in, 0 for none; see Toast.About
}

// Unopened is why the desktop did not show something: no program for it, or
// one that failed. Target is the address, or the file's whole path, so that
// people can open it by hand.
type Unopened struct {
	Target string
	Err    error // for the log
}

func (e *Unopened) Error() string { return "not opened: " + e.Err.Error() }

func (e *Unopened) Unwrap() error { return e.Err }

// Confirm asks before something is lost; Yes runs when the answer is yes.
type Confirm struct {
	Title, Text string
	// Do is the word on the button that goes ahead, Not on the other; "" means
	// the default.
	Do, Not string

	Yes tea.Cmd
	// Danger draws the question in the colour of bad news.
	Danger bool
	// Sudden questions open by themselves, not by a key: they ignore keys for a
	// short grace time, so that a half-typed word cannot confirm anything.
	Sudden bool
}

// Quit asks the app to end, as its own key does.
type Quit struct{}

// SetTheme makes the app choose the theme for a dark or light terminal, or by
// what the terminal answers ("auto").
type SetTheme struct{ Mode string } // "auto", "dark", "light"

// SetWords changes the language.
type SetWords struct{ Words *text.Words }

// Notify asks the app to ring or to show a desktop notification. What deserves
// one is the sender's rule; the app leaves it out when the terminal has the
// focus and shows that very conversation. Body must hold nothing that may not
// be read over a shoulder.
type Notify struct {
	Conversation int64
	Title, Body  string
	Bell         bool
	Desktop      bool
	Urgent       bool
}

// Notifier shows desktop notifications. Show may block and must be safe for
// concurrent use; the app calls it off its own goroutine.
type Notifier interface {
	Show(ctx context.Context, n Notify) error
}

// Entry is one line of the command palette.
type Entry struct {
	Title  string // what the fuzzy search looks at; cleaned text
	Detail string // shown beside it, faint
	Off    string // why it does not work now, "" when it does
	Msg    tea.Msg
}

// The interfaces below are for panes that have more to say; each is optional.

// Finder adds entries of its own to the palette: conversations, contacts.
type Finder interface {
	// Find returns at most n entries for the words typed so far. It runs off
	// the app's goroutine, so it must not touch the pane's state.
	Find(ctx context.Context, words string, n int) ([]Entry, error)
}

// Shower tells which conversation a pane shows, 0 for none.
type Shower interface{ Showing() int64 }

// Loser tells what quitting now would lose, "" when nothing.
type Loser interface{ WouldLose() string }

// Leaver tells how many messages are still on their way, which quitting now
// would keep back until the next start. Wait returns true when all have left,
// false when they do not; it runs off the app's goroutine.
type Leaver interface {
	Leaving() (n int, wait func(context.Context) (bool, error))
}

// Starter has work to do before its first picture.
type Starter interface{ Init() tea.Cmd }

// Doer runs an action by its binding's name, for the palette; without it the
// app presses the binding's first key.
type Doer interface {
	Do(action string) (used bool, cmd tea.Cmd)
}

// Counter tells how many conversations wait unread, for the window's title.
type Counter interface{ Unread() int }

// Minute is sent to every pane at each full minute, for ages and clocks.
type Minute struct{ Now time.Time }

// Redraw is sent to every pane when theme or language changed: cached lines are stale.
type Redraw struct{}

// Shown tells a pane that its tab came to the front or went back.
type Shown struct{ Front bool }

// Search is handed to the inbox by the app's search key: it opens its search
// dialog with OpenDialog.
type Search struct{}

// KeyContext is a situation in which a set of bindings works together: the
// list, the composer, a dialog.
type KeyContext struct {
	Name text.K
	Keys []keys.Binding
}

// Manual lists every situation of a pane with all its bindings, for the
// printed key table and the test that finds two actions on one key.
type Manual interface{ KeyContexts() []KeyContext }

// Addressed dialogs get the answers of commands that were wrapped with
// kit.Send(d.Addr(), cmd), while they are open.
type Addressed interface{ Addr() string }

// The messages above are for the app: kit.Send lets them through, so that a
// pane's commands may simply return them.

func (Toast) Up()            {}
func (OpenDialog) Up()       {}
func (ShowTab) Up()          {}
func (OpenConversation) Up() {}
func (Failed) Up()           {}
func (Confirm) Up()          {}
func (Quit) Up()             {}
func (SetTheme) Up()         {}
func (SetWords) Up()         {}
func (Notify) Up()           {}
func (Search) Up()           {}
