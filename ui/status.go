package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Receiver is how messages come in.
type Receiver string

const (
	ReceiverNone    Receiver = ""        // no number is connected
	ReceiverLive    Receiver = "live"    // callbacks come in
	ReceiverPolling Receiver = "polling" // the provider is asked
	ReceiverSilent  Receiver = "silent"  // nothing came for longer than is usual; see Status.SilentSince
	ReceiverOff     Receiver = "off"     // nobody listens
	ReceiverStale   Receiver = "stale"   // the provider that is asked does not answer
	ReceiverBlocked Receiver = "blocked" // silent, and our own address does not lead here
)

// Status is what the header tells.
type Status struct {
	Shop    string
	Number  core.Phone // of the first channel, "" when none is connected
	Quality core.Quality
	// Used counts the people written to in the limit's window, Limit is the
	// number's limit: 0 unknown, -1 none.
	Used, Limit int
	Receiver    Receiver
	SilentSince time.Time
	SilentOn    string // the channel, where there are several
	// Ways are those that messages come in by, "callback polling"; "" when not known.
	Ways string
	// Paused is set when sending has stopped on a channel, and why.
	Paused core.Class
	// AwaySince is when the sender began to get nowhere, zero when all is well,
	// and AwayWhy says why.
	AwaySince time.Time
	AwayWhy   core.Code
	// KeyEnds is when the first of the keys runs out, zero while that is far.
	KeyEnds time.Time
	Demo    bool
}

// askStatus asks for the header's facts, one query at a time.
func (a *App) askStatus() tea.Cmd {
	if a.deps.Status == nil {
		return nil
	}
	return a.facts.Ask(a.env.Ctx, func(ctx context.Context) (Status, error) { return a.deps.Status(ctx), nil })
}

func (a *App) takeStatus(msg kit.Loaded[Status]) tea.Cmd {
	fresh, cmd := a.facts.Take(a.env.Ctx, msg)
	if fresh && msg.Val != a.status {
		a.status = msg.Val
	} else {
		a.dirty = a.was
	}
	return cmd
}

// headerLine puts the facts on one line of w cells. What is least needed goes
// first when there is no room; a warning stays.
func (a *App) headerLine(w int) string {
	th, s := a.env.Theme, a.status
	right := th.Muted.Render(a.env.Words.Clock(a.env.Now())) + " "
	if a.env.ReadOnly {
		right = th.Badge.Render(" "+a.env.Words.T(text.HeadReadOnly)+" ") + "  " + right
	}
	if s.Demo {
		right = th.Demo.Render(" "+a.env.Words.T(text.Demo)+" ") + "  " + right
	}
	left := " " + th.Logo
	if s.Shop != "" {
		left += "  " + th.Strong.Render(kit.CleanLine(s.Shop))
	}
	facts, warnings := a.headFacts(s)
	dot := th.Line.Render("  ·  ")
	var line string
	for n := len(facts); n >= warnings; n-- {
		line = strings.Join(append([]string{left}, facts[:n]...), dot)
		if kit.Width(line)+kit.Width(right)+2 <= w || n == 0 {
			return kit.Ends(line, right, w)
		}
	}
	for n := warnings; n > 0; n-- { // who looks knows where they are; not that something is wrong
		if line = " " + strings.Join(facts[:n], dot); kit.Width(line)+kit.Width(right)+2 <= w {
			break
		}
	}
	return kit.Ends(line, right, w)
}

