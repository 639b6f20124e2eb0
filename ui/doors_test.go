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
		"by number":           {func(s *uitest.Screen) { s.Type("2") }, DoorConnect},
		"by arrows":           {func(s *uitest.Screen) { s.Press("down", "down", "enter") }, DoorPapers},
		"round the corner":    {func(s *uitest.Screen) { s.Press("up", "enter") }, DoorPapers},
		"the first at once":   {func(s *uitest.Screen) { s.Press("enter") }, DoorDemo},
		"by mouse":            {func(s *uitest.Screen) { s.ClickOn("Connect my number") }, DoorConnect},
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

func TestDoorsGolden(t *testing.T) {
	h := hallOf(t, "it")
	uitest.Run(t, 80, 24, func(context.Context) tea.Model { return h }, func(s *uitest.Screen) { s.Golden() })
}

// The hall fits every terminal: exactly h lines of exactly w cells.
func TestDoorsFit(t *testing.T) {
	h := hallOf(t, "it")
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
	}
}
