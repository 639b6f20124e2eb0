package dialog

import (
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Option is one line of a Pick.
type Option struct {
	Value  string // handed to Choose
	Label  string // what the fuzzy search looks at
	Also   string // other words that find it
	Detail string // shown at the right, faint
	On     bool   // it is set already
	Off    string // why it cannot be chosen, "" when it can; shown while the cursor is on it
}

// Pick is a dialog that finds one of many by a few letters. With Free set, a
// word that is no option may be chosen as it was typed. What is set already
// has the cursor first.
type Pick struct {
	Name string
	Free bool
	Wide int // width wanted; 0 means usualWidth
	// Choose gets the option's value; its command is the outcome and must be
	// addressed.
	Choose func(value string) tea.Cmd
	// Below draws what belongs to the option under the cursor: lines of w cells,
	// at most h; nil for nothing.
	Below func(value string, w, h int) []string
	// Closed is told when the dialog is done, after Choose; nil for nobody.
	Closed func()

	env   *frame.Env
	f     Field
	all   []Option
	hits  []Option
	typed string
	cur   int
	top   int
	rows  int // shown at the last drawing
}

const (
	mostRows   = 14 // options shown
	leastRows  = 4  // of them over what is shown below
	leastBelow = 3  // lines of that
	mostWhy    = 3  // lines that say why one cannot be chosen
	usualWidth = 52
	maxLetters = 100
)

// NewPick makes one; hint stands in the empty field.
func NewPick(env *frame.Env, name, hint string, all []Option, free bool, choose func(string) tea.Cmd) *Pick {
	d := &Pick{Name: name, Free: free, Choose: choose, env: env, f: Field{Sign: "›"}}
	d.f.In.Placeholder = hint
	d.f.In.Limit = maxLetters
	d.Set(all)
	d.cur = max(0, slices.IndexFunc(d.hits, func(o Option) bool { return o.On }))
	return d
}

// FromTop puts the cursor on the first option instead: where the first is what
// is mostly wanted, whatever is set.
func (d *Pick) FromTop() *Pick {
	d.cur = 0
	return d
}

// Set replaces the options when they arrive late, and keeps what was typed.
func (d *Pick) Set(all []Option) {
	d.all = slices.Clone(all)
	for i := range d.all {
		o := &d.all[i]
		o.Label, o.Also, o.Detail = kit.CleanLine(o.Label), kit.CleanLine(o.Also), kit.CleanLine(o.Detail)
	}
	d.search()
}

// Has reports whether an option has this value.
func (d *Pick) Has(value string) bool {
	return slices.ContainsFunc(d.all, func(o Option) bool { return o.Value == value })
}

// labels and others are what options are found by.
type (
	labels []Option
	others []Option
)

func (l labels) String(i int) string { return l[i].Label }
func (l labels) Len() int            { return len(l) }
func (l others) String(i int) string { return l[i].Also }
func (l others) Len() int            { return len(l) }

// find returns which options match what is typed, the closest first; of equals
// the first stays first.
func (d *Pick) find() []int {
	score := map[int]int{}
	for _, words := range []fuzzy.Source{labels(d.all), others(d.all)} {
		for _, m := range fuzzy.FindFromNoSort(d.typed, words) {
			if s, ok := score[m.Index]; !ok || m.Score > s {
				score[m.Index] = m.Score
			}
		}
	}
	return slices.SortedStableFunc(slices.Values(slices.Sorted(maps.Keys(score))), func(a, b int) int { return score[b] - score[a] })
}

func (d *Pick) search() {
	d.typed = strings.TrimSpace(d.f.In.Value())
	d.hits = d.hits[:0]
	if d.typed == "" {
		d.hits = append(d.hits, d.all...)
	} else {
		for _, i := range d.find() {
			d.hits = append(d.hits, d.all[i])
		}
	}
	if d.Free && d.typed != "" && !d.known() {
		d.hits = append(d.hits, Option{Value: d.typed, Label: kit.CleanLine(d.typed), Detail: d.env.Words.T(text.DialogNew)})
	}
	d.cur = max(0, min(d.cur, len(d.hits)-1))
}

func (d *Pick) known() bool {
	return slices.ContainsFunc(d.all, func(o Option) bool { return strings.EqualFold(o.Value, d.typed) })
}

// Handle moves, searches and chooses.
func (d *Pick) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			return d.close(nil)
		case "up", "ctrl+p":
			return false, d.move(-1)
		case "down", "ctrl+n":
			return false, d.move(1)
		case "pgup":
			return false, d.move(-max(1, d.rows))
		case "pgdown":
			return false, d.move(max(1, d.rows))
		case "enter":
			return d.choose(d.cur)
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			return false, d.move(-1)
		}
		return false, d.move(1)
	case tea.MouseClickMsg:
		if y := m.Y - d.f.Below(); y >= 0 && y < d.rows {
			return d.choose(d.top + y)
		}
		return false, nil
	}
	if d.f.In.Handle(msg) {
		d.cur = 0
		d.search()
	}
	return false, nil
}

func (d *Pick) move(n int) tea.Cmd {
	d.cur = max(0, min(d.cur+n, len(d.hits)-1))
	return nil
}