// headFacts are the parts of the header behind the shop's name, the most
// important first; so many of them are warnings.
func (a *App) headFacts(s Status) (out []string, warnings int) {
	if s.Paused != "" {
		out = append(out, a.env.Theme.Bad.Render("⏸ "+a.env.Words.T(text.HeadPaused)))
	}
	if !s.AwaySince.IsZero() {
		out = append(out, a.env.Theme.Bad.Render("✗ "+a.env.Words.Away(s.AwayWhy, s.AwaySince.In(a.env.Now().Location()), a.env.Now())))
	}
	if !s.KeyEnds.IsZero() {
		out = append(out, a.env.Theme.Late.Render("! "+a.ends(s.KeyEnds)))
	}
	warnings = len(out)
	if r := a.receiver(s); r != "" {
		out = append(out, r)
	}
	if s.Receiver != ReceiverLive && s.Receiver != ReceiverPolling && s.Receiver != ReceiverNone {
		warnings = len(out)
	}
	if q := a.quality(s); q != "" {
		out = append(out, q)
	}
	if u := a.used(s); u != "" {
		out = append(out, u)
	}
	if s.Number != "" {
		out = append(out, a.env.Theme.Faint.Render(string(s.Number)))
	}
	return out, warnings
}

// ends says when a key runs out.
func (a *App) ends(at time.Time) string {
	now := a.env.Now()
	if !at.After(now) {
		return a.env.Words.T(text.ConnectEnded)
	}
	return a.env.Words.T(text.ConnectEnds, "When", a.env.Words.When(at.In(now.Location()), now))
}

func (a *App) quality(s Status) string {
	th, w := a.env.Theme, a.env.Words
	switch s.Quality {
	case core.QualityGreen:
		return th.Good.Render("● " + w.T(text.QualityGreen))
	case core.QualityYellow:
		return th.Soon.Render("◐ " + w.T(text.QualityYellow))
	case core.QualityRed:
		return th.Bad.Render("▲ " + w.T(text.QualityRed))
	}
	return ""
}

func (a *App) used(s Status) string {
	th, w := a.env.Theme, a.env.Words
	switch {
	case s.Limit > 0:
		line := w.T(text.HeadUsed, "Used", w.Num(s.Used), "Limit", w.Num(s.Limit))
		if s.Used*10 >= s.Limit*9 {
			return th.Soon.Render("! " + line)
		}
		return th.Muted.Render(line)
	case s.Limit < 0:
		return th.Muted.Render(w.T(text.HeadUnlimited, "Used", w.Num(s.Used)))
	}
	return ""
}

func (a *App) receiver(s Status) string {
	th, w := a.env.Theme, a.env.Words
	on := ""
	if s.SilentOn != "" {
		on = kit.CleanLine(s.SilentOn) + ": "
	}
	switch s.Receiver {
	case ReceiverLive, ReceiverPolling:
		return th.Good.Render("⇅ ") + th.Muted.Render(a.ways(s))
	case ReceiverSilent, ReceiverStale, ReceiverBlocked:
		k := map[Receiver]text.K{ReceiverSilent: text.ReceiverSilent, ReceiverStale: text.ReceiverStale, ReceiverBlocked: text.ReceiverBlocked}[s.Receiver]
		return th.Late.Render("⚠ " + on + w.T(k, "For", w.Short(a.env.Now().Sub(s.SilentSince))))
	case ReceiverOff:
		return th.Late.Render("⚠ " + on + w.T(text.ReceiverOff))
	}
	return ""
}

// ways names how messages come in, where that is known.
func (a *App) ways(s Status) string {
	if s.Ways == "" {
		if s.Receiver == ReceiverPolling {
			return a.env.Words.T(text.ReceiverPolling)
		}
		return a.env.Words.T(text.ReceiverLive)
	}
	var out []string
	for _, w := range strings.Fields(s.Ways) {
		out = append(out, a.env.Words.T(text.K("way."+w)))
	}
	return strings.Join(out, " · ")
}

// title is the window's title: unread count, program, shop.
func (a *App) title() string {
	var b strings.Builder
	if n := a.unread(); n > 0 {
		b.WriteString("(" + a.env.Words.Num(n) + ") ")
	}
	b.WriteString("bottega")
	if s := kit.CleanLine(a.status.Shop); s != "" {
		b.WriteString(" · " + s)
	}
	return b.String()
}
