package campaigns

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

func TestScreens(t *testing.T) {
	for name, size := range map[string][2]int{"40x12": {40, 12}, "80x24": {80, 24}, "160x45": {160, 45}} {
		t.Run(name, func(t *testing.T) {
			play(t, setting{w: size[0], h: size[1], fill: lively}, func(s *uitest.Screen, _ *scene) {
				s.Want("Autumn", "running")
				s.Shot("campaigns-" + name)
				s.Golden()
				s.Press("enter")
				s.Sleep(time.Second)
				s.Shot("campaign-" + name)
			})
		})
	}
}

// newPane is a pane on a shop in memory; nothing runs by itself
// and no timer ends.
func newPane(t testing.TB, s *shop, look theme.Tokens, lang string) *Pane {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	env := &frame.Env{Ctx: context.Background(), Theme: theme.New(look), Words: w, Now: func() time.Time { return noon }, Agent: "ada"}
	p := New(env, deps(s))
	p.after = func(time.Duration, tea.Msg) tea.Cmd { return nil }
	return p
}

// oddShop is a shop in which everything is called something odd.
func oddShop(t *testing.T, rt *rapid.T) *shop {
	s := newShop(t, rapid.IntRange(0, 20).Draw(rt, "people"))
	for _, k := range s.people {
		k.Listed.Name = uitest.Nasty().Draw(rt, "person")
	}
	s.forms[0].Body = uitest.Nasty().Draw(rt, "body") + "{{1}}"
	for i := range rapid.IntRange(0, 4).Draw(rt, "campaigns") {
		c := s.draft("x" + uitest.Nasty().Draw(rt, "name"))
		c.Segment, c.Code = rapid.SampledFrom([]string{"", "tag:vip", "tag:torte"}).Draw(rt, "who"), uitest.Nasty().Draw(rt, "code")
		if rapid.Bool().Draw(rt, "versions") {
			c.Templates = append(c.Templates, "autumn_short")
		}
		c = s.make(c)
		if i == 0 || len(s.people) < 6 {
			continue
		}
		if _, _, err := s.Launch(context.Background(), c.ID, uitest.Nasty().Draw(rt, "agent")); err != nil {
			rt.Fatalf("%v", err)
		}
		for range rapid.IntRange(0, s.pending(c.ID)).Draw(rt, "moved") {
			s.settle(c.ID, 1, rapid.SampledFrom(campaign.RecipientStates[2:]).Draw(rt, "to"), func(x *campaign.Recipient) {
				x.Code, x.Why, x.Class = uitest.Nasty().Draw(rt, "code of it"), rapid.SampledFrom(campaign.Reasons).Draw(rt, "why"), rapid.SampledFrom([]core.Class{core.ClassTemplate, core.ClassUndeliverable, "new"}).Draw(rt, "class")
			})
		}
		s.change(c.ID, func(c *campaign.Campaign) {
			switch c.State = rapid.SampledFrom(campaign.States[1:]).Draw(rt, "state"); c.State {
			case campaign.Paused:
				c.Pause, c.PauseDetail = rapid.SampledFrom([]campaign.PauseReason{campaign.ByHand, campaign.TemplateGone, campaign.ChannelStopped, campaign.Moved}).Draw(rt, "pause"), uitest.Nasty().Draw(rt, "detail")
			case campaign.Waiting:
				c.Wait = campaign.Wait{Reason: rapid.SampledFrom([]campaign.WaitReason{campaign.QuietHours, campaign.Throttled, "odd"}).Draw(rt, "wait"), Until: noon.Add(time.Hour)}
			}
		})
	}
	return s
}

// The pane is exactly as large as it is asked to be, whatever things are
// called and however small the terminal is, and nothing of it gets through as
// a command.
func TestPaneKeepsItsSize(t *testing.T) {
	rapid.Check(t, keepsItsSize(t))
}

func keepsItsSize(t *testing.T) func(*rapid.T) {
	looks := []theme.Tokens{theme.Dark(), theme.Light16(), theme.Mono(), theme.Plain()}
	return func(rt *rapid.T) {
		s := oddShop(t, rt)
		p := newPane(t, s, rapid.SampledFrom(looks).Draw(rt, "theme"), rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "language"))
		uitest.Play(t, p, p.Init())
		_, cmd := p.Handle(frame.Shown{Front: true})
		uitest.Play(t, p, cmd)
		p.moveList(rapid.IntRange(0, 3).Draw(rt, "cursor"))
		uitest.Play(t, p, p.dig())
		if it := p.chosen(); it != nil && it.State == campaign.Draft && rapid.Bool().Draw(rt, "wizard") {
			uitest.Play(t, p, p.open(it.Campaign, step(rapid.IntRange(0, int(steps)-1).Draw(rt, "step"))))
			if rapid.Bool().Draw(rt, "typing") {
				p.wiz.who.SetValue(uitest.Nasty().Draw(rt, "typed"))
				uitest.Play(t, p, p.wiz.read())
			}
			p.wiz.cur[p.wiz.step] = rapid.IntRange(0, 9).Draw(rt, "line")
			p.wiz.move(0)
		} else if rapid.Bool().Draw(rt, "card") && it != nil {
			p.focus = onCard
		}
		for range 4 {
			w, h := rapid.IntRange(1, 200).Draw(rt, "w"), rapid.IntRange(1, 60).Draw(rt, "h")
			if rapid.IntRange(0, 3).Draw(rt, "tiny") == 0 {
				w, h = rapid.IntRange(1, 12).Draw(rt, "tiny w"), rapid.IntRange(1, 6).Draw(rt, "tiny h")
			}
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
			if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
				rt.Fatalf("cursor at %d,%d on %d×%d", c.X, c.Y, w, h)
			}
			p.scrollCard(rapid.IntRange(-30, 30).Draw(rt, "scroll"))
			p.moveCard(rapid.IntRange(-3, 3).Draw(rt, "step of the card"))
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
		}
		p.Badge()
	}
}

