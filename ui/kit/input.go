package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Input is a text field that counts in grapheme clusters: the cursor never
// stands inside one, and lines wrap by cells. The zero value is an empty field
// of one line. It handles editing keys and pastes; enter is the pane's.
//
// The last column is kept for the cursor, so that it is never off the field.
type Input struct {
	Multi       bool   // takes line breaks: alt+enter, shift+enter, ctrl+j, pasted ones
	MaxLines    int    // Height grows up to this; 0 means 6 for Multi, else 1
	Limit       int    // most runes; 0 means no limit
	Placeholder string // shown while empty

	cl   []string // the value in clusters; "\n" is one
	cur  int      // cursor: index in cl, 0 … len(cl)
	goal int      // column that up and down keep, -1 for none
	top  int      // first visual line shown
	rev  int      // grows with each change of cl
	undo []snapshot
	redo []snapshot
	glue bool   // the next insertion belongs to the same undo step
	cut  string // what ctrl+u and its kin removed last

	lay layout
}

type snapshot struct {
	val string
	at  int // byte offset of the cursor
}

// maxUndo bounds the history of a field.
const maxUndo = 200

// Value is the text as typed.
func (in *Input) Value() string { return strings.Join(in.cl, "") }

// Empty reports whether nothing is in the field.
func (in *Input) Empty() bool { return len(in.cl) == 0 }

// Rev grows with each change of the value.
func (in *Input) Rev() int { return in.rev }

// At is the cursor's place in the value, in runes.
func (in *Input) At() int {
	n := 0
	for _, c := range in.cl[:in.cur] {
		n += utf8.RuneCountInString(c)
	}
	return n
}

// Seek puts the cursor before the rune at an offset, or at the end of the
// cluster that it stands inside.
func (in *Input) Seek(at int) {
	in.cur = 0
	for n := 0; in.cur < len(in.cl) && n < at; in.cur++ {
		n += utf8.RuneCountInString(in.cl[in.cur])
	}
	in.goal, in.glue = -1, false
}

// SetValue replaces the text, puts the cursor at its end and forgets the history.
func (in *Input) SetValue(s string) {
	in.undo, in.redo, in.glue = nil, nil, false
	in.set(in.legal(s), len(s))
}

// Replace is SetValue that can be undone.
func (in *Input) Replace(s string) {
	in.keep(false)
	in.set(in.legal(s), len(s))
}

// Insert puts text at the cursor.
func (in *Input) Insert(s string) {
	s = in.legal(s)
	if in.Limit > 0 {
		s = firstRunes(s, in.Limit-utf8.RuneCountInString(in.Value()))
	}
	if s == "" {
		return
	}
	in.keep(in.glue)
	before, after := strings.Join(in.cl[:in.cur], ""), strings.Join(in.cl[in.cur:], "")
	in.set(before+s+after, len(before)+len(s))
	in.glue = utf8.RuneCountInString(s) == 1 && s != " " && s != "\n"
}

// Splice puts s in the place of the runes from … to, and the cursor behind it.
func (in *Input) Splice(from, to int, s string) {
	rs := []rune(in.Value())
	from = max(0, min(from, len(rs)))
	to = max(from, min(to, len(rs)))
	in.keep(false)
	in.glue = false
	before := string(rs[:from]) + in.legal(s)
	in.set(before+string(rs[to:]), len(before))
}

