package ui_test

import (
	"testing"

	"bottega/ui/uitest"
)

func TestFrameGolden(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"40x12", 40, 12}, {"60x20", 60, 20}, {"80x24", 80, 24}, {"120x40", 120, 40}, {"160x45", 160, 45}} {
		t.Run(size.name, func(t *testing.T) {
			play(t, size.w, size.h, nil, func(s *uitest.Screen, _ *world) { s.Shot("frame-" + size.name); s.Golden() })
		})
	}
}

func TestDialogsGolden(t *testing.T) {
	t.Run("help", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("?"); s.Shot("help"); s.Golden() })
	})
	t.Run("palette", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("ctrl+k"); s.Type("se"); s.Shot("palette"); s.Golden() })
	})
	t.Run("not yet", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("4"); s.Shot("campaigns"); s.Golden() })
	})
}
