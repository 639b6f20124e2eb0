package ui

import (
	"context"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
)

// fps is the renderer's rate: at 60 the slowest key waits 19 ms for its frame,
// at 120 less than 12 (measured through a PTY).
const fps = 120

// heapGrowth is how many percent the heap may grow between two collections of a
// program with a screen. It is open all day beside others on a shop's computer:
// memory counts more there than the half percent of a core that this costs.
const heapGrowth = 60

// Thrifty makes this process collect earlier, unless GOGC says what is wanted.
func Thrifty(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// Program builds the tea.Program that runs the app as it is meant to run.
// Further options win over these.
func Program(ctx context.Context, a *App, opts ...tea.ProgramOption) *tea.Program {
	all := append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(fps), tea.WithFilter(Merge(time.Now))}, opts...)
	return tea.NewProgram(a, all...)
}

// pace is the shortest time between two turns of the wheel: a frame's length.
const pace = time.Second / fps

// Merge returns a filter for what a touchpad sends by the hundred: motion that
// does not leave its cell, and more turns of the wheel than there are frames.
// now is the wall clock. The filter is for one program.
func Merge(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	x, y := -1, -1
	var turned time.Time
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		switch msg := msg.(type) {
		case tea.MouseMotionMsg:
			if msg.X == x && msg.Y == y {
				return nil
			}
			x, y = msg.X, msg.Y
		case tea.MouseClickMsg:
			x, y = msg.X, msg.Y
		case tea.MouseWheelMsg:
			t := now()
			if t.Sub(turned) < pace && !t.Before(turned) {
				return nil
			}
			turned = t
		}
		return msg
	}
}
