package campaigns

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// Whatever a campaign waits for stands in the list and on its card, with its
// end, in each language; and so does what keeps its messages beside that.
func TestWaitsAreAlwaysShown(t *testing.T) {
	until := noon.Add(20 * time.Hour)
	for _, lang := range []string{"en", "it"} {
		s := newShop(t, 40)
		live := s.run(s.draft("Autumn"))
		p := newPane(t, s, theme.Dark(), lang)
		show := func() (list, card string) {
			p.all = true
			uitest.Play(t, p, p.load())
			for _, l := range p.Lines(160, 30) {
				list += ansi.Strip(ansi.Cut(l, 0, p.area.List.W)) + "\n"
				card += ansi.Strip(ansi.Cut(l, p.area.Card.X, 160)) + "\n"
			}
			return list, card
		}
		for _, why := range []campaign.WaitReason{campaign.QuietHours, campaign.GoldenHours, campaign.HourLimit, campaign.TierLimit, campaign.WarmUp,
			campaign.Throttled, campaign.AtPace, campaign.PairWait, campaign.ForTime, campaign.ForRetry, campaign.ForOutbox} {
			s.change(live.ID, func(c *campaign.Campaign) {
				c.State, c.Wait = campaign.Waiting, campaign.Wait{Reason: why, Until: until}
			})
			list, card := show()
			want := p.env.Words.Holds(string(why), until, noon)
			if !strings.Contains(card, want) || !strings.Contains(want, "08:00") || !strings.Contains(list, clipped(want, 30)) {
				t.Errorf("%s %s: %q is not shown\n%s\n%s", lang, why, want, list, card)
			}
		}
		s.change(live.ID, func(c *campaign.Campaign) { c.State, c.Wait = campaign.Running, campaign.Wait{} })
		for _, h := range []campaign.Hitch{{Reason: campaign.Unattended}, {Reason: campaign.Away, Code: core.Unreachable, Since: noon.Add(-time.Hour)}, {Reason: campaign.Elsewhere, Owner: "77-x"}} {
			s.hitch = h
			list, card := show()
			want := p.env.Words.Hitch(string(h.Reason), h.Code, h.Since, noon)
			if !strings.Contains(strings.Join(strings.Fields(card), " "), want) {
				t.Errorf("%s %s: %q is not on the card\n%s", lang, h.Reason, want, card)
			}
			if shown := strings.Contains(list, clipped(want, 26)); shown == (h.Reason == campaign.Elsewhere) {
				t.Errorf("%s %s: in the list %v\n%s", lang, h.Reason, shown, list)
			}
		}
		s.hitch = campaign.Hitch{}
		if _, card := show(); !strings.Contains(card, p.env.Words.AtPace(30)) {
			t.Errorf("%s: no pace\n%s", lang, card)
		}
	}
}

// clipped is the beginning of words that a list has room for.
func clipped(s string, n int) string { return string([]rune(s)[:min(n, len([]rune(s)))]) }

// That nobody sends is found out without any change, within a minute, and goes
// when somebody does.
func TestNobodySends(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: lively}, func(s *uitest.Screen, st *scene) {
		s.WantNot("nobody sends")
		hitch := func(r campaign.HitchReason) {
			st.shop.mu.Lock()
			st.shop.hitch.Reason = r
			st.shop.mu.Unlock()
			s.Sleep(61 * time.Second)
		}
		hitch(campaign.Unattended)
		s.Want("! nobody sends: open bottega or start “bottega serve”")
		hitch(campaign.NoHitch)
		s.WantNot("nobody sends")
	})
}
