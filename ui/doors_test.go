package ui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

func hallOf(t *testing.T, lang string) *hall {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return newHall(w, "dark")
}

func TestDoors(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*uitest.Screen)
		want Door
	}{
		"by number":           {func(s *uitest.Screen) { s.Type("1") }, DoorDemo},
		"by arrows":           {func(s *uitest.Screen) { s.Press("down", "down", "up", "up", "enter") }, DoorDemo},
		"round the corner":    {func(s *uitest.Screen) { s.Press("up", "down", "enter") }, DoorDemo},
		"the first at once":   {func(s *uitest.Screen) { s.Press("enter") }, DoorDemo},
		"by mouse":            {func(s *uitest.Screen) { s.ClickOn("Look around the demo shop") }, DoorDemo},
		"connect by number":   {func(s *uitest.Screen) { s.Type("2") }, DoorConnect},
		"connect by mouse":    {func(s *uitest.Screen) { s.ClickOn("Connect my number") }, DoorConnect},
		"out of a room":       {func(s *uitest.Screen) { s.Type("3q") }, DoorNone},
		"not beside the door": {func(s *uitest.Screen) { s.Click(1, 1); s.Type("q") }, DoorNone},
		"left":                {func(s *uitest.Screen) { s.Press("esc") }, DoorNone},
	} {
		t.Run(name, func(t *testing.T) {
			h := hallOf(t, "en")
			uitest.Run(t, 80, 24, func(context.Context) tea.Model { return h }, func(s *uitest.Screen) {
				s.Want("Look around the demo shop", "Connect my number", "Prepare my papers")
				c.do(s)
				if ended, err := s.Ended(); !ended || err != nil {
					t.Errorf("ended %t, %v", ended, err)
				}
			})
			if h.chosen != c.want {
				t.Errorf("door %d, want %d", h.chosen, c.want)
			}
		})
	}
}

// A door that leads nowhere yet shows what there is to know, and leads back.
func TestRooms(t *testing.T) {
	for name, c := range map[string]struct {
		open func(*uitest.Screen)
		want []string
	}{
		"papers":            {func(s *uitest.Screen) { s.Press("up", "enter") }, []string{"What Meta will ask of you", "privacy policy", "◌ A checklist"}},
		"one after another": {func(s *uitest.Screen) { s.Type("3"); s.Press("esc"); s.Type("3") }, []string{"business portfolio"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := hallOf(t, "en")
			uitest.Run(t, 80, 24, func(context.Context) tea.Model { return h }, func(s *uitest.Screen) {
				c.open(s)
				s.Want(append(c.want, "esc back to the doors")...)
				s.Press("1") // no door stands here
				s.Click(10, 9)
				s.Want(c.want...)
				s.Press("esc")
				s.Want("Look around the demo shop", "Connect my number", "Prepare my papers")
				if ended, err := s.Ended(); ended || err != nil {
					t.Errorf("ended %t, %v", ended, err)
				}
			})
		})
	}
}

func TestRoomsGolden(t *testing.T) {
	for name, key := range map[string]string{"papers": "3"} {
		t.Run(name, func(t *testing.T) {
			h := hallOf(t, "en")
			uitest.Run(t, 80, 24, func(context.Context) tea.Model { return h }, func(s *uitest.Screen) { s.Type(key); s.Golden() })
		})
	}
}

func TestDoorsGolden(t *testing.T) {
	h := hallOf(t, "it")
	uitest.Run(t, 80, 24, func(context.Context) tea.Model { return h }, func(s *uitest.Screen) { s.Golden() })
}

// The hall fits every terminal: exactly h lines of exactly w cells.
func TestDoorsFit(t *testing.T) {
	h := hallOf(t, "it")
	for _, h.room = range []*room{nil, rooms[DoorPapers]} {
		for _, size := range [][2]int{{1, 1}, {12, 3}, {40, 12}, {80, 24}, {200, 60}} {
			h.w, h.h = size[0], size[1]
			lines := h.lines()
			if len(lines) != h.h {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, l := range lines {
				if kit.Width(l) != h.w {
					t.Errorf("%v: a line of %d cells: %q", size, kit.Width(l), strings.TrimSpace(l))
				}
			}
			if last := strings.Join(lines, "\n"); h.room != nil && h.h >= 12 && h.w > 30 && !strings.Contains(last, "esc torna alle porte") {
				t.Errorf("%v: the way back is not shown", size)
			}
		}
	}
}
