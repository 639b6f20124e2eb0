package kit

import "strings"

// Box draws a rounded frame round fitted lines, with a title in its upper
// edge: the look of every dialog. The result is w cells wide, w ≥ 4; lines are
// fitted to w-4 with one free column on each side.
func Box(title string, lines []string, w int, border, head Ink) []string {
	in := max(0, w-4)
	if title != "" {
		title = " " + title + " "
		if Width(title) > in {
			title = Fit(title, in)
		}
	}
	top := border.Render("╭─") + head.Render(title) + border.Render(strings.Repeat("─", max(0, w-3-Width(title)))+"╮")
	out := make([]string, 0, len(lines)+2)
	out = append(out, Fit(top, w))
	side := border.Render("│")
	for _, l := range lines {
		out = append(out, Fit(side+" "+Fit(l, in)+" "+side, w))
	}
	return append(out, Fit(border.Render("╰"+strings.Repeat("─", max(0, w-2))+"╯"), w))
}
