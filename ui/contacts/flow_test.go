package contacts

import (
	"fmt"
	"testing"

	"bottega/ui/uitest"
)

// sizes that the screen is held to (screens.md, Frame).
var sizes = [][2]int{{60, 20}, {80, 24}, {120, 40}, {160, 45}}

func TestContactsGolden(t *testing.T) {
	for _, z := range sizes {
		t.Run(fmt.Sprintf("%dx%d", z[0], z[1]), func(t *testing.T) {
			play(t, setting{w: z[0], h: z[1], n: 1204}, func(s *uitest.Screen, _ *stage) {
				s.Shot(fmt.Sprintf("list-%d", z[0]))
				s.Golden()
			})
		})
	}
}

func TestShots(t *testing.T) {
	for _, theme := range []string{"dark", "light"} {
		for _, z := range sizes {
			play(t, setting{w: z[0], h: z[1], n: 1204, theme: theme}, func(s *uitest.Screen, _ *stage) {
				s.Shot(fmt.Sprintf("%s-%d-list", theme, z[0]))
				s.Press("enter")
				s.Shot(fmt.Sprintf("%s-%d-card", theme, z[0]))
				s.Press("esc", "/")
				s.Type("tag:vip and spnd>2")
				s.Shot(fmt.Sprintf("%s-%d-wrong", theme, z[0]))
				s.Press("esc", "/")
				s.Type("tag:")
				s.Shot(fmt.Sprintf("%s-%d-offer", theme, z[0]))
				s.Press("esc", "tab", "j", "j")
				s.Shot(fmt.Sprintf("%s-%d-side", theme, z[0]))
			})
		}
	}
}
