package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// grace is how long a question that opens by itself ignores keys: a word
// half typed must not answer it.
const grace = 400 * time.Millisecond

// confirm is a question with two answers; the harmless one is chosen first.
type confirm struct {
	env    *frame.Env
	ask    frame.Confirm
	opened time.Time
	yes    bool
	quits  bool // the question before the program ends
	spans  [2]kit.Rect
}

func newConfirm(env *frame.Env, c frame.Confirm) *confirm {
	if c.Do == "" {
		c.Do = env.Words.T(text.Yes)
	}
	if c.Not == "" {
		c.Not = env.Words.T(text.No)
	}
	return &confirm{env: env, ask: c, opened: env.Now()}
}

func (c *confirm) Handle(msg tea.Msg) (bool, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if c.ask.Sudden && c.env.Now().Sub(c.opened) < grace {
			return false, nil
		}
		b, _ := keys.Match(c.Keys(), msg)
		switch b.Do {
		case "confirm.yes":
			return true, c.ask.Yes
		case "confirm.no":
			return true, nil
		case "confirm.other":
			c.yes = !c.yes
		case "confirm.choose":
			if c.yes {
				return true, c.ask.Yes
			}
			return true, nil
		}
	case tea.MouseClickMsg:
		for i, r := range c.spans {
			if r.Has(msg.X, msg.Y) {
				if i == 0 {
					return true, c.ask.Yes
				}
				return true, nil
			}
		}
	}
	return false, nil
}

func (c *confirm) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "confirm.yes", Keys: []string{"y"}, Help: text.Yes},
		{Do: "confirm.no", Keys: []string{"esc", "n"}, Help: text.No},
		{Do: "confirm.other", Keys: []string{"tab", "left", "right", "shift+tab"}, Help: text.KeyOther, Quiet: true},
		{Do: "confirm.choose", Keys: []string{"enter"}, Help: text.KeyChoose},
	}
}

func (c *confirm) Lines(w, h int) []string {
	th := c.env.Theme
	w = min(w, 58)
	air := h >= 9 // room for an empty line above and below
	var body []string
	if air {
		body = append(body, "")
	}
	for _, l := range kit.Wrap(kit.Clean(c.ask.Text), w-4) {
		body = append(body, th.Text.Render(l))
	}
	if most := max(1, h-5); len(body) > most {
		body = body[:most]
	}
	yes, no := " "+c.ask.Do+" ", " "+c.ask.Not+" "
	line := c.button(yes, c.yes) + "  " + c.button(no, !c.yes)
	y := len(body) + 2
	c.spans = [2]kit.Rect{{X: 4, Y: y, W: kit.Width(yes), H: 1}, {X: 4 + kit.Width(yes) + 4, Y: y, W: kit.Width(no), H: 1}}
	body = append(body, "", line)
	if air {
		body = append(body, "")
	}
	border := th.Border
	if c.ask.Danger {
		border = th.Bad
	}
	return kit.Box(kit.CleanLine(c.ask.Title), body, w, border, th.Title)
}

// button draws the chosen answer filled, and in brackets for those who see no colour.
func (c *confirm) button(s string, on bool) string {
	if on {
		return c.env.Theme.Badge.Render("[" + s + "]")
	}
	return c.env.Theme.Muted.Render(" " + s + " ")
}

func (c *confirm) Cursor() *tea.Cursor { return nil }
