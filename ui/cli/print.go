package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/inbox"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// clip makes an argument safe to repeat in a sentence.
func clip(s string) string {
	const most = 60
	rs := []rune(kit.CleanLine(s))
	if len(rs) > most {
		return string(rs[:most]) + "…"
	}
	return string(rs)
}

// println writes one line to the output.
func (a *app) println(s string) error {
	_, err := io.WriteString(a.h.Out, s+"\n")
	return a.printed(err)
}

// printed gives a failed write its code: whoever reads our output is gone.
func (a *app) printed(err error) error {
	if err == nil {
		return nil
	}
	return core.Fail(core.OutputFailed, "cli.print", err)
}

// output is our output for those who write to it themselves.
type output struct{ a *app }

func (o output) Write(b []byte) (int, error) {
	n, err := o.a.h.Out.Write(b)
	return n, o.a.printed(err)
}

// withShop opens the data folder for the length of fn.
func (a *app) withShop(cmd *cobra.Command, fn func(context.Context, *Shop) error) (err error) {
	s, err := a.h.Open(cmd.Context(), a.g)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := s.Close(); err == nil {
			err = cerr
		}
	}()
	return fn(cmd.Context(), s)
}

// maxInput bounds what is read from a file or the input: Meta's largest
// callback has 3 MB.
const maxInput = 16 << 20

// readInput reads a file, or the standard input for "-".
func (a *app) readInput(name string) ([]byte, error) {
	r := a.h.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, refuse(core.NotFound, text.BadFile, "File", clip(name))
		}
		defer func() { _ = f.Close() }() // only read
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, refuse(core.NotFound, text.BadFile, "File", clip(name))
	}
	if len(b) > maxInput {
		return nil, core.Fail(core.TooLarge, "cli.readInput", nil)
	}
	return b, nil
}

// nameOf is how a contact is called: by name, else phone, else user name.
func (a *app) nameOf(c *core.Contact) string {
	for _, s := range []string{c.Name, string(c.Phone), c.Username} {
		if s = kit.CleanLine(s); strings.TrimSpace(s) != "" {
			return s
		}
	}
	return a.w.T(text.NoName)
}

// why says the reasons of a priority in one line: "high value · waiting 1 h 52 min".
func (a *app) why(p inbox.Priority) string {
	parts := make([]string, 0, len(p.Why))
	for _, r := range p.Why {
		parts = append(parts, a.w.T(text.K("cli.why."+r.Code), "For", a.w.Short(r.For), "Tier", a.w.T(text.K("cli.value."+string(r.Tier)))))
	}
	return strings.Join(parts, " · ")
}

// printList writes conversations for people: one line each, aligned, with the
// state in words, so that a screen reader and a log can read it.
func (a *app) printList(rows []core.Conversation, r core.Rules, now time.Time) error {
	if len(rows) == 0 {
		return a.println(a.w.T(text.ListEmpty))
	}
	var b strings.Builder
	for i := range rows {
		c := &rows[i]
		parts := []string{a.slaWords(c, r, now)}
		if c.Unread > 0 {
			parts = append(parts, a.w.N(text.ListUnread, c.Unread))
		}
		if !c.WindowOpen(now) {
			parts = append(parts, a.w.T(text.ListShut))
		}
		if c.Assignee != "" {
			parts = append(parts, kit.CleanLine(c.Assignee))
		}
		if len(c.Contact.Tags) > 0 {
			parts = append(parts, "#"+kit.CleanLine(strings.Join(c.Contact.Tags, " #")))
		}
		_, _ = fmt.Fprintf(&b, "%5d  %s  %s\n", c.ID, kit.Fit(a.nameOf(&c.Contact), 22), strings.Join(parts, " · "))
		if c.Last.ID != 0 {
			b.WriteString(strings.TrimRight("       "+kit.Fit(a.said(&c.Last), 70), " ") + "\n")
		}
	}
	_, err := io.WriteString(a.h.Out, b.String())
	return a.printed(err)
}

// slaWords says how long a customer waits and how bad that is.
func (a *app) slaWords(c *core.Conversation, r core.Rules, now time.Time) string {
	switch c.State {
	case core.Done:
		return a.w.T(text.ListDone)
	case core.Snoozed:
		zone := inbox.Zone(r.Hours)
		return a.w.T(text.ListSnoozed, "When", a.w.When(c.SnoozeUntil.In(zone), now.In(zone)))
	}
	s := inbox.SLAOf(c, r, now)
	if c.Last.Direction == core.Out && (c.Last.State == core.UnsureSent || c.Last.State == core.Failed) {
		return a.w.T(text.K("cli.state." + string(c.Last.State)))
	}
	if s.Level == inbox.LevelNone {
		return a.w.T(text.ListQuiet)
	}
	return a.w.T(text.K("cli.sla."+string(s.Level)), "For", a.w.Short(s.Elapsed))
}

// said is a message in one line: who, and what.
func (a *app) said(m *core.Message) string {
	who := ""
	if m.Direction == core.Out {
		who = kit.CleanLine(m.Author)
		if who == "" {
			who = a.w.T(text.Shop)
		}
		who += ": "
	}
	what := kit.CleanLine(m.Text)
	if m.Type != core.TypeText && m.Type != core.TypeTemplate {
		what = strings.TrimSpace("[" + a.w.T(text.K("cli.type."+string(m.Type))) + "] " + what)
	}
	return who + what
}

// printThread writes a conversation for people, oldest first.
func (a *app) printThread(c *core.Conversation, ms []core.Message, r core.Rules, now time.Time) error {
	zone := inbox.Zone(r.Hours)
	now = now.In(zone)
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s  %s\n", a.nameOf(&c.Contact), strings.Join(a.facts(c, r, now), " · "))
	day := ""
	for i := range ms {
		m := &ms[i]
		if d := a.w.Day(m.At, now); d != day {
			day = d
			_, _ = fmt.Fprintf(&b, "\n%s\n", d)
		}
		state := ""
		if m.Direction == core.Out && m.State != core.Received {
			state = " (" + a.w.T(text.K("cli.state."+string(m.State))) + ")"
		}
		if m.State == core.Failed && m.Error != nil {
			why, hint := a.w.Reason(m.Error)
			state += " " + why + " " + hint
		}
		if m.State == core.Queued && m.Error != nil {
			state += " " + a.w.Waits(m.Error)
		}
		arrow := "←"
		if m.Direction == core.Out {
			arrow = "→"
		}
		_, _ = fmt.Fprintf(&b, "%s %s %s%s\n", a.w.Clock(m.At.In(zone)), arrow, a.said(m), state)
	}
	_, err := io.WriteString(a.h.Out, b.String())
	return a.printed(err)
}

// facts are what the head of a conversation says.
func (a *app) facts(c *core.Conversation, r core.Rules, now time.Time) []string {
	parts := []string{}
	if c.Contact.Phone != "" && c.Contact.Name != "" {
		parts = append(parts, string(c.Contact.Phone))
	}
	why := a.why(inbox.PriorityOf(c, r, now))
	if why == "" { // the reason says how long they wait
		parts = append(parts, a.slaWords(c, r, now))
	}
	if c.WindowOpen(now) {
		parts = append(parts, a.w.T(text.WindowOpenFor, "For", a.w.Short(c.WindowEnds().Sub(now))))
	} else {
		parts = append(parts, a.w.T(text.ListShut))
	}
	if why != "" {
		parts = append(parts, why)
	}
	return parts
}
