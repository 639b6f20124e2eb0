package setup

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/steps"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// numbers are a shop's: one that works, one paused for its key, one whose key
// was lost.
func numbers() []core.Channel {
	paused := core.Channel{ID: 2, Name: "market", Provider: core.Meta, Number: "+390555550100", State: core.Paused, PauseClass: core.ClassAuth, Account: core.Account{PublicURL: "https://shop.example/webhooks/market"},
		LastCallbackAt: start.Add(-26 * time.Hour), Health: core.Health{VerifiedName: "Bottega Tre Gatti", Quality: core.QualityYellow, Limit: 250}}
	return []core.Channel{bird(), paused, {ID: 3, Name: "taller", Provider: core.Zenvia, Number: "+5511955550100", State: core.Active}}
}

// TestSettingsGolden: the page in each size and language; in colours at one.
func TestSettingsGolden(t *testing.T) {
	for _, z := range [][2]int{{80, 24}, {120, 35}, {160, 45}} {
		for _, lang := range []string{"en", "it"} {
			name := fmt.Sprintf("%dx%d-%s", z[0], z[1], lang)
			t.Run(name, func(t *testing.T) {
				setting{w: z[0], h: z[1], lang: lang, theme: "dark"}.play(t, &desk{chs: numbers()}, func(s *uitest.Screen) {
					s.Shot("settings-" + name)
					s.Golden()
				})
			})
		}
	}
	for _, look := range []string{"dark", "light"} {
		t.Run(look, func(t *testing.T) {
			setting{theme: look}.play(t, &desk{chs: numbers()}, func(s *uitest.Screen) {
				s.Press("j")
				s.Shot("settings-" + look)
				s.GoldenStyled()
			})
		})
	}
}

// TestWizardGolden: each page of the wizard.
func TestWizardGolden(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		for page, go_ := range map[string]func(*uitest.Screen){
			"choose": func(*uitest.Screen) {},
			"fields": func(s *uitest.Screen) {
				s.Press("enter")
				s.Paste(`{"name":"shop","phone_number_id":"106540352242922","token":"EAAG-secret","app_secret":"short"}`)
				s.Press("down", "down", "down", "down")
			},
			"seal": func(s *uitest.Screen) {
				s.ClickOn("Bird")
				s.Paste(`{"name":"shop","api_key":"bk_eu1_SECRETKEY","from":"+390212345678"}`)
				s.Press("ctrl+s")
				s.Type("four words")
			},
		} {
			t.Run(page+"-"+lang, func(t *testing.T) {
				setting{lang: lang, begin: true}.play(t, &desk{sealed: true}, func(s *uitest.Screen) {
					go_(s)
					s.Sleep(10 * time.Second) // toasts are gone
					s.Shot("wizard-" + page + "-" + lang)
					s.Golden()
				})
			})
		}
	}
}

// nastyChannel is a channel with hostile text wherever a provider or a person
// may have put some.
func nastyChannel(t *rapid.T, id int64) core.Channel {
	nasty := func(what string) string { return uitest.Nasty().Draw(t, what) }
	c := core.Channel{ID: id, Name: nasty("name"), Provider: rapid.SampledFrom(connect.Providers()).Draw(t, "provider"), Number: core.Phone(nasty("number")), Detail: nasty("detail"), PauseClass: core.ClassAuth,
		State: rapid.SampledFrom([]core.ChannelState{core.Active, core.Paused}).Draw(t, "state"), Account: core.Account{PublicURL: nasty("url")}}
	c.Health = core.Health{VerifiedName: nasty("verified"), Status: nasty("status"), Notes: []string{nasty("note")}, Quality: core.QualityRed, Limit: rapid.IntRange(-1, 9999).Draw(t, "limit"),
		Key: core.Key{At: start, Scopes: []string{nasty("scope")}, Expires: start.Add(time.Hour)}}
	if rapid.Bool().Draw(t, "away") {
		c.Health.AwaySince, c.Health.AwayWhy = start.Add(-time.Hour), core.Unreachable
	}
	return c
}

// nastyResult is the end of a step with hostile facts.
func nastyResult(t *rapid.T) connect.Result {
	nasty := func(what string) string { return uitest.Nasty().Draw(t, what) }
	step := rapid.SampledFrom([]connect.Step{connect.StepKey, connect.StepNumber, connect.StepTemplates, connect.StepKeep, connect.StepAddress, connect.StepWebhook}).Draw(t, "step")
	return connect.Result{Step: step, State: rapid.SampledFrom([]connect.State{connect.Done, connect.Failed}).Draw(t, "state"), Key: &core.Key{Scopes: []string{nasty("scope")}}, Number: &connect.Number{Name: nasty("name"), Status: nasty("status")},
		Templates: &connect.Templates{Total: 3}, Hook: &core.Hooked{URL: nasty("url"), State: nasty("hook")}, Reached: &connect.Reached{URL: nasty("reached")},
		Paste: &connect.Paste{Path: "/webhooks/x", URL: nasty("paste"), Token: core.Secret(nasty("token")), Field: "verify_token"}, Err: core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: nasty("code"), Message: nasty("message")})}
}

