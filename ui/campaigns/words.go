package campaigns

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/contact"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// brush is what drawing needs; it is made anew for each frame.
type brush struct {
	*theme.Styles
	words *text.Words
	now   time.Time
}

func (p *Pane) brush() *brush {
	return &brush{Styles: p.env.Theme, words: p.env.Words, now: p.env.Now()}
}

func (b *brush) look() phone.Look {
	return phone.Look{Styles: b.Styles, Words: b.words, Clock: b.words.Clock(b.now)}
}

// state draws shape and word of a campaign's state.
func (b *brush) state(s campaign.State) string {
	shape, ink := "?", b.Faint
	switch s {
	case campaign.Draft:
		shape, ink = "○", b.Muted
	case campaign.Scheduled:
		shape, ink = "◷", b.Info
	case campaign.Running:
		shape, ink = "▸", b.Good
	case campaign.Waiting:
		shape, ink = "◔", b.Soon
	case campaign.Paused:
		shape, ink = "‖", b.Late
	case campaign.Finished:
		shape, ink = "●", b.Muted
	case campaign.Cancelled:
		shape, ink = "⊘", b.Faint
	}
	return ink.Render(shape + " " + b.words.CampaignState(string(s)))
}

// stateInk colours what belongs to a state: its bar.
func (b *brush) stateInk(s campaign.State) kit.Ink {
	switch s {
	case campaign.Running:
		return b.Good
	case campaign.Waiting:
		return b.Soon
	case campaign.Paused:
		return b.Late
	case campaign.Scheduled:
		return b.Info
	}
	return b.Muted
}

// wait says what a campaign waits for and until when, "" when it does not.
func (b *brush) wait(c *campaign.Campaign) string {
	switch {
	case c.State == campaign.Scheduled && !c.Schedule.At.IsZero():
		return b.words.T(text.CampStarts, "When", b.words.When(c.Schedule.At, b.now))
	case c.State != campaign.Waiting:
		return ""
	}
	return b.words.Holds(string(c.Wait.Reason), c.Wait.Until, b.now)
}

// hitch says what keeps its messages beside the wait, "" for nothing.
func (b *brush) hitch(it *item) string {
	h := &it.hitch
	return b.words.Hitch(string(h.Reason), h.Code, h.Since, b.now)
}

// pause says why a campaign stands still, in a sentence.
func (b *brush) pause(c *campaign.Campaign) string {
	return b.words.Standstill(string(c.Pause), kit.CleanLine(c.PauseDetail))
}

// why says in a few words why somebody is left out.
func (b *brush) why(r campaign.Reason) string {
	return kit.CleanLine(b.words.LeftOut(string(r)))
}

// class says why messages failed, in a sentence, and what helps.
func (b *brush) class(c core.Class) (sentence, hint string) {
	return b.words.Reason(&core.ProviderError{Class: c})
}

// refusal says what a rule forbids.
func (b *brush) refusal(r *campaign.Refusal) string {
	return b.words.Forbids(string(r.Rule), kit.CleanLine(r.Detail))
}

// source names where a rule comes from; a shop's own rate card names its own.
func (b *brush) source(source, date string) string {
	return b.words.Source(kit.CleanLine(source), kit.CleanLine(date))
}

// level is shape and colour of a mark.
func (b *brush) level(l ledger.Level) (string, kit.Ink) {
	switch l {
	case ledger.Over:
		return "✗", b.Bad
	case ledger.Near:
		return "!", b.Soon
	}
	return "✓", b.Good
}

// category names what a message is charged as.
func (b *brush) category(c ledger.Category) string {
	switch c {
	case ledger.Marketing:
		return b.words.T(text.TplMarketing)
	case ledger.Utility:
		return b.words.T(text.TplUtility)
	case ledger.Authentication:
		return b.words.T(text.TplAuthentication)
	}
	return b.words.T(text.TplNoCategory)
}

// audience is whom a campaign is for, as it was typed.
func (b *brush) audience(c *campaign.Campaign) string {
	s := kit.CleanLine(c.Segment)
	if s == "" {
		s = b.words.T(text.CampEverybody)
	}
	if c.Exclude != "" {
		s += " " + b.words.T(text.CampWithout, "Who", kit.CleanLine(c.Exclude))
	}
	return s
}

// templates are the names of what is sent.
func templatesOf(c *campaign.Campaign) string {
	return kit.CleanLine(strings.Join(c.Templates, " / "))
}

// schedule says when a campaign goes.
func (b *brush) schedule(s campaign.Schedule) string {
	w := b.words
	switch s.When {
	case campaign.At:
		if s.Local {
			return w.T(text.CampAtLocal, "When", w.When(s.At, b.now))
		}
		return w.T(text.CampAt, "When", w.When(s.At, b.now))
	case campaign.Golden:
		if !s.At.IsZero() {
			return w.T(text.CampGoldenFrom, "When", w.When(s.At, b.now))
		}
		return w.T(text.CampGolden)
	}
	return w.T(text.CampNow)
}

// when is the time that matters most of a campaign, for the list.
func (b *brush) when(c *campaign.Campaign) string {
	for _, t := range []time.Time{c.EndedAt, c.StartedAt, c.CreatedAt} {
		if !t.IsZero() {
			return b.words.Stamp(t, b.now)
		}
	}
	return ""
}

func whoIs(l *people.Listed) who {
	w := who{name: kit.CleanLine(l.Name), phone: contact.Pretty(l.Phone)}
	if w.name == "" {
		w.name = kit.CleanLine(l.Username)
	}
	if w.name == "" {
		w.name = w.phone
	}
	return w
}

// nameRows is how many people are read at a time.
const nameRows = people.MaxRows

// message is a sentence with a hint in the middle of an empty place.
func (b *brush) message(s, hint string, w, h int, ink kit.Ink) []string {
	in := max(1, min(w-4, 52))
	var ls []string
	for _, l := range kit.Wrap(s, in) {
		ls = append(ls, kit.Center(ink.Render(l), w))
	}
	for _, l := range kit.Wrap(hint, in) {
		ls = append(ls, kit.Center(b.Muted.Render(l), w))
	}
	return append(kit.Pad(nil, w, max(0, (h-len(ls))/3)), ls...)
}
