package ui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// Door is what somebody wants who opens bottega for the first time.
type Door int

const (
	DoorNone    Door = iota // left without choosing
	DoorDemo                // look around the demo shop
	DoorConnect             // connect my number
	DoorPapers              // prepare my papers
)

// doors are the three of them, in order.
var doors = []struct {
	door       Door
	name, what text.K
}{
	{DoorDemo, text.DoorDemo, text.DoorDemoWhat},
	{DoorConnect, text.DoorConnect, text.DoorConnectWhat},
	{DoorPapers, text.DoorPapers, text.DoorPapersWhat},
}

// AskDoor shows the three doors of a shop that has no number yet and returns the
// one that was opened; behind the papers is a page that leads back, so that it
// ends with DoorNone. mode is "auto", "dark" or "light".
func AskDoor(ctx context.Context, words *text.Words, mode string, opts ...tea.ProgramOption) (Door, error) {
	m := newHall(words, mode)
	_, err := tea.NewProgram(m, append([]tea.ProgramOption{tea.WithContext(ctx)}, opts...)...).Run()
	if err != nil && !errors.Is(err, tea.ErrProgramKilled) {
		return DoorNone, err
	}
	return m.chosen, nil
}

// hall is the room with the doors.
type hall struct {
	words   *text.Words
	theme   *theme.Styles
	mode    string
	profile colorprofile.Profile
	dark    bool
	at      int
	chosen  Door
	room    *room // the page behind a door, nil before the doors
	w, h    int
}

func newHall(words *text.Words, mode string) *hall {
	h := &hall{words: words, mode: mode, dark: mode != "light", profile: colorprofile.TrueColor}
	h.paint()
	return h
}

func (h *hall) paint() { h.theme = theme.New(theme.Pick(h.dark, h.profile)) }

// Init asks what the terminal looks like.
func (h *hall) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update moves between the doors and opens one.
func (h *hall) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		h.w, h.h = msg.Width, msg.Height
	case tea.ColorProfileMsg:
		h.profile = msg.Profile
		h.paint()
	case tea.BackgroundColorMsg:
		if h.mode == "" || h.mode == "auto" {
			h.dark = msg.IsDark()
			h.paint()
		}
	case tea.KeyPressMsg:
		here := hallKeys
		if h.room != nil {
			here = roomKeys
		}
		if b, ok := keys.Match(here, msg); ok {
			return h, h.do(b.Do, msg)
		}
	case tea.MouseClickMsg:
		if h.room != nil {
			break
		}
		if i := h.under(msg.Y); i >= 0 {
			h.at = i
			return h, h.enter(doors[i].door)
		}
	}
	return h, nil
}

// hallKeys are the keys of the hall.
var hallKeys = []keys.Binding{
	{Do: "hall.up", Keys: []string{"up", "k", "shift+tab"}, Help: text.DoorKeyMove},
	{Do: "hall.down", Keys: []string{"down", "j", "tab"}, Help: text.DoorKeyMove},
	{Do: "hall.number", Keys: []string{"1", "2", "3"}, Help: text.DoorKeyOpen},
	{Do: "hall.open", Keys: []string{"enter", "space"}, Help: text.DoorKeyOpen},
	{Do: "hall.leave", Keys: []string{"q", "esc", "ctrl+c"}, Help: text.DoorKeyLeave},
}

func (h *hall) do(action string, key tea.KeyPressMsg) tea.Cmd {
	switch action {
	case "hall.up":
		h.at = (h.at + len(doors) - 1) % len(doors)
	case "hall.down":
		h.at = (h.at + 1) % len(doors)
	case "hall.number":
		h.at = int(key.Code - '1')
		return h.enter(doors[h.at].door)
	case "hall.open":
		return h.enter(doors[h.at].door)
	case "room.back":
		h.room = nil
	case "hall.leave":
		return tea.Quit
	}
	return nil
}

// linesPerDoor is a door's height: its name, what is behind it, a gap.
const linesPerDoor = 3

// top is the first line of the first door.
func (h *hall) top() int { return max(0, (h.h-len(doors)*linesPerDoor-5)/2) + 4 }

// under finds the door on a line, -1 for none.
func (h *hall) under(y int) int {
	i := (y - h.top()) / linesPerDoor
	if y < h.top() || i >= len(doors) || (y-h.top())%linesPerDoor == linesPerDoor-1 {
		return -1
	}
	return i
}

// View draws the hall.
func (h *hall) View() tea.View {
	v := tea.NewView(strings.Join(h.lines(), "\n"))
	v.AltScreen, v.WindowTitle, v.MouseMode = true, "bottega", tea.MouseModeCellMotion
	return v
}

func (h *hall) lines() []string {
	lines := h.hallLines
	if h.room != nil {
		lines = h.roomLines
	}
	out := kit.Pad(lines(), h.w, h.h)
	for i, l := range out {
		out[i] = kit.Fit(l, h.w)
	}
	return out
}

// hallLines draw the doors.
func (h *hall) hallLines() []string {
	th, t := h.theme, h.words
	in := max(10, min(h.w-4, 68))
	left := strings.Repeat(" ", max(0, (h.w-in)/2))
	lines := make([]string, max(0, h.top()-4), h.h+1)
	lines = append(lines, left+th.Logo, left+th.Muted.Render(t.T(text.DoorTitle)), "", "")
	for i, d := range doors {
		mark, name := "  ", th.Strong
		if i == h.at {
			mark, name = th.Accent.Render("▌ "), th.Title
		}
		number := th.Key.Render(string(rune('1'+i))) + "  "
		lines = append(lines,
			left+mark+number+name.Render(kit.Fit(t.T(d.name), in-5)),
			left+mark+"   "+th.Muted.Render(kit.Fit(t.T(d.what), in-5)), "")
	}
	return append(lines, left+th.Faint.Render(kit.Fit(t.T(text.DoorFoot), in)))
}
