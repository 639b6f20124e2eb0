package keys

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/text"
)

// Entry is a line of a pane's key table: a binding that also knows when it
// works and what it does. P is the pane.
type Entry[P any] struct {
	Do    string
	Keys  []string
	Help  text.K
	Quiet bool
	Off   func(P) text.K // why it does not work now; nil or "" when it does
	Run   func(P) tea.Cmd
}

// Bind makes a line that the footer shows, for the keys in press, divided by
// spaces; a nil run does nothing.
func Bind[P any](do, press string, help text.K, off func(P) text.K, run func(P) tea.Cmd) Entry[P] {
	return Entry[P]{Do: do, Keys: strings.Fields(press), Help: help, Off: off, Run: run}
}

// Quiet makes a line that only help and palette show.
func Quiet[P any](do, press string, help text.K, off func(P) text.K, run func(P) tea.Cmd) Entry[P] {
	e := Bind(do, press, help, off, run)
	e.Quiet = true
	return e
}

// Why is the reason why the action does not work now, "" when it does.
func (e *Entry[P]) Why(p P) text.K {
	if e.Off == nil {
		return ""
	}
	return e.Off(p)
}

// Table is the lines that are in force together, in parts that several places
// share; the first line of a key or an action has it.
type Table[P any] [][]Entry[P]

// Match finds the line of a key, as tea.KeyPressMsg.String writes it; nil when
// no line has it.
func (t Table[P]) Match(key string) *Entry[P] {
	return t.first(func(e *Entry[P]) bool { return slices.Contains(e.Keys, key) })
}

// Find finds the line of an action, nil when there is none.
func (t Table[P]) Find(do string) *Entry[P] {
	return t.first(func(e *Entry[P]) bool { return e.Do == do })
}

func (t Table[P]) first(is func(*Entry[P]) bool) *Entry[P] {
	for _, part := range t {
		for i := range part {
			if is(&part[i]) {
				return &part[i]
			}
		}
	}
	return nil
}

// Bindings are the lines as data, each with the reason that why gives. With a
// nil why none has one: so the manual lists them.
func (t Table[P]) Bindings(why func(*Entry[P]) text.K) []Binding {
	var out []Binding
	for _, part := range t {
		for i := range part {
			e := &part[i]
			b := Binding{Do: e.Do, Keys: e.Keys, Help: e.Help, Quiet: e.Quiet}
			if why != nil {
				b.Off = why(e)
			}
			out = append(out, b)
		}
	}
	return out
}
