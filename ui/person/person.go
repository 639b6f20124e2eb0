// Package person says in words what is known of somebody, for the cards of
// more than one pane: worth, warmth, purchases, and what may be sent to them.
// Each pane lays the facts out in its own way.
package person

import (
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// Fact is a label and what it says, drawn already.
type Fact struct{ Label, Value string }

// Pen draws facts.
type Pen struct {
	Theme *theme.Styles
	Words *text.Words
	Now   time.Time
}

// Heat is the sign and colour of how warm somebody is (segment.Heat…).
func (p Pen) Heat(heat string) (string, kit.Ink) {
	switch heat {
	case segment.Heat7d:
		return "●", p.Theme.Good
	case segment.Heat30d:
		return "◐", p.Theme.Soon
	case segment.HeatQuiet:
		return "○", p.Theme.Info
	case segment.HeatCold:
		return "◌", p.Theme.Faint
	}
	return " ", p.Theme.Faint
}

// Warmth tells how warm they are, and whether they are in the low-frequency
// group or kept out of it (S-230).
func (p Pen) Warmth(d *people.Detail) []Fact {
	sign, ink := p.Heat(d.Heat)
	out := []Fact{{p.Words.T(text.ContactsWarmth), ink.Render(sign) + " " + p.Theme.Text.Render(p.Words.T(text.K("contacts.heat."+d.Heat)))}}
	switch {
	case d.LowFreq:
		out = append(out, Fact{"", p.Theme.Info.Render("↓ " + p.Words.T(text.ContactsLowFreq))})
	case d.Facts.Kept:
		out = append(out, Fact{"", p.Theme.Muted.Render(p.Words.T(text.ContactsKept))})
	}
	return out
}

// Purchases are the figures from their orders (S-055 to S-060).
func (p Pen) Purchases(d *people.Detail) []Fact {
	th, w, f := p.Theme, p.Words, &d.Facts
	if f.Orders == 0 {
		return []Fact{{w.T(text.ContactsOrders), th.Faint.Render(w.T(text.ContactsNoOrders))}}
	}
	return []Fact{
		{w.T(text.ContactsOrders), th.Text.Render(w.Num(f.Orders)) + th.Muted.Render(" · "+w.T(text.K("contacts.freq."+f.Freq)))},
		{w.T(text.ContactsSpent), th.Text.Render(p.Money(f.Spend, d.Currency))},
		{w.T(text.ContactsAverage), th.Text.Render(p.Money(f.AOV, d.Currency)) + th.Muted.Render(" · "+w.T(text.K("contacts.aov."+f.AOVTier)))},
		{w.T(text.ContactsLTV), th.Text.Render(p.Money(f.LTV, d.Currency))},
		{w.T(text.ContactsLastOrder), th.Text.Render(w.Day(f.LastOrder, p.Now))},
	}
}

// Money writes an amount of people.Facts.
func (p Pen) Money(units int64, currency string) string {
	return p.Words.Money(core.Money{Amount: people.Amount(people.Rounded(units)), Currency: currency})
}

// Standing tells what may be sent to them now, and why.
func (p Pen) Standing(s *consent.Standing) []Fact {
	th, out := p.Theme, []Fact(nil)
	for _, v := range []struct {
		k text.K
		v consent.Verdict
	}{{text.ContactsMarketing, s.Marketing}, {text.ContactsUtility, s.Utility}, {text.ContactsService, s.Service}} {
		sign, ink := th.Good.Render("✓"), th.Text
		switch {
		case v.v.Reason == consent.NeverAgreed || v.v.Reason == consent.WindowShut:
			sign, ink = th.Faint.Render("·"), th.Muted
		case !v.v.Allowed:
			sign, ink = th.Bad.Render("✗"), th.Bad
		}
		out = append(out, Fact{p.Words.T(v.k), sign + " " + ink.Render(p.Words.T(text.K("contacts.reason."+string(v.v.Reason))))})
	}
	return out
}
