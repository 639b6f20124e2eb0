package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/health"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// abilitiesJSON are what a provider can do with a number, by the names that
// stay the same in every language.
type abilitiesJSON struct {
	Reactions       bool `json:"reactions"`
	Typing          bool `json:"typing"`
	Interactive     bool `json:"interactive"`
	MediaByLink     bool `json:"media_by_link"`
	MediaUpload     bool `json:"media_upload"`
	CreateTemplates bool `json:"create_templates"`
	EditTemplates   bool `json:"edit_templates"`
	DeleteTemplates bool `json:"delete_templates"`
	PollInbound     bool `json:"poll_inbound"`
	Idempotent      bool `json:"idempotent"`
	EchoesRef       bool `json:"echoes_ref"`
	SMS             bool `json:"sms"`
	RealCost        bool `json:"real_cost"`
	Balance         bool `json:"balance"`
}

// signJSON is how the way in of a channel looks.
type signJSON struct {
	Sign  health.Sign `json:"sign"`
	Alarm bool        `json:"alarm"`
	Since *time.Time  `json:"since,omitempty"`
	// Chance is how likely this shop is as silent with a pipe that works; absent
	// while its rhythm is not known.
	Chance *float64 `json:"chance,omitempty"`
}

// reasonJSON is why something cannot be done, what to do instead, and where
// that is written.
type reasonJSON struct {
	Message string `json:"message"`
	connect.Source
}

// wayShape adds how a channel receives and what it can do to its shape.
func (a *app) wayShape(ctx context.Context, s *Shop, c *core.Channel) (channelJSON, error) {
	j := channelShape(c)
	if s.Able == nil {
		return j, nil
	}
	can := s.Able(*c)
	ab := abilitiesJSON(can)
	j.Way, j.Abilities, j.Cannot = c.Way(can.PollInbound), &ab, a.reasons(s, c, can)
	v, in, err := s.Watch.Look(ctx, c)
	if err != nil {
		return j, err
	}
	j.LastPoll = at(in.LastPoll)
	j.Receiving = &signJSON{Sign: v.Sign, Alarm: v.Sign.Alarm(), Since: at(v.Since)}
	if v.Known {
		chance := exact(v.Chance)
		j.Receiving.Chance = &chance
	}
	return j, nil
}

func (a *app) channelsShow() *cobra.Command {
	return a.command("show NAME", text.CmdChannelsShow, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			j, err := a.wayShape(ctx, s, &ch)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(j)
			}
			return a.printWay(s, &ch, j, s.Able(ch))
		})
	})
}

// printWay writes a channel for people: how it receives, then what it can do,
// and why not what it cannot.
func (a *app) printWay(s *Shop, c *core.Channel, j channelJSON, can core.Capabilities) error {
	now := a.h.Now()
	when := func(t *time.Time) string {
		if t == nil {
			return a.w.T(text.ShowNever)
		}
		return a.w.When(t.In(now.Location()), now)
	}
	lines := []string{a.channelLine(s, c), ""}
	row := func(k text.K, v string) { lines = append(lines, "  "+kit.Fit(a.w.T(k), 20)+v) }
	row(text.ShowReceives, a.way(j.Way))
	row(text.ShowState, a.w.T(text.K("cli.sign."+string(j.Receiving.Sign))))
	row(text.ShowAddress, orDefault(kit.CleanLine(c.Account.PublicURL), j.Webhook))
	if j.Way.Calls() {
		row(text.ShowCalled, when(j.LastCallback))
	}
	if j.Way.Polls() {
		row(text.ShowAsked, when(j.LastPoll))
	}
	lines = append(lines, "")
	for _, x := range connect.Abilities(can) {
		if x.Can {
			lines = append(lines, "  ✓ "+steps.Can(a.w, x.Name))
			continue
		}
		why := j.Cannot[x.Name]
		lines = append(lines, "  ✗ "+kit.Fit(steps.Can(a.w, x.Name), 36)+"  "+why.Message+" ("+why.Source.Source+", "+why.Date+")")
	}
	return a.println(strings.Join(lines, "\n"))
}

