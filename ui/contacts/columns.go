package contacts

import (
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// kind of a column.
type kind uint8

const (
	colName kind = iota
	colPhone
	colTags
	colSeen
	colSpend
	colOrders
	colConsent
)

// spec is what a column needs, in the order of the screen.
type spec struct {
	kind  kind
	title text.K
	by    people.Sort // "" when it cannot be sorted by
	least int         // cells it needs to be of use
	rank  int         // columns of a low rank are there first
	right bool
}

var specs = []spec{
	{colName, text.ContactsColName, people.ByName, 16, 0, false},
	{colPhone, text.ContactsColPhone, people.ByPhone, 17, 1, false},
	{colTags, text.ContactsColTags, "", 10, 5, false},
	{colSeen, text.ContactsColSeen, people.BySeen, 13, 2, false},
	{colSpend, text.ContactsColSpend, people.BySpend, 11, 4, true},
	{colOrders, text.ContactsColOrders, people.ByOrders, 6, 6, true},
	{colConsent, text.ContactsColConsent, "", 9, 3, false},
}

// column is a spec with its place in the row.
type column struct {
	spec
	x, w int
}

const (
	gutter = 2 // cells before the first column: cursor and mark
	gap    = 2 // cells between two columns
)

// lay chooses the columns that fit w cells and shares the rest among those
// that can use it, names first.
func lay(w int) []column {
	free := w - gutter
	use := [len(specsRanked)]bool{}
	for rank := range specsRanked {
		i := specsRanked[rank]
		need := specs[i].least
		if rank > 0 {
			need += gap
		}
		if need > free && rank > 0 {
			break
		}
		use[i], free = true, free-need
	}
	x := gutter
	var out []column
	for i, s := range specs {
		if !use[i] {
			continue
		}
		out = append(out, column{s, x, s.least})
	}
	for _, g := range grow {
		for i := range out {
			if out[i].kind == g.kind && free > 0 {
				more := max(0, min(free, g.to-out[i].w))
				out[i].w, free = out[i].w+more, free-more
			}
		}
	}
	if free > 0 {
		out[0].w += min(free, 20)
	}
	if len(out) == 1 {
		out[0].w = max(0, w-gutter)
	}
	for i := range out {
		out[i].x = x
		x += out[i].w + gap
	}
	return out
}

// grow tells who gets what is left, in turns: most names whole, then the longer
// numbers, then the longer names.
var grow = []struct {
	kind kind
	to   int
}{{colName, 20}, {colPhone, 18}, {colName, 34}, {colTags, 30}, {colSpend, 12}}

// specsRanked are the indexes of specs by rank.
var specsRanked = [...]int{0, 1, 3, 6, 4, 2, 5}

// header draws the titles; the column that orders the list has an arrow.
func (b *brush) header(cols []column, by people.Sort, desc bool, w int) string {
	th := b.Theme
	s := kit.Spaces(gutter)
	for i, c := range cols {
		if i > 0 {
			s += kit.Spaces(gap)
		}
		title, ink := b.Words.T(c.title), th.Faint
		if c.by == by && c.by != "" {
			ink = th.Accent
			arrow := "▴"
			if desc {
				arrow = "▾"
			}
			if kit.Width(title)+2 <= c.w {
				arrow = " " + arrow
			}
			title = kit.Fit(title, min(kit.Width(title), max(1, c.w-kit.Width(arrow)))) + arrow
		}
		if c.right {
			s += ink.Render(kit.FitRight(title, c.w))
			continue
		}
		s += ink.Render(kit.Fit(title, c.w))
	}
	return kit.Fit(s, w)
}