// The parts of the layout cover the pane and do not overlap.
func TestLayoutCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		a := layout(w, h, focus(rapid.IntRange(0, 2).Draw(t, "focus")), rapid.Bool().Draw(t, "whole"))
		for y := range h {
			for x := range w {
				n := 0
				for _, r := range []kit.Rect{a.Bar, a.List, a.Divider, a.Card, a.Steps, a.Fields, a.Rule, a.Beside} {
					if r.Has(x, y) {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("cell %d,%d of %d×%d lies in %d parts: %+v", x, y, w, h, n, a)
				}
			}
		}
	})
}

// Every look and language has its picture.
func TestLooks(t *testing.T) {
	for name, o := range map[string]setting{"light": {theme: "light"}, "italian": {lang: "it"}} {
		t.Run(name, func(t *testing.T) {
			o.w, o.h, o.fill = 120, 40, lively
			play(t, o, func(s *uitest.Screen, _ *scene) {
				if name == "light" {
					s.GoldenStyled()
					return
				}
				s.Golden()
			})
		})
	}
}

// What core/campaign can say has words, in both languages.
func TestEverythingHasWords(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		w, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		want := func(area, name string) {
			if !w.Has(text.K("campaigns." + area + "." + name)) {
				t.Errorf("%s: no words for %s %q", lang, area, name)
			}
		}
		for _, s := range campaign.States {
			want("state", string(s))
		}
		for _, s := range campaign.RecipientStates {
			want("person", string(s))
		}
		for _, r := range append([]campaign.Reason{campaign.Gone, campaign.WrongHost, campaign.Stopped}, campaign.Reasons...) {
			want("why", string(r))
		}
		for _, r := range []campaign.WaitReason{campaign.QuietHours, campaign.GoldenHours, campaign.HourLimit, campaign.TierLimit, campaign.WarmUp, campaign.Throttled, campaign.AtPace, campaign.PairWait, campaign.ForTime, campaign.ForRetry, campaign.ForOutbox} {
			want("wait", string(r))
		}
		for _, r := range []campaign.PauseReason{campaign.ByHand, campaign.TooManyFailed, campaign.TooManyBlocked, campaign.TemplateGone, campaign.TemplateRed, campaign.TemplateMoved, campaign.ChannelStopped, campaign.Moved} {
			want("pause", string(r))
		}
		for _, r := range []campaign.Rule{campaign.RuleNobody, campaign.RuleForm, campaign.RuleMoved, campaign.RuleHost, campaign.RuleSpeed, campaign.RulePlatform, campaign.RuleUrgent, campaign.RuleSMS, campaign.RuleCodes, campaign.RuleChannel, campaign.RuleBlocked, campaign.RuleTime, campaign.RuleShares, campaign.RuleTest} {
			want("refused", string(r))
		}
		for _, r := range []campaign.Rule{campaign.RuleNight, campaign.RuleHour, campaign.RuleTemplates, campaign.RuleReply, campaign.RuleLimit, campaign.RuleQuota, campaign.RuleUnpriced, campaign.RuleStale} {
			want("mark", string(r))
		}
	}
}

// BenchmarkFrame is a frame of the card of a running campaign.
func BenchmarkFrame(b *testing.B) {
	s := newShop(b, 60)
	lively(s)
	p := newPane(b, s, theme.Dark(), "en")
	uitest.Play(b, p, p.Init())
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(b, p, cmd)
	b.ReportAllocs()
	for b.Loop() {
		p.Lines(160, 45)
	}
}

// The card is drawn once for what it shows: again after news, a minute, another
// theme or width, and not for each key.
func TestCardIsKept(t *testing.T) {
	s := newShop(t, 60)
	lively(s)
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(t, p, cmd)
	p.focus = onCard
	drawn := func(w int) *sheet { p.Lines(w, 40); return p.card.shown }
	first := drawn(120)
	p.moveCard(1)
	if drawn(120) != first {
		t.Error("a key drew the card again")
	}
	for what, change := range map[string]func(){
		"a minute": func() { p.Handle(frame.Minute{Now: noon.Add(time.Minute)}) },
		"a theme":  func() { p.Handle(frame.Redraw{}) },
		"news": func() {
			p.resting = false
			s.settle(s.all()[0].ID, 1, campaign.Read, nil)
			uitest.Play(t, p, p.Reload([]core.Change{{Kind: core.Campaigns, ID: s.all()[0].ID}}))
		},
	} {
		before := drawn(120)
		if change(); drawn(120) == before {
			t.Errorf("%s left the card as it was", what)
		}
	}
	if before := drawn(120); drawn(130) == before {
		t.Error("another width left the card as it was")
	}
}
