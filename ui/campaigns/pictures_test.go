package campaigns

import (
	"fmt"
	"testing"
	"time"

	"bottega/core/campaign"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// motley gives campaigns and people names of many scripts.
func motley(s *shop) {
	for i, name := range []string{"王小明", "Ольга Смирнова", "👩🏽‍🍳 Nia", "José Ñandú", "Ảnh Nguyễn", "مريم", "🎉🎉🎉"} {
		s.people[i].Listed.Name = name
	}
	for _, k := range s.people[7:] {
		k.Listed.Name = "李娜 " + k.Listed.Name
	}
	lively(s)
	for i, c := range s.all() {
		s.change(c.ID, func(c *campaign.Campaign) {
			c.Name = []string{"秋天的面包 🥖🍂 特价", "Осенняя распродажа хлеба и пирогов", "👨‍👩‍👧‍👦 Family lunch"}[i%3]
		})
	}
}

// The tab in the sizes that count, light and dark, with names of all scripts:
// the list with the card of a running campaign, and its unsure lane.
func TestPictures(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 35}, {160, 45}} {
		for _, look := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], look), func(t *testing.T) {
				play(t, setting{w: size[0], h: size[1], theme: look, fill: motley}, func(s *uitest.Screen, _ *scene) {
					s.Press("enter")
					s.Sleep(time.Second)
					s.Want("秋天的面包")
					s.Shot(fmt.Sprintf("campaign-names-%dx%d-%s", size[0], size[1], look))
					s.GoldenStyled()
				})
			})
		}
	}
}

// Every size from 60×18 to 200×60 is drawn to the cell, whatever is open.
func TestEverySize(t *testing.T) {
	s := newShop(t, 60)
	motley(s)
	p := newPane(t, s, theme.Dark(), "it")
	uitest.Play(t, p, p.Init())
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(t, p, cmd)
	uitest.Play(t, p, p.dig())
	draft := s.all()[2].ID
	shows := []func(){
		func() { p.wiz, p.focus = nil, onList },
		func() { p.wiz, p.focus = nil, onCard },
	}
	for at := range steps {
		shows = append(shows, func() { uitest.Play(t, p, p.open(s.only(draft), at)) })
	}
	for i, show := range shows {
		show()
		if c := p.chosen(); c == nil || p.deepOf(c) == nil {
			t.Fatal("no card")
		}
		for w := 60; w <= 200; w++ {
			for h := 18 + (w+i)%3; h <= 60; h += 3 { // each size in two or three of the shows
				lines := p.Lines(w, h)
				if len(lines) != h {
					t.Fatalf("show %d on %d×%d: %d lines", i, w, h, len(lines))
				}
				for y, l := range lines {
					if kit.Width(l) != w {
						t.Fatalf("show %d on %d×%d: line %d is %d cells wide: %q", i, w, h, y, kit.Width(l), l)
					}
				}
			}
		}
	}
}
