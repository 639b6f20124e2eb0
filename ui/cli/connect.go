package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// trial is the test message that connect and test may send.
type trial struct {
	to     string
	wait   time.Duration
	listen string
}

func (a *app) trialFlags(c *cobra.Command, t *trial) {
	f := c.Flags()
	f.StringVar(&t.to, "to", "", a.w.T(text.FlagTo))
	f.DurationVar(&t.wait, "wait", 0, a.w.T(text.FlagTick))
	f.StringVar(&t.listen, "listen", envOr(a.h.Environ.Lookup, "BOTTEGA_LISTEN", defaultListen), a.w.T(text.FlagListenConnect))
}

func (a *app) connect() *cobra.Command {
	var name string
	var stdin, unchecked bool
	var t trial
	c := a.command("connect [PROVIDER]", text.CmdConnect, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		provider := core.ProviderName(strings.Join(arg, ""))
		if len(arg) > 0 && connect.Fields(provider) == nil {
			return usage(text.UseProvider, "Provider", clip(arg[0]))
		}
		if a.g.ReadOnly { // before the keys are read
			return core.Fail(core.ReadOnly, "cli.connect", nil)
		}
		switch {
		case !stdin && a.onScreen() && t.to == "" && !unchecked:
			start := &connect.Start{Provider: provider, Given: map[string]string{}}
			if name != "" {
				start.Given["name"] = name
			}
			o := a.receiver()
			o.Listen = t.listen
			return a.h.Screen(cmd.Context(), a.g, o, start)
		case !stdin:
			return usage(text.UseStdin)
		case provider == "":
			return args(1, 1)(cmd, arg)
		}
		b, err := a.readInput("-")
		if err != nil {
			return err
		}
		values, err := readValues(b)
		if err != nil {
			return err
		}
		if name != "" {
			values["name"] = name
		}
		d, err := a.readDraft(provider, values)
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			return a.steps(ctx, s, walk{trial: t, called: d.Channel.Account.PublicURL != "" && !unchecked, run: func(ctx context.Context, tell func(connect.Result), ch *core.Channel) error {
				*ch = d.Channel
				return a.taken(a.sealed(ctx, s, func() error {
					done, err := s.Connect.Connect(ctx, d, unchecked, tell)
					if err == nil {
						*ch = done
					}
					return err
				}))
			}, done: func(ch *core.Channel) string {
				return a.connected(s, ch)
			}})
		})
	})
	f := c.Flags()
	f.StringVar(&name, "name", "", a.w.T(text.FlagName))
	f.BoolVar(&stdin, "from-stdin", false, a.w.T(text.FlagStdin))
	f.BoolVar(&unchecked, "no-check", false, a.w.T(text.FlagNoCheck))
	a.trialFlags(c, &t)
	return c
}

// connected says that a channel is, and how what customers write comes in.
func (a *app) connected(s *Shop, ch *core.Channel) string {
	if s.Able != nil && !ch.Way(s.Able(*ch).PollInbound).Calls() {
		return a.w.T(text.DidConnectAsked, "Name", ch.Name)
	}
	return a.w.T(text.DidConnect, "Name", ch.Name, "Path", "/webhooks/"+ch.Name)
}

// walk is a command that takes steps: what it does, and what it says at its end.
type walk struct {
	trial
	called bool // callbacks are expected meanwhile
	run    func(ctx context.Context, tell func(connect.Result), ch *core.Channel) error
	done   func(*core.Channel) string
	more   func(*channelJSON) // adds to the JSON; nil for nothing
}

// steps runs what takes steps, tells of each, sends the test message where one
// is asked for, and says in the end what was done. Meanwhile callbacks are
// taken where some are expected: the provider may ask for its challenge.
func (a *app) steps(ctx context.Context, s *Shop, o walk) error {
	var to core.Phone
	if o.to != "" {
		var err error
		if to, err = phone(o.to); err != nil {
			return err
		}
	}
	var ch core.Channel
	var told []stepJSON
	var wrote error
	tell := func(r connect.Result) {
		said := steps.Teller{Words: a.w, Now: a.h.Now(), Channel: &ch}.Say(r)
		told = append(told, stepJSON{Result: r, Message: said.What, Hint: said.Hint})
		if !a.g.JSON && wrote == nil {
			wrote = a.printStep(r, said)
		}
	}
	work := func(ctx context.Context) error {
		if err := o.run(ctx, tell, &ch); err != nil || to == "" {
			return err
		}
		return a.try(ctx, s, ch, to, o.wait, tell)
	}
	jobs := []Job{}
	if s.Live != nil && (to != "" || o.called) {
		jobs = append(jobs, s.Live(o.listen))
	}
	err := errors.Join(Until(ctx, work, jobs...), wrote)
	if _, ended := errors.AsType[quiet](err); err != nil && !ended { // a test that failed is told like one that did not
		return err
	}
	if a.g.JSON {
		shape, cerr := a.channelCard(ctx, s, &ch)
		if cerr != nil {
			return errors.Join(cerr, err)
		}
		shape.Steps = told
		if o.more != nil {
			o.more(&shape)
		}
		return errors.Join(a.printJSON(shape), err)
	}
	return errors.Join(a.println(o.done(&ch)), err)
}