// choose takes an option. One that is off gets the cursor, so that its reason
// is read, and says it once more.
func (d *Pick) choose(i int) (bool, tea.Cmd) {
	if i >= len(d.hits) {
		return false, nil
	}
	d.cur = i
	if why := d.hits[i].Off; why != "" {
		return false, func() tea.Msg { return frame.Toast{Text: why, Refused: true} }
	}
	return d.close(d.Choose(d.hits[i].Value))
}

func (d *Pick) close(cmd tea.Cmd) (bool, tea.Cmd) {
	if d.Closed != nil {
		d.Closed()
	}
	return true, cmd
}

// Keys are those of the footer while the dialog is open.
func (d *Pick) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "pick.choose", Keys: []string{"enter"}, Help: text.DialogKeyChoose},
		{Do: "pick.move", Keys: []string{"up", "down"}, Help: text.DialogKeyMove},
		{Do: "pick.close", Keys: []string{"esc"}, Help: text.DialogKeyClose},
	}
}

// Lines draws the box: the field, the options that match, why the one under
// the cursor cannot be chosen, what belongs to it.
func (d *Pick) Lines(w, h int) []string {
	want := d.Wide
	if want == 0 {
		want = usualWidth
	}
	w = Width(want, w)
	in := max(1, w-4)
	body := d.f.Lines(d.env, in)
	room, why := h-2-len(body), d.reason(in)
	if left := room - leastRows - 1; d.Below == nil || left < leastBelow {
		keep := d.longestReason(in) // so that the box keeps its height
		d.scroll(room - keep)
		ls, last := d.options(in), max(1, min(len(d.hits), d.rows))
		body = append(append(append(body, ls[:last]...), why...), ls[last:]...)
		return Box(d.env, d.Name, append(body, kit.Pad(nil, in, keep-len(why))...), w, h)
	}
	d.scroll(max(leastRows, room*2/5))
	left := room - d.rows - 1
	below := append(why, d.Below(d.at().Value, in, max(0, left-len(why)))...)
	body = append(append(body, d.options(in)...), Rule(d.env, in))
	return Box(d.env, d.Name, append(body, kit.Pad(below, in, left)...), w, h)
}

// scroll fits the rows into so many lines, with the cursor's among them.
func (d *Pick) scroll(lines int) {
	n := len(d.all)
	if d.Free { // what is typed and no option
		n++
	}
	d.rows = max(1, min(lines, n, mostRows))
	d.top = max(0, min(d.top, d.cur, len(d.hits)-d.rows))
	d.top = max(d.top, d.cur-d.rows+1)
}

// options draws those in sight, with a scrollbar where there are more.
func (d *Pick) options(w int) []string {
	th := d.env.Theme
	ticked := slices.ContainsFunc(d.all, func(o Option) bool { return o.On })
	bar := kit.Scrollbar(0, 0, d.rows, "", "")
	if at, n := kit.Thumb(d.top, d.rows, len(d.hits), d.rows); n > 0 && w > 3 {
		bar = kit.Scrollbar(at, n, d.rows, "  ", " "+th.Accent.Render("┃"))
		w -= 2
	}
	ls := make([]string, d.rows)
	for j := range ls {
		switch i := d.top + j; {
		case i < len(d.hits):
			ls[j] = OptionLine(d.env, d.hits[i], i == d.cur, ticked, w) + bar[j]
		case i == 0:
			ls[j] = th.Faint.Render(kit.Fit(d.env.Words.T(text.DialogNone), w))
		}
	}
	return ls
}

// at is the option under the cursor, none of them when nothing matches.
func (d *Pick) at() Option {
	if d.cur < len(d.hits) {
		return d.hits[d.cur]
	}
	return Option{}
}

// reason says why the option under the cursor cannot be chosen.
func (d *Pick) reason(w int) []string {
	first := "! "
	var ls []string
	for _, l := range whyNot(d.at(), w) {
		ls = append(ls, d.env.Theme.Soon.Render(first+l))
		first = "  "
	}
	return ls
}

// longestReason is how many lines the reason of any option takes.
func (d *Pick) longestReason(w int) int {
	n := 0
	for _, o := range d.all {
		if n < mostWhy {
			n = max(n, len(whyNot(o, w)))
		}
	}
	return n
}

func whyNot(o Option, w int) []string {
	if o.Off == "" {
		return nil
	}
	ls := kit.Wrap(kit.Clean(o.Off), max(1, w-2))
	return ls[:min(len(ls), mostWhy)]
}

// OptionLine draws an option, with a bar before the chosen one; where any is
// ticked all make room for the tick.
func OptionLine(env *frame.Env, o Option, chosen, ticked bool, w int) string {
	th, mark, set, ink := env.Theme, "  ", "", env.Theme.Text
	if chosen {
		mark = th.Accent.Render("▌ ")
	}
	switch {
	case o.On:
		set = th.Good.Render("✓ ")
	case ticked:
		set = "  "
	}
	if o.Off != "" {
		ink = th.Faint
	}
	s := kit.Ends(mark+set+ink.Render(o.Label), th.Faint.Render(o.Detail), w)
	if chosen {
		return th.Select.Line(s, w)
	}
	return s
}

// Cursor stands in the field.
func (d *Pick) Cursor() *tea.Cursor { return d.f.Cursor() }
