package text

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
)

// sources are all that the rules say about where they come from.
func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	var look func(file string, v any)
	look = func(file string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if s, ok := v["source"].(string); ok {
				out[s] = file
			}
			for _, x := range v {
				look(file, x)
			}
		case []any:
			for _, x := range v {
				look(file, x)
			}
		}
	}
	for _, file := range []string{"campaign.json", "ledger/rates.json", "ledger/fees.json", "ledger/free.json", "providers.json"} {
		data, err := fs.ReadFile(assets.Rules(), file)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		look(file, v)
	}
	return out
}

// english are words that no Italian sentence has.
var english = regexp.MustCompile(`(?i)\b(the|of|and|below|above|more|with|only|until|month|are|is|at|by)\b`)

// A source that people read stands in their language; its names stay.
func TestSourcesSpeak(t *testing.T) {
	w := load(t, "it")
	all := sources(t)
	if len(all) < 60 {
		t.Fatalf("%d sources", len(all))
	}
	for s, file := range all {
		if strings.HasPrefix(s, "S-150 (") { // the screen says it in words of its own
			continue
		}
		got := w.Source(s, "")
		if got == "" || english.MatchString(strings.ReplaceAll(got, "seeds.md M", "")) {
			t.Errorf("%s: %q is %q in Italian", file, s, got)
		}
		for _, name := range regexp.MustCompile(`\b[SP]-\d+\b`).FindAllString(s, -1) {
			if !own.MatchString(s) && !strings.Contains(got, name) && !strings.Contains(s, "our own") {
				t.Errorf("%q has lost %s: %q", s, name, got)
			}
		}
		if e := load(t, "en").Source(s, ""); !own.MatchString(s) && !strings.Contains(s, "; own choice") && e != s {
			t.Errorf("%q is %q in English", s, e)
		}
	}
}

func TestSource(t *testing.T) {
	for _, c := range []struct{ lang, source, day, want string }{
		{"en", "own rule", "", "bottega’s own rule"},
		{"en", "own rule, P-13", "2026-11-22", "bottega’s own rule, P-13 · 22 Nov 2026"},
		{"it", "own choice: half the pace after a throttled answer", "", "regola di bottega"},
		{"it", "S-214: fewer than 5 % at night; S-215: at 28 % delivery fell from 99 to 67 %", "2026-11-22", "S-214: meno del 5 % di notte; S-215: con il 28 % le consegne sono scese dal 99 al 67 % · 22 nov 2026"},
		{"it", "S-999: nobody has put this into words", "", "S-999"},
		{"it", "contract 7/2026", "", "contract 7/2026"},
		{"it", "", "2026-11-22", "22 nov 2026"},
		{"en", "", "soon", "soon"},
	} {
		if got := load(t, c.lang).Source(c.source, c.day); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.source, got, c.want)
		}
	}
}

func TestCampaignCodesInWords(t *testing.T) {
	w, now := load(t, "en"), time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"quiet hours until Tomorrow 08:00":                                 w.Holds("quiet_hours", time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC), now),
		"the provider asks to slow down":                                   w.Holds("throttled", time.Time{}, now),
		"the provider asks to slow down until 22:30:20":                    w.Holds("throttled", now.Add(20*time.Second), now),
		"nobody sends: open bottega or start “bottega serve” on this data": w.Hitch("unattended", "", time.Time{}, now),
		"provider not reached since 21:30":                                 w.Hitch("away", core.Unreachable, now.Add(-time.Hour), now),
		"at the set pace: one every 2 s":                                   w.AtPace(30),
		"at the set pace: one every 1.5 s":                                 w.AtPace(40),
		"at the set pace: 50 a second":                                     w.AtPace(3000),
		"waits":                                                            w.Holds("a reason to come", time.Time{}, now),
		"said stop":                                                        w.LeftOut("opted_out"),
		"a reason to come":                                                 w.LeftOut("a reason to come"),
		"cancelled":                                                        w.CampaignState("cancelled"),
		"in line":                                                          w.Outcome("pending", 2),
		"4,000 a minute is above the ceiling, and nobody took the risk.": w.Forbids("speed", "4000"),
		"Paused by hand.": w.Standstill("by_hand", ""),
		"5,000":           w.Measured("hourly", 5000),
		"below 5%":        w.Bound("night_share", 0.05, false),
		"at least 40%":    w.Bound("reply_rate", 0.4, true),
		"":                w.Bound("rate_card", 0, false),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := w.Standstill("channel", "token"); !strings.HasPrefix(got, "Sending is stopped on this number. ") {
		t.Errorf("%q", got)
	}
}
