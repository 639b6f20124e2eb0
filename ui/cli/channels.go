package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (a *app) connect() *cobra.Command {
	var name string
	var stdin, unchecked bool
	c := a.command("connect PROVIDER", text.CmdConnect, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		provider := core.ProviderName(arg[0])
		switch provider {
		case core.Meta, core.Sandbox, core.Twilio, core.Bird, core.Zenvia:
		default:
			return usage(text.UseProvider, "Provider", clip(arg[0]))
		}
		if !stdin {
			return usage(text.UseStdin)
		}
		b, err := a.readInput("-")
		if err != nil {
			return err
		}
		k, err := readKeys(provider, b)
		if err != nil {
			return err
		}
		if name != "" {
			k.Name = name
		}
		if k.Name == "" {
			k.Name = string(provider)
		}
		if !validName(k.Name) {
			return usage(text.UseName, "Name", clip(k.Name))
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.connectTo(ctx, s, provider, k, unchecked) })
	})
	f := c.Flags()
	f.StringVar(&name, "name", "", a.w.T(text.FlagName))
	f.BoolVar(&stdin, "from-stdin", false, a.w.T(text.FlagStdin))
	f.BoolVar(&unchecked, "no-check", false, a.w.T(text.FlagNoCheck))
	return c
}

// validName reports whether a channel may be called that: it stands in the
// path of callbacks and in names of environment variables.
func validName(s string) bool {
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && s != ""
}

// connectTo checks the account with the provider, then keeps the secrets, then
// the channel: what fails leaves nothing half connected.
func (a *app) connectTo(ctx context.Context, s *Shop, provider core.ProviderName, k keys, unchecked bool) error {
	ch, err := s.Channels.ChannelByName(ctx, k.Name)
	switch {
	case core.CodeOf(err) == core.NotFound:
		ch = core.Channel{Name: k.Name, CreatedAt: a.h.Now()}
	case err != nil:
		return err
	case ch.Provider != provider:
		return refuse(core.Conflict, text.ChannelTaken, "Name", ch.Name)
	}
	ch.Provider, ch.State, ch.PauseClass, ch.Detail = provider, core.Active, "", ""
	ch.Account = k.account()
	if k.Number != "" {
		ch.Number = k.Number
	}
	if err := onlyOnce(ctx, s, &ch); err != nil {
		return err
	}
	if !unchecked {
		gw, err := s.Gateways(given(k.secrets(provider))).Gateway(ctx, ch)
		if err != nil {
			return err
		}
		if ch.Health, err = gw.Health(ctx); err != nil {
			return err
		}
	}
	for field, v := range k.secrets(provider) {
		if have, err := s.Keyring.Get(ctx, ch.Name, field); err == nil && have.Reveal() == v.Reveal() {
			continue // already there, perhaps in the environment, which cannot be written
		}
		if err := s.Keyring.Set(ctx, ch.Name, field, v); err != nil {
			return err
		}
	}
	if ch, err = s.Channels.SaveChannel(ctx, ch); err != nil {
		return err
	}
	if a.g.JSON {
		return a.printJSON(channelShape(&ch))
	}
	return a.println(a.w.T(text.DidConnect, "Name", ch.Name, "Path", "/webhooks/"+ch.Name))
}

// onlyOnce refuses a number that another channel has: its callbacks come to one
// path, and what customers write must not fall apart into two conversations.
func onlyOnce(ctx context.Context, s *Shop, ch *core.Channel) error {
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		return err
	}
	for _, o := range chs {
		same := o.Provider == ch.Provider && o.Account.PhoneNumberID == ch.Account.PhoneNumberID && o.Account.BaseURL == ch.Account.BaseURL
		if same && o.ID != ch.ID {
			return refuse(core.Conflict, text.ChannelTwice, "Name", o.Name)
		}
	}
	return nil
}

// given is a keyring of the secrets just read, for the check before they are kept.
type given map[string]core.Secret

func (g given) Get(_ context.Context, _, field string) (core.Secret, error) {
	if v, ok := g[field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "cli.given", nil)
}

func (given) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.ReadOnly, "cli.given", nil)
}

func (given) Delete(context.Context, string, string) error {
	return core.Fail(core.ReadOnly, "cli.given", nil)
}

func (given) Where() string { return "memory" }

func (a *app) channels() *cobra.Command {
	list := a.channelsList()
	c := a.parent("channels", text.CmdChannels, list, a.channelsShow(), a.channelsTest(), a.channelsPing(), a.channelsReceive(), a.channelsRemove())
	c.RunE = list.RunE // alone it lists
	return c
}

