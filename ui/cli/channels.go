package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

func (a *app) channels() *cobra.Command {
	list := a.channelsList()
	c := a.parent("channels", text.CmdChannels, list, a.channelsShow(), a.channelsTest(), a.channelsPing(), a.channelsReceive(), a.channelsSubscribe(), a.channelsRotate(), a.channelsRemove())
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
					if out[i], err = a.channelCard(ctx, s, &chs[i]); err != nil {
						return err
					}
				}
				return a.printJSON(out)
			}
			if len(chs) == 0 {
				return a.println(a.w.T(text.ChannelsNone))
			}
			for i := range chs {
				if err := a.println(a.channelLine(s, &chs[i])); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (a *app) channelLine(s *Shop, c *core.Channel) string {
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
	if s.Connect != nil {
		now := a.h.Now()
		if ends := (steps.Teller{Words: a.w, Now: now}).Ends(c.Health.Key, s.Connect.Policy.Expiry.D()); ends != "" {
			parts = append(parts, "! "+ends)
		}
	}
	return strings.Join(parts, "  ")
}

// channelCard is a channel with how it receives, what its provider can do and
// where its keys lie.
func (a *app) channelCard(ctx context.Context, s *Shop, c *core.Channel) (channelJSON, error) {
	j, err := a.wayShape(ctx, s, c)
	if s.Connect != nil {
		j.Keys = s.Connect.Lies(ctx, *c)
	}
	return j, err
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
			if err := s.Connect.Remove(ctx, ch); core.CodeOf(err) == core.Conflict {
				return refuse(core.Conflict, text.ChannelUsed, "Name", ch.Name)
			} else if err != nil {
				return err
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
