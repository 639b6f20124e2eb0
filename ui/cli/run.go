package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// runRoot opens the counter: the screen where there is one, else the same
// facts as text.
func (a *app) runRoot(cmd *cobra.Command, _ []string) error {
	if a.onScreen() {
		if err := checkDoor(a.door); err != nil {
			return err
		}
		return a.h.Screen(cmd.Context(), a.g, a.door, nil)
	}
	return a.withShop(cmd, a.counter)
}

// onScreen reports whether the TUI can and should be shown.
func (a *app) onScreen() bool { return a.h.Terminal.Screen && !a.g.Plain && !a.g.JSON }

// plainRows is how many conversations the counter shows as text.
const plainRows = 50

// counter is the inbox as text: who waits, in the order of the screen. A shop
// without a channel gets the three doors instead.
func (a *app) counter(ctx context.Context, s *Shop) error {
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return err
	}
	if len(chs) == 0 && !a.g.JSON {
		return a.println(a.doors())
	}
	if !a.g.JSON {
		n, err := s.Inbox.Counts(ctx, a.g.Agent, a.h.Now())
		if err != nil {
			return err
		}
		for i := range chs {
			if err := a.println(a.channelLine(s, &chs[i])); err != nil {
				return err
			}
		}
		head := a.w.T(text.PlainHead, "Open", a.w.Num(n.Open), "Waiting", a.w.Num(n.Waiting), "Unread", a.w.Num(n.Unread))
		if err := a.println(head + "\n"); err != nil {
			return err
		}
	}
	q := core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Limit: plainRows}
	if err := a.list(ctx, s, q, ""); err != nil || a.g.JSON {
		return err
	}
	return a.println("\n" + a.w.T(text.PlainFoot))
}

// doors are the three doors of the screen, in the same words. What lies behind
// the last one stands below, since nothing can be opened here.
func (a *app) doors() string {
	var b strings.Builder
	b.WriteString(a.w.T(text.DoorTitle) + "\n")
	for i, d := range []struct {
		door   text.K
		behind string
	}{{text.DoorDemo, "bottega demo"}, {text.DoorConnect, "bottega connect --help"}, {text.DoorPapers, a.w.T(text.DoorPapersWhat)}} {
		b.WriteString("\n  " + strconv.Itoa(i+1) + "  " + kit.Fit(a.w.T(d.door), 34) + "  " + d.behind)
	}
	b.WriteString("\n\n" + a.w.T(text.RoomPapers))
	for _, k := range []text.K{text.RoomPapers1, text.RoomPapers2, text.RoomPapers3, text.RoomPapers4, text.RoomPapers5} {
		b.WriteString("\n  · " + a.w.T(k))
	}
	return b.String() + "\n\n" + a.w.T(text.Doors)
}

func (a *app) demo() *cobra.Command {
	var o DemoOptions
	c := a.command("demo", text.CmdDemo, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if o.Speed <= 0 || o.Speed > 1000 {
			return usage(text.UseFlagWrong, "Flag", "--speed", "Value", o.Speed)
		}
		if a.onScreen() {
			return a.h.Demo(cmd.Context(), a.g, o, nil)
		}
		return a.h.Demo(cmd.Context(), a.g, o, a.counter)
	})
	c.Flags().BoolVar(&o.Reset, "reset", false, a.w.T(text.FlagReset))
	c.Flags().Float64Var(&o.Speed, "speed", 1, a.w.T(text.FlagSpeed))
	return c
}

// defaultListen is where callbacks are taken when nothing else is said:
// loopback only, since a tunnel or proxy with TLS stands in front.
const defaultListen = "127.0.0.1:8080"

func (a *app) serve() *cobra.Command {
	o := a.receiver()
	c := a.command("serve", text.CmdServe, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if err := checkDoor(o); err != nil {
			return err
		}
		return a.h.Serve(cmd.Context(), a.g, o, func(l Listening) { a.announce(l) })
	})
	a.doorFlags(c.Flags(), &o)
	c.Flags().StringVar(&o.Metrics, "metrics", "", a.w.T(text.FlagMetrics))
	return c
}