func (a *app) channelsList() *cobra.Command {
	return a.command("list", text.CmdChannelsList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			chs, err := s.Channels.Channels(ctx)
			if err != nil {
				return err
			}
			if a.g.JSON {
				out := make([]channelJSON, len(chs))
				for i := range chs {
					if out[i], err = a.wayShape(ctx, s, &chs[i]); err != nil {
						return err
					}
				}
				return a.printJSON(out)
			}
			if len(chs) == 0 {
				return a.println(a.w.T(text.ChannelsNone))
			}
			for i := range chs {
				if err := a.println(a.channelLine(&chs[i])); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (a *app) channelLine(c *core.Channel) string {
	parts := []string{kit.Fit(c.Name, 14), kit.Fit(string(c.Provider), 8), kit.Fit(string(c.Number), 16)}
	if away := c.Health.AwaySince; away.IsZero() || c.State == core.Paused {
		parts = append(parts, a.w.T(text.K("cli.channel."+string(c.State))))
	} else {
		parts = append(parts, "✗ "+a.away(c))
	}
	if c.State == core.Paused {
		why, hint := a.w.Reason(&core.ProviderError{Class: c.PauseClass, Message: c.Detail})
		parts = append(parts, why+" "+hint)
	}
	if c.Health.Quality != "" {
		parts = append(parts, strings.ToUpper(string(c.Health.Quality)))
	}
	return strings.Join(parts, "  ")
}

// away says that a channel sends nothing, why, and since when.
func (a *app) away(c *core.Channel) string {
	now := a.h.Now()
	return a.w.Away(c.Health.AwayWhy, c.Health.AwaySince.In(now.Location()), now)
}

// channelNamed finds a channel; of one that is not there it says where to look.
func channelNamed(ctx context.Context, s *Shop, name string) (core.Channel, error) {
	ch, err := s.Channels.ChannelByName(ctx, name)
	if core.CodeOf(err) == core.NotFound {
		err = refuse(core.NotFound, text.ChannelNone, "Name", clip(name))
	}
	return ch, err
}

func (a *app) channelsTest() *cobra.Command {
	return a.command("test NAME", text.CmdChannelsTest, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			gw, err := s.Gateways(s.Keyring).Gateway(ctx, ch)
			if err != nil {
				return err
			}
			h, err := gw.Health(ctx)
			if err != nil {
				return err
			}
			ch.Health = ch.Health.Asked(h)
			left, err := balance(ctx, gw)
			if err != nil {
				return err
			}
			if a.g.JSON {
				shape := channelShape(&ch)
				shape.Balance = left
				return a.printJSON(shape)
			}
			if left != nil {
				if err := a.println(a.w.T(text.ChannelBalance, "Name", ch.Name, "Amount", left.Amount, "Currency", left.Currency)); err != nil {
					return err
				}
			}
			return a.println(a.w.T(text.ChannelAnswers, "Name", ch.Name, "Quality", strings.ToUpper(orDefault(string(h.Quality), "unknown"))))
		})
	})
}

// balance is what is left on the account; nil where the provider does not tell.
func balance(ctx context.Context, gw core.Gateway) (*core.Money, error) {
	b, ok := core.Port[core.Balancer](gw)
	if !ok {
		return nil, nil
	}
	m, err := b.Balance(ctx)
	return &m, err
}

func (a *app) channelsRemove() *cobra.Command {
	var yes bool
	c := a.command("remove NAME", text.CmdChannelsRemove, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if !yes {
			return usage(text.UseYes)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			if err := s.Channels.RemoveChannel(ctx, ch.ID); core.CodeOf(err) == core.Conflict {
				return refuse(core.Conflict, text.ChannelUsed, "Name", ch.Name)
			} else if err != nil {
				return err
			}
			var failed error
			needed, optional := SecretFields(ch.Provider)
			for _, f := range optional { // one that it never had needs no keyring to be gone
				if _, err := s.Keyring.Get(ctx, ch.Name, f); err == nil {
					needed = append(needed, f)
				}
			}
			for _, f := range needed {
				if err := s.Keyring.Delete(ctx, ch.Name, f); err != nil && core.CodeOf(err) != core.NotFound {
					failed = errors.Join(failed, err)
				}
			}
			if failed != nil {
				return failed
			}
			if a.g.JSON {
				return a.printJSON(map[string]string{"removed": ch.Name})
			}
			return a.println(a.w.T(text.DidRemove, "Name", ch.Name))
		})
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T(text.FlagYes))
	return c
}
