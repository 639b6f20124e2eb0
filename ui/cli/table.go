package cli

import (
	"strings"

	"bottega/ui/kit"
)

// table writes rows in columns as wide as they need: the first left of each
// are words, the others numbers.
func (a *app) table(rows [][]string, left int) error {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], kit.Width(cell))
		}
	}
	for _, r := range rows {
		line := " "
		for i, cell := range r {
			pad := strings.Repeat(" ", widths[i]-kit.Width(cell))
			if i < left {
				line += " " + cell + pad + " "
				continue
			}
			line += " " + pad + cell + " "
		}
		if err := a.println(strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}
