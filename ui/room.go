package ui

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// room is the honest page behind a door: what there is to have ready, and what
// comes later.
type room struct {
	title, what text.K
	points      []text.K
	later       text.K
}

var rooms = map[Door]*room{
	DoorPapers: { // what Meta asks for: seeds S-005, S-020, S-084, S-113, and policy P-100, P-103
		title: text.DoorPapers, what: text.RoomPapers,
		points: []text.K{text.RoomPapers1, text.RoomPapers2, text.RoomPapers3, text.RoomPapers4, text.RoomPapers5},
		later:  text.RoomPapersLater,
	},
}

// roomKeys are the keys of a room.
var roomKeys = []keys.Binding{
	{Do: "room.back", Keys: []string{"esc", "left", "backspace", "enter", "space"}, Help: text.DoorKeyBack},
	{Do: "hall.leave", Keys: []string{"q", "ctrl+c"}, Help: text.DoorKeyLeave},
}

// enter opens a door: the demo shop lies outside, the rooms are pages.
func (h *hall) enter(d Door) tea.Cmd {
	if r := rooms[d]; r != nil {
		h.room = r
		return nil
	}
	h.chosen = d
	return tea.Quit
}

// roomLines draw the open room; on a low screen its end is left out, but never
// the keys.
func (h *hall) roomLines() []string {
	th, t, r := h.theme, h.words, h.room
	in := max(10, min(h.w-4, 68))
	var page []string
	add := func(ink kit.Ink, k text.K, first, rest string) {
		for i, l := range kit.Wrap(t.T(k), max(1, in-kit.Width(first))) {
			lead := rest
			if i == 0 {
				lead = th.Accent.Render(first)
			}
			page = append(page, lead+ink.Render(l))
		}
	}
	page = append(page, th.Title.Render(t.T(r.title)), "")
	add(th.Text, r.what, "", "")
	page = append(page, "")
	for _, k := range r.points {
		add(th.Muted, k, "◦ ", "  ")
	}
	page = append(page, "")
	add(th.Faint, r.later, "◌ ", "  ")
	if most := max(0, h.h-2); len(page) > most {
		page = page[:most]
	}
	page = append(page, "", th.Faint.Render(t.T(text.RoomFoot)))
	left := kit.Spaces(max(0, (h.w-in)/2))
	lines := make([]string, max(0, (h.h-len(page))*2/5), h.h+1)
	for _, l := range page {
		lines = append(lines, left+kit.Fit(l, in))
	}
	return lines
}