// TestPaneKeepsItsSize: pane and wizard are as large as they are asked to be,
// whatever a provider says and however the terminal is shaped, and nothing of
// it commands the terminal.
func TestPaneKeepsItsSize(t *testing.T) {
	looks := []theme.Tokens{theme.Dark(), theme.Light16(), theme.Mono(), theme.Plain()}
	rapid.Check(t, func(rt *rapid.T) {
		words, err := text.Load(rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "language"))
		if err != nil {
			rt.Fatal(err)
		}
		env := &frame.Env{Ctx: context.Background(), Theme: theme.New(rapid.SampledFrom(looks).Draw(rt, "theme")), Words: words, Now: func() time.Time { return start }}
		d := &desk{}
		for id := range rapid.IntRange(0, 4).Draw(rt, "channels") {
			d.chs = append(d.chs, nastyChannel(rt, int64(id+1)))
		}
		p := New(env, d.deps())
		uitest.Play(t, p, p.Init())
		for range 3 {
			w, h := rapid.IntRange(60, 200).Draw(rt, "w"), rapid.IntRange(18, 60).Draw(rt, "h")
			if rapid.IntRange(0, 3).Draw(rt, "tiny") == 0 {
				w, h = rapid.IntRange(1, 40).Draw(rt, "tiny w"), rapid.IntRange(1, 12).Draw(rt, "tiny h")
			}
			p.step(rapid.IntRange(-3, 3).Draw(rt, "step"))
			if c := p.chosen(); c != nil && rapid.Bool().Draw(rt, "pinged") {
				p.pings[c.ID] = pinged{address: uitest.Nasty().Draw(rt, "address"), got: core.Pinged{At: start, Code: core.Unreachable}}
			}
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
			p.scroll(rapid.IntRange(-30, 30).Draw(rt, "scroll"))
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
			checkBox(rt, nastyWizard(rt, p), w, h)
		}
	})
}

// nastyWizard is the wizard on any of its pages, with hostile input.
func nastyWizard(t *rapid.T, p *Pane) *wizard {
	what := purpose(rapid.IntRange(int(toConnect), int(toSubscribe)).Draw(t, "purpose"))
	d := newWizard(p, what, p.chosen())
	if d.channel == nil {
		d = newWizard(p, toConnect, nil)
		d.at = rapid.IntRange(0, len(connect.Providers())-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "chosen") {
			d.choose()
		}
	}
	switch d.page {
	case filling:
		d.move(rapid.IntRange(0, 9).Draw(t, "field"))
		d.bare = rapid.Bool().Draw(t, "bare")
		d.edit(tea.PasteMsg{Content: uitest.Nasty().Draw(t, "typed")})
		if rapid.IntRange(0, 3).Draw(t, "seals") == 0 {
			d.sealing(15)
			d.edit(tea.PasteMsg{Content: uitest.Nasty().Draw(t, "pass")})
		}
	case stepping:
		for range rapid.IntRange(0, 6).Draw(t, "results") {
			d.add(nastyResult(t))
		}
		d.bare = rapid.Bool().Draw(t, "bare")
		d.top = rapid.IntRange(0, 40).Draw(t, "top")
		if rapid.IntRange(0, 3).Draw(t, "failed") == 0 {
			d.err = core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: uitest.Nasty().Draw(t, "code")})
		}
	}
	return d
}

// checkBox holds a dialog to its size: lines of one width that fit, and the
// cursor on them.
func checkBox(t *rapid.T, d *wizard, w, h int) {
	lines := d.Lines(w, h)
	if len(lines) > h || len(lines) == 0 {
		t.Fatalf("%d lines on %d", len(lines), h)
	}
	width := ansi.StringWidth(lines[0])
	if width > w {
		t.Fatalf("%d cells on %d", width, w)
	}
	uitest.CheckLines(t, lines, width, len(lines))
	if c := d.Cursor(); c != nil && w >= 60 && h >= 18 && (c.X < 0 || c.X >= width || c.Y < 0 || c.Y >= len(lines)) {
		t.Fatalf("cursor at %d,%d of %d×%d on page %d", c.X, c.Y, width, len(lines), d.page)
	}
}

// TestSecretsAreMasked: no page shows a secret that nobody asked to see.
func TestSecretsAreMasked(t *testing.T) {
	for _, p := range connect.Providers() {
		setting{begin: true}.play(t, &desk{}, func(s *uitest.Screen) {
			s.ClickOn(steps.Provider(words(t), p))
			for _, f := range connect.Fields(p) {
				if f.Rare {
					continue
				}
				s.Press("ctrl+u")
				if f.Secret {
					s.Paste("hidden-value")
				}
				s.WantNot("hidden-value")
				s.Press("down")
			}
			s.WantNot("hidden-value")
		})
	}
}

func words(t *testing.T) *text.Words {
	t.Helper()
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return w
}
