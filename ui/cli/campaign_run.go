package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/text"
)

// campaignStart freezes the audience and lets it go.
func (a *app) campaignStart() *cobra.Command {
	var yes, wait, dry bool
	c := a.command("start ID", text.CmdCampaignStart, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if !yes && !dry && a.onScreen() {
			return usage(text.UseCmpYes)
		}
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			if dry {
				return a.rehearse(ctx, d, n)
			}
			c, rep, err := d.Launch(ctx, n, a.g.Agent)
			if err != nil {
				if old, oerr := d.Office.Store.Campaign(ctx, n); oerr == nil {
					err = inCampaign(&old, err)
				}
				return err
			}
			if wait {
				return a.follow(ctx, d, n)
			}
			if a.g.JSON {
				j := a.planShape(campaignShape(&c, d.Office.Rules, d.names[c.ChannelID]), rep)
				return a.printJSON(j)
			}
			return a.println(a.w.T(text.DidCmpStart, "Name", clip(c.Name), "People", a.w.N(text.PeopleCount, rep.Included), "ID", id(n)))
		})
	})
	f := c.Flags()
	f.BoolVar(&yes, "yes", false, a.w.T(text.FlagYes))
	f.BoolVar(&wait, "wait", false, a.w.T(text.FlagCmpWait))
	f.BoolVar(&dry, "dry-run", false, a.w.T(text.FlagCmpDry))
	return c
}

// rehearse plans and says whether a start would be refused.
func (a *app) rehearse(ctx context.Context, d *office, n int64) error {
	c, err := d.Office.Store.Campaign(ctx, n)
	if err != nil {
		return err
	}
	rep, err := d.Plan(ctx, n)
	if err != nil {
		return inCampaign(&c, err)
	}
	if err := a.printPlan(&c, d, rep); err != nil {
		return err
	}
	return rep.Check()
}

func (a *app) campaignPause() *cobra.Command {
	return a.command("pause ID", text.CmdCampaignPause, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			_, err := d.Pause(ctx, n)
			return a.moved(ctx, d, n, err, text.DidCmpPause)
		})
	})
}

func (a *app) campaignCancel() *cobra.Command {
	var yes bool
	c := a.command("cancel ID", text.CmdCampaignCancel, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if !yes && a.onScreen() {
			return usage(text.UseCmpYes)
		}
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			_, err := d.Cancel(ctx, n)
			return a.moved(ctx, d, n, err, text.DidCmpCancel)
		})
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T(text.FlagYes))
	return c
}

// moved tells what a campaign is after a step.
func (a *app) moved(ctx context.Context, d *office, n int64, err error, did text.K) error {
	if err != nil {
		return err
	}
	p, err := d.Progress(ctx, n)
	if err != nil {
		return err
	}
	if a.g.JSON {
		j, err := a.statusShape(ctx, d.Shop, d.Office, &p, d.names[p.Campaign.ChannelID])
		if err != nil {
			return err
		}
		return a.printJSON(j)
	}
	return a.println(a.w.T(did, "Name", clip(p.Campaign.Name), "Open", a.w.Num(p.Counts.Open()), "ID", id(n)))
}

type resumeJSON struct {
	campaignJSON
	Recheck recheckJSON `json:"recheck"`
}

type recheckJSON struct {
	Pending  int                     `json:"pending"`
	Included int                     `json:"included"`
	Excluded map[campaign.Reason]int `json:"excluded"`
	ETA      *time.Time              `json:"eta,omitempty"`
}

// campaignResume says first what would happen, then lets it go on.
func (a *app) campaignResume() *cobra.Command {
	var here, dry, wait bool
	c := a.command("resume ID", text.CmdCampaignResume, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			before, err := d.Review(ctx, n)
			if err != nil {
				return err
			}
			if !a.g.JSON {
				if err := a.println(a.reviewWords(d, before)); err != nil {
					return err
				}
			}
			if !dry {
				if _, err := d.Resume(ctx, n, a.g.Agent, here); err != nil {
					return err
				}
			}
			switch {
			case wait && !dry:
				return a.follow(ctx, d, n)
			case a.g.JSON:
				return a.printResumed(ctx, d, n, before)
			case dry:
				return nil
			}
			return a.moved(ctx, d, n, nil, text.DidCmpResume)
		})
	})
	f := c.Flags()
	f.BoolVar(&here, "here", false, a.w.T(text.FlagCmpHere))
	f.BoolVar(&dry, "dry-run", false, a.w.T(text.FlagDryRun))
	f.BoolVar(&wait, "wait", false, a.w.T(text.FlagCmpWait))
	return c
}

func (a *app) printResumed(ctx context.Context, d *office, n int64, before campaign.Recheck) error {
	p, err := d.Progress(ctx, n)
	if err != nil {
		return err
	}
	j, err := a.statusShape(ctx, d.Shop, d.Office, &p, d.names[p.Campaign.ChannelID])
	if err != nil {
		return err
	}
	out := audienceOf(before.Pending, before.Included, before.Excluded)
	return a.printJSON(resumeJSON{j, recheckJSON{before.Pending, before.Included, out.Excluded, at(before.Outlook.End)}})
}

// reviewWords says what would happen if a campaign went on.
func (a *app) reviewWords(d *office, r campaign.Recheck) string {
	now := a.h.Now().In(d.Home)
	line := a.w.T(text.CmpReview, "Pending", a.w.Num(r.Pending), "Included", a.w.Num(r.Included))
	for _, e := range r.Excluded {
		line += "\n  − " + a.w.Num(e.N) + " " + a.whyWords(e.Reason)
	}
	if !r.Outlook.End.IsZero() {
		line += "\n" + a.w.T(text.CmpReviewEnd, "End", a.w.When(r.Outlook.End.In(d.Home), now))
	}
	return line
}