// reasons say why a channel's provider cannot do what it cannot, by the names
// of its abilities.
func (a *app) reasons(s *Shop, c *core.Channel, can core.Capabilities) map[string]reasonJSON {
	out := map[string]reasonJSON{}
	for _, x := range connect.Abilities(can) {
		if !x.Can {
			out[x.Name] = reasonJSON{steps.Cannot(a.w, c.Provider, x.Name), s.sourceOf(c.Provider, x.Name)}
		}
	}
	return out
}

func (a *app) way(w core.Way) string { return a.w.T(text.K("way." + string(w))) }

// channelsReceive chooses the way in.
func (a *app) channelsReceive() *cobra.Command {
	return a.command("receive NAME WAY", text.CmdChannelsReceive, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		way := core.Way(arg[1])
		if way == "auto" {
			way = ""
		} else if !way.Known() {
			return usage(text.UseWay, "Way", clip(arg[1]), "Ways", known(core.Ways()))
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			can := s.Able(ch).PollInbound
			if ch, err = s.Connect.Receive(ctx, ch, way, can); core.CodeOf(err) == core.Unsupported {
				return refuse(core.Unsupported, text.ChannelWayImpossible, "Name", arg[0])
			} else if err != nil {
				return err
			}
			if a.g.JSON {
				j, err := a.wayShape(ctx, s, &ch)
				if err != nil {
					return err
				}
				return a.printJSON(j)
			}
			return a.println(a.w.T(text.ChannelWay, "Name", ch.Name, "Way", a.way(ch.Way(can))))
		})
	})
}

// pingJSON is what became of a ping.
type pingJSON struct {
	Channel string    `json:"channel"`
	Address string    `json:"address"`
	OK      bool      `json:"ok"`
	Code    core.Code `json:"code,omitempty"`
	Took    float64   `json:"took_ms"`
}

// channelsPing tries a channel's own address (S-102, S-163).
func (a *app) channelsPing() *cobra.Command {
	var address string
	c := a.command("ping NAME", text.CmdChannelsPing, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ch, err := channelNamed(ctx, s, arg[0])
			if err != nil {
				return err
			}
			to, err := s.Address(ctx, &ch)
			if err != nil {
				return err
			}
			if to = orDefault(address, to); to == "" {
				return refuse(core.NotFound, text.ChannelPingNowhere, "Name", ch.Name)
			}
			p := s.Ping(ctx, ch, to)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if a.g.JSON {
				err = a.printJSON(pingJSON{ch.Name, to, !p.Failed(), p.Code, exact(p.Took.Seconds() * 1000)})
			} else if p.Failed() {
				err = a.println(a.w.T(text.ChannelPingFailed, "Name", ch.Name, "Address", clip(to)) + " " + a.w.Pinged(string(p.Code)))
			} else {
				err = a.println(a.w.T(text.ChannelPing, "Name", ch.Name, "Address", clip(to), "Took", a.took(p.Took)))
			}
			if err == nil && p.Failed() {
				err = quiet(exitFailed)
			}
			return err
		})
	})
	c.Flags().StringVar(&address, "address", "", a.w.T(text.FlagAddress))
	return c
}

// took is a short time for people.
func (a *app) took(d time.Duration) string { return a.figure(d.Seconds()*1000) + " ms" }

// Address is where a channel's callbacks come in: its public address, else the
// port that a process on this data has open; "" when there is neither.
func (s *Shop) Address(ctx context.Context, ch *core.Channel) (string, error) {
	if ch.Account.PublicURL != "" {
		return ch.Account.PublicURL, nil
	}
	var r core.Receiving
	if _, err := s.Settings.Setting(ctx, core.ReceiverSetting, &r); err != nil {
		return "", err
	}
	return s.Own(r, ch.Name), nil
}

// sourceOf is where it is written that a provider cannot do something.
func (s *Shop) sourceOf(p core.ProviderName, ability string) connect.Source {
	if s.Connect == nil {
		return connect.Source{}
	}
	return s.Connect.Policy.Cannot[p][ability]
}
