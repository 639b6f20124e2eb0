package ui

import (
	"runtime/debug"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestMerge(t *testing.T) {
	now := time.Unix(0, 0)
	keep := Merge(func() time.Time { return now })
	pass := func(msg tea.Msg) bool { return keep(nil, msg) != nil }
	wheel := tea.MouseWheelMsg{Button: tea.MouseWheelDown}
	n := 0
	for range 100 { // a flick of the touchpad: 100 turns in 25 ms
		if pass(wheel) {
			n++
		}
		now = now.Add(250 * time.Microsecond)
	}
	if n < 3 || n > 5 {
		t.Errorf("%d turns of the wheel passed in 25 ms", n)
	}
	now = now.Add(-time.Hour) // the clock was set back
	if !pass(wheel) {
		t.Error("the wheel is stuck after the clock was set back")
	}
	move := func(x, y int) bool { return pass(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	if !move(1, 1) || move(1, 1) || !move(1, 2) || !move(2, 2) || move(2, 2) {
		t.Error("motion passes when it leaves its cell, and only then")
	}
	if !pass(tea.MouseClickMsg{X: 5, Y: 5}) || move(5, 5) || !pass(tea.KeyPressMsg{Code: 'j'}) {
		t.Error("clicks and keys always pass")
	}
}

// Whatever the size, the parts lie one below the other and leave no gap.
func TestLayoutCoversTheScreen(t *testing.T) {
	for w := 1; w <= 200; w += 7 {
		for h := 1; h <= 60; h++ {
			l := layoutOf(w, h)
			if l.small != (w < minWidth || h < minHeight) {
				t.Fatalf("%d×%d small: %v", w, h, l.small)
			}
			if sum := l.header.H + l.tabs.H + l.rule.H + l.body.H + l.footer.H; sum != h {
				t.Fatalf("%d×%d: the parts are %d lines high", w, h, sum)
			}
			if !l.small && (l.body.H < 8 || l.body.Y+l.body.H != l.footer.Y) {
				t.Fatalf("%d×%d: body %v", w, h, l.body)
			}
		}
	}
}

// A screen collects earlier than a program alone, unless somebody said what is
// wanted.
func TestThrifty(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	Thrifty(func(string) string { return "300" })
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("GOGC is set and the heap may grow by %d", now)
	}
	Thrifty(func(string) string { return "" })
	if now := debug.SetGCPercent(100); now >= 100 {
		t.Errorf("the heap may grow by %d", now)
	}
}