// campaignTest sends the message to a number of the shop's own.
func (a *app) campaignTest() *cobra.Command {
	var language string
	var dl delivery
	c := a.command("test ID PHONE", text.CmdCampaignTest, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		to, err := phone(arg[1])
		if err != nil {
			return err
		}
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			m, err := d.Test(ctx, n, to, language, a.g.Agent)
			if err != nil {
				return err
			}
			return a.deliver(ctx, d.Shop, m, dl)
		})
	})
	c.Flags().StringVar(&language, "language", "", a.w.T(text.FlagTemplateLang))
	a.deliveryFlags(c, &dl)
	return c
}

// campaignRetry offers failed people another try, by reason.
func (a *app) campaignRetry() *cobra.Command {
	c := a.command("retry ID [CLASS]", text.CmdCampaignRetry, args(1, 2), func(cmd *cobra.Command, arg []string) error {
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			if _, err := d.Office.Store.Campaign(ctx, n); err != nil {
				return err
			}
			groups, err := d.Office.Rules.Troubles(ctx, d.Office.Store, n)
			if err != nil {
				return err
			}
			var classes []core.Class
			for _, g := range groups {
				if g.State == campaign.Failed && (len(arg) == 1 || string(g.Class) == arg[1]) && !slices.Contains(classes, g.Class) {
					classes = append(classes, g.Class)
				}
			}
			if len(arg) == 2 && len(classes) == 0 {
				return refuse(core.NotFound, text.CmpNoClass, "Class", clip(arg[1]))
			}
			total := 0
			for _, cl := range classes {
				k, err := d.Retry(ctx, n, cl)
				if err != nil {
					return err
				}
				total += k
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"id": id(n), "again": total})
			}
			return a.println(a.w.N(text.DidCmpRetry, total))
		})
	})
	return c
}

// follow stays with a campaign until it rests: finished, paused or cancelled.
// It works at it meanwhile, unless another bottega on the same data does.
func (a *app) follow(ctx context.Context, d *office, n int64) error {
	var last campaign.Progress
	watch := func(ctx context.Context) error {
		sub := d.Feed.Subscribe(core.Campaigns, core.Messages)
		defer sub.Close()
		said := ""
		for {
			p, err := d.Progress(ctx, n)
			if err != nil {
				return err
			}
			last = p
			if line := a.progressWords(d, &p); line != said {
				said = line
				a.tell(line)
			}
			if !p.Campaign.State.Active() && p.Counts[campaign.Sending] == 0 {
				return nil
			}
			if _, err := sub.Wait(ctx, time.Second); err != nil {
				return err
			}
		}
	}
	if err := Until(ctx, watch, d.Shop.Run); err != nil {
		return err
	}
	if a.g.JSON {
		j, err := a.statusShape(ctx, d.Shop, d.Office, &last, d.names[last.Campaign.ChannelID])
		if err != nil {
			return err
		}
		if err := a.printJSON(j); err != nil {
			return err
		}
	} else if err := a.printStatus(ctx, d, n); err != nil {
		return err
	}
	switch {
	case last.Counts[campaign.Unsure] > 0:
		return quiet(exitUnsure)
	case last.Campaign.State == campaign.Paused:
		return quiet(exitFailed)
	}
	return nil
}

// tell writes progress where a person reads it: on the error output, in one
// line that is written over on a terminal.
func (a *app) tell(line string) {
	if a.g.JSON {
		return
	}
	end := "\n"
	if a.h.Terminal.Screen && !a.g.Plain {
		line, end = "\r"+line+"\x1b[K", ""
	}
	_, _ = io.WriteString(a.h.Err, line+end) // a reader that is gone does not stop the campaign
}

// progressWords is how far a campaign is, in one line.
func (a *app) progressWords(d *office, p *campaign.Progress) string {
	now := a.h.Now().In(d.Home)
	total := p.Counts.Total()
	line := a.w.T(text.CmpProgress, "State", a.w.CampaignState(string(p.Campaign.State)), "Done", a.w.Num(total-p.Counts.Open()), "Total", a.w.Num(total),
		"Rate", a.w.Num(p.Sent))
	if p.Campaign.State == campaign.Waiting {
		line += " · " + a.waitLine(&p.Campaign, now)
	} else if !p.End.IsZero() {
		line += " · " + a.w.T(text.CmpReviewEnd, "End", a.w.When(p.End.In(d.Home), now))
	}
	return line
}

// waitLine is why nobody is written to just now, and until when.
func (a *app) waitLine(c *campaign.Campaign, now time.Time) string {
	return a.w.Holds(string(c.Wait.Reason), c.Wait.Until, now)
}

// pauseLine is why a campaign stands still.
func (a *app) pauseLine(c *campaign.Campaign) string {
	said := a.w.Standstill(string(c.Pause), clip(c.PauseDetail))
	if c.Pause == campaign.Moved {
		said += " " + a.w.T(text.CmpHere)
	}
	return said
}

// bar draws a share of one in text.
func bar(share float64, width int) string {
	full := min(width, max(0, int(share*float64(width)+0.5)))
	return fmt.Sprintf("[%s%s]", strings.Repeat("#", full), strings.Repeat(".", width-full))
}
