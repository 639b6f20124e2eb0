package campaigns

import (
	"time"

	"bottega/ui/kit"
	"bottega/ui/text"
)

// beside is what stands beside the fields: the template on the phone, or what
// the step means.
func (w *wizard) beside(b *brush, width int) []string {
	var ls []string
	say := func(ink kit.Ink, s string) {
		for _, l := range kit.Wrap(s, max(1, width-3)) {
			ls = append(ls, kit.Fit("  "+ink.Render(l), width))
		}
	}
	gap := func() { ls = append(ls, kit.Spaces(width)) }
	t, r := b.words, w.p.d.Rules
	switch w.step {
	case stepWho:
		if w.counted.ok {
			gap()
			say(b.Strong, t.N(text.CampPeople, w.counted.n))
		}
		gap()
		say(b.Muted, t.T(text.CampWhoAbout))
	case stepWhat:
		ls = w.phones(b, width)
	case stepWhen:
		gap()
		q := r.Quiet.Value
		say(b.Muted, t.T(text.CampQuietAbout, "From", clock(q.From), "To", clock(q.To)))
		gap()
		for _, g := range r.Golden.Value {
			say(b.Text, "◔ "+clock(g.From)+"–"+clock(g.To))
		}
		say(b.Faint, b.source(r.Golden.Source, r.Golden.Date))
	case stepPace:
		gap()
		say(b.Strong, w.lasts(w.c.PerMinute(r)))
		gap()
		say(b.Muted, t.N(text.CampPaceAbout, r.PerSecondMax.Value))
		say(b.Faint, b.source(r.PerSecondMax.Source, r.PerSecondMax.Date))
		gap()
		for _, s := range w.limits() {
			say(b.Text, "· "+s)
		}
		say(b.Muted, t.N(text.CampNewAbout, r.NewPerHour.Value))
		say(b.Faint, b.source(r.NewPerHour.Source, r.NewPerHour.Date))
	}
	return ls
}

// phones draws the versions on the customer's phone, filled in.
func (w *wizard) phones(b *brush, width int) (ls []string) {
	for _, name := range w.c.Templates {
		c := w.world.find(w.c.ChannelID, name)
		if c == nil {
			continue
		}
		for _, l := range b.look().Bubble(fill(w.speaks(c).Template, w.c.Values).Preview(), max(1, width-2)) {
			ls = append(ls, kit.Fit(" "+l, width))
		}
	}
	return ls
}

// limits are what holds for the number just now.
func (w *wizard) limits() (out []string) {
	if w.world == nil {
		return nil
	}
	t, r, now := w.p.env.Words, w.p.d.Rules, w.p.env.Now()
	for _, ch := range w.world.channels {
		if ch.ID != w.c.ChannelID {
			continue
		}
		l := r.LimitsOf(w.c.Pace, ch.Health, r.Activated(ch), now, 0)
		if l.PerDay >= 0 {
			out = append(out, t.N(text.CampPerDay, l.PerDay))
		}
		if l.PerHour > 0 {
			out = append(out, t.N(text.CampPerHour, l.PerHour))
		}
	}
	return out
}

// lasts says how long the audience takes at a pace, nights aside.
func (w *wizard) lasts(perMinute int) string {
	t := w.p.env.Words
	if !w.counted.ok || perMinute < 1 {
		return t.N(text.CampPerMinute, perMinute)
	}
	d := time.Duration(w.counted.n) * time.Minute / time.Duration(perMinute)
	return t.N(text.CampLasts, w.counted.n, "Time", t.Short(max(d, time.Minute)))
}

// clock writes minutes since midnight.
func clock(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}