// announce tells whoever started us, on one line of JSON, that we are ready.
func (a *app) announce(v any) {
	_ = json.NewEncoder(a.h.Err).Encode(v) // a reader that is gone does not stop the receiver
}

func (a *app) sandbox() *cobra.Command {
	var o SandboxOptions
	c := a.command("sandbox", text.CmdSandbox, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		err := a.h.Sandbox(cmd.Context(), o, func(acc SandboxAccount) { a.announce(acc) })
		return badFaults(err, o.Faults)
	})
	f := c.Flags()
	f.StringVar(&o.Listen, "listen", "127.0.0.1:9000", a.w.T(text.FlagListen))
	f.Uint64Var(&o.Seed, "seed", 1, a.w.T(text.FlagSeed))
	f.StringVar(&o.Faults, "faults", "", a.w.T(text.FlagFaults))
	f.StringVar(&o.Callback, "callback", "http://"+defaultListen+"/webhooks/sandbox", a.w.T(text.FlagCallback))
	f.Float64Var(&o.Speed, "speed", 1, a.w.T(text.FlagSpeed))
	f.BoolVar(&o.Life, "life", false, a.w.T(text.FlagLife))
	return c
}

// badFaults says what is wrong in a file of faults.
func badFaults(err error, file string) error {
	var f interface {
		Fault() (rule int, field, value, reason string)
	}
	switch {
	case file != "" && core.CodeOf(err) == core.NotFound:
		return refuse(core.NotFound, text.BadFile, "File", clip(file))
	case !errors.As(err, &f):
		return err
	}
	rule, field, value, reason := f.Fault()
	k, ok := map[string]text.K{"misplaced": text.FaultsMisplaced, "exclusive": text.FaultsExclusive, "unknown_field": text.FaultsField, "syntax": text.FaultsSyntax}[reason]
	if !ok {
		k = text.FaultsRule
	}
	return usage(k, "File", clip(file), "Rule", rule, "Field", clip(field), "Value", clip(value))
}

func (a *app) webhook() *cobra.Command {
	var provider string
	var headers []string
	decode := a.command("decode FILE", text.CmdWebhookDecode, args(1, 1), func(_ *cobra.Command, arg []string) error {
		d, ok := a.h.Decoder(core.ProviderName(provider))
		if !ok {
			return usage(text.UseProvider, "Provider", clip(provider))
		}
		for _, h := range headers {
			if name, _, ok := strings.Cut(h, ":"); !ok || strings.TrimSpace(name) == "" {
				return usage(text.UseHeader, "Header", clip(h))
			}
		}
		body, err := a.readInput(arg[0])
		if err != nil {
			return err
		}
		evs, err := d.Decode(body)
		if core.CodeOf(err) == core.InvalidInput {
			return refuse(core.InvalidInput, text.NoCallback, "File", clip(arg[0]))
		}
		if err != nil {
			return err
		}
		if a.g.JSON {
			if evs == nil {
				evs = []core.Event{}
			}
			return a.printJSON(evs)
		}
		return a.printEvents(evs)
	})
	decode.Flags().StringVar(&provider, "provider", string(core.Meta), a.w.T(text.FlagProvider))
	decode.Flags().StringArrayVar(&headers, "header", nil, a.w.T(text.FlagHeader))
	return a.parent("webhook", text.CmdWebhook, decode)
}

// printEvents writes events for people: kind, time, who, what.
func (a *app) printEvents(evs []core.Event) error {
	now := a.h.Now()
	for i := range evs {
		e := &evs[i]
		when := "-"
		if !e.At.IsZero() {
			when = e.At.In(now.Location()).Format(time.DateTime)
		}
		who := string(e.From + e.Recipient)
		if who == "" {
			who = orDefault(e.UserID, "-")
		}
		what := e.Text
		for _, s := range []string{string(e.Status), e.Emoji, e.TemplateStatus, e.Value, e.AccountEvent, e.Field} {
			what = orDefault(what, s)
		}
		if e.Error != nil {
			what += " " + e.Error.Error()
		}
		if err := a.println(string(e.Kind) + "  " + when + "  " + clip(who) + "  " + clip(orDefault(e.ID, "-")) + "  " + clip(what)); err != nil {
			return err
		}
	}
	return nil
}