func (a *app) printStep(r connect.Result, said steps.Said) error {
	line := steps.Sign(r.State) + " " + said.Label + ": " + said.What
	if said.Hint != "" {
		line += "\n    → " + said.Hint
	}
	return a.println(line)
}

// try sends the test message. That it is refused, or that no tick comes back,
// is told as a step and ends the command with the exit code of a failure.
func (a *app) try(ctx context.Context, s *Shop, ch core.Channel, to core.Phone, wait time.Duration, tell func(connect.Result)) error {
	policy := s.Connect.Policy
	if wait > 0 {
		policy.Tick = core.Duration(wait)
	}
	t := connect.Tryout{Inbox: s.Inbox, Feed: s.Feed, Send: s.Work.SendTo, Gateways: s.Gateways(s.Keyring), Policy: policy, Now: a.h.Now}
	r, err := t.Run(ctx, ch, to, a.g.Agent, connect.Words{Text: a.w.T(text.ConnectTestText)}, tell)
	switch {
	case err != nil:
		return err
	case r.State == connect.Failed && core.CodeOf(r.Err) == core.OutcomeUnsure:
		return quiet(exitUnsure)
	case r.State != connect.Done:
		return quiet(exitFailed)
	}
	return nil
}

// taken puts into words what stands in a draft's or a new key's way.
func (a *app) taken(err error) error {
	if lack, ok := errors.AsType[*connect.Lacking](err); ok {
		return refuse(core.Refused, text.ConnectLacking, "Missing", strings.Join(lack.Scopes, ", "))
	}
	t, ok := errors.AsType[*connect.Taken](err)
	switch {
	case !ok:
		return err
	case t.Number:
		return refuse(core.Conflict, text.ChannelTwice, "Name", t.Name)
	}
	return refuse(core.Conflict, text.ChannelTaken, "Name", t.Name)
}

func (a *app) channelsTest() *cobra.Command {
	var t trial
	c := a.command("test NAME", text.CmdChannelsTest, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			var left *core.Money
			named, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			return a.steps(ctx, s, walk{trial: t, run: func(ctx context.Context, tell func(connect.Result), ch *core.Channel) error {
				*ch = named
				if ch.Health, err = s.Connect.Check(ctx, named, tell); err != nil {
					return err
				}
				gw, err := s.Gateways(s.Keyring).Gateway(ctx, named)
				if err == nil {
					left, err = balance(ctx, gw)
				}
				return err
			}, more: func(j *channelJSON) { j.Balance = left }, done: func(ch *core.Channel) string {
				out := a.w.T(text.ChannelAnswers, "Name", ch.Name, "Quality", strings.ToUpper(orDefault(string(ch.Health.Quality), "unknown")))
				if left != nil {
					out = a.w.T(text.ChannelBalance, "Name", ch.Name, "Amount", left.Amount, "Currency", left.Currency) + "\n" + out
				}
				return out
			}})
		})
	})
	a.trialFlags(c, &t)
	return c
}

func (a *app) channelsSubscribe() *cobra.Command {
	var address, listen string
	c := a.command("subscribe NAME", text.CmdChannelsSubscribe, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			named, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			if address != "" {
				if fault := connect.FieldNamed(named.Provider, "public_url").Check(address); fault != "" {
					return usage(text.UseFieldForm, "Field", "--public-url", "Fault", steps.Fault(a.w, fault))
				}
				if named, err = s.Connect.Address(ctx, named, address); err != nil {
					return err
				}
			}
			failed := false
			err = a.steps(ctx, s, walk{trial: trial{listen: listen}, called: true, run: func(ctx context.Context, tell func(connect.Result), ch *core.Channel) error {
				*ch = named
				s.Connect.Subscribe(ctx, named, func(r connect.Result) {
					failed = failed || r.State == connect.Failed || r.Why == connect.WhyHandshake
					tell(r)
				})
				return nil
			}, done: func(ch *core.Channel) string {
				return a.connected(s, ch)
			}})
			if err == nil && failed {
				return quiet(exitFailed)
			}
			return err
		})
	})
	c.Flags().StringVar(&address, "public-url", "", a.w.T(text.FlagPublicURL))
	c.Flags().StringVar(&listen, "listen", envOr(a.h.Environ.Lookup, "BOTTEGA_LISTEN", defaultListen), a.w.T(text.FlagListenConnect))
	return c
}