// legal drops what a field must not hold.
func (in *Input) legal(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = string(visible(strings.ToValidUTF8(s, "\uFFFD")))
	if !in.Multi {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return s
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// set replaces the value; the cursor goes to the first boundary at or behind
// byte offset at, since what was typed may have joined a cluster.
func (in *Input) set(val string, at int) {
	in.cl = in.cl[:0]
	in.cur = -1
	off := 0
	for c := range Clusters(val) {
		if in.cur < 0 && off >= at {
			in.cur = len(in.cl)
		}
		in.cl = append(in.cl, c)
		off += len(c)
	}
	if in.cur < 0 {
		in.cur = len(in.cl)
	}
	in.goal = -1
	in.rev++
}

// keep notes the state before a change; glued changes share one step.
func (in *Input) keep(glued bool) {
	in.redo = nil
	if glued && len(in.undo) > 0 {
		return
	}
	in.undo = append(in.undo, in.snap())
	if len(in.undo) > maxUndo {
		in.undo = in.undo[1:]
	}
}

func (in *Input) snap() snapshot {
	return snapshot{in.Value(), len(strings.Join(in.cl[:in.cur], ""))}
}

// back moves the newest step of one history to the other and restores it.
func (in *Input) back(from, to *[]snapshot) {
	n := len(*from)
	if n == 0 {
		return
	}
	*to = append(*to, in.snap())
	s := (*from)[n-1]
	*from = (*from)[:n-1]
	in.glue = false
	in.set(s.val, s.at)
}

// remove cuts the clusters from … to and keeps them for ctrl+y when big.
func (in *Input) remove(from, to int, big bool) {
	from, to = max(0, from), min(to, len(in.cl))
	if from >= to {
		return
	}
	in.keep(false)
	in.glue = false
	if big {
		in.cut = strings.Join(in.cl[from:to], "")
	}
	before := strings.Join(in.cl[:from], "")
	in.set(before+strings.Join(in.cl[to:], ""), len(before))
}

// Handle takes keys and pastes and reports whether it used the message. Up and
// down are not used at the first and last line.
func (in *Input) Handle(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		in.glue = false
		in.Insert(msg.Content)
		in.glue = false
		return true
	case tea.KeyPressMsg:
		if in.motion(msg.String()) || in.edit(msg.String()) {
			return true
		}
		if msg.Text != "" && msg.Mod&(tea.ModCtrl|tea.ModAlt) == 0 {
			in.Insert(msg.Text)
			return true
		}
	}
	return false
}

func (in *Input) motion(key string) bool {
	was := in.cur
	switch key {
	case "left", "ctrl+b":
		in.cur = max(0, in.cur-1)
	case "right":
		in.cur = min(len(in.cl), in.cur+1)
	case "ctrl+left", "alt+left", "alt+b":
		in.cur = in.wordBack()
	case "ctrl+right", "alt+right", "alt+f":
		in.cur = in.wordOn()
	case "home", "ctrl+a":
		in.cur = in.lineStart()
	case "end":
		in.cur = in.lineEnd()
	case "ctrl+home":
		in.cur = 0
	case "ctrl+end":
		in.cur = len(in.cl)
	case "up":
		return in.vertical(-1)
	case "down":
		return in.vertical(1)
	default:
		return false
	}
	in.goal, in.glue = -1, in.glue && in.cur == was
	return true
}

func (in *Input) edit(key string) bool {
	switch key {
	case "backspace", "ctrl+h", "shift+backspace":
		in.remove(in.cur-1, in.cur, false)
	case "delete", "ctrl+d":
		in.remove(in.cur, in.cur+1, false)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		in.remove(in.wordBack(), in.cur, true)
	case "alt+d", "ctrl+delete":
		in.remove(in.cur, in.wordOn(), true)
	case "ctrl+u":
		in.remove(in.lineStart(), in.cur, true)
	case "alt+k":
		in.remove(in.cur, in.lineEnd(), true)
	case "ctrl+y":
		in.glue = false
		in.Insert(in.cut)
	case "ctrl+z", "ctrl+_":
		in.back(&in.undo, &in.redo)
	case "ctrl+shift+z", "alt+z":
		in.back(&in.redo, &in.undo)
	case "alt+enter", "shift+enter", "ctrl+j":
		if !in.Multi {
			return false
		}
		in.Insert("\n")
	default:
		return false
	}
	return true
}

func (in *Input) word(i int) bool {
	r, _ := utf8.DecodeRuneInString(in.cl[i])
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

func (in *Input) wordBack() int {
	i := in.cur
	for i > 0 && !in.word(i-1) {
		i--
	}
	for i > 0 && in.word(i-1) {
		i--
	}
	return i
}

func (in *Input) wordOn() int {
	i := in.cur
	for i < len(in.cl) && !in.word(i) {
		i++
	}
	for i < len(in.cl) && in.word(i) {
		i++
	}
	return i
}

func (in *Input) lineStart() int {
	i := in.cur
	for i > 0 && in.cl[i-1] != "\n" {
		i--
	}
	return i
}

func (in *Input) lineEnd() int {
	i := in.cur
	for i < len(in.cl) && in.cl[i] != "\n" {
		i++
	}
	return i
}
