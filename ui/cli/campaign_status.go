package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// campaignStatus tells how a campaign goes; a draft's is its plan.
func (a *app) campaignStatus() *cobra.Command {
	return a.command("status ID", text.CmdCampaignStatus, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			c, err := d.Office.Store.Campaign(ctx, n)
			if err != nil {
				return err
			}
			if c.State == campaign.Draft {
				rep, err := d.Plan(ctx, n)
				if err != nil {
					return inCampaign(&c, err)
				}
				return a.printPlan(&c, d, rep)
			}
			if !a.g.JSON {
				return a.printStatus(ctx, d, n)
			}
			p, err := d.Progress(ctx, n)
			if err != nil {
				return err
			}
			j, err := a.statusShape(ctx, d.Shop, d.Office, &p, d.names[c.ChannelID])
			if err != nil {
				return err
			}
			return a.printJSON(j)
		})
	})
}

// printStatus writes how a campaign goes for people.
func (a *app) printStatus(ctx context.Context, d *office, n int64) error {
	p, err := d.Progress(ctx, n)
	if err != nil {
		return err
	}
	j, err := a.statusShape(ctx, d.Shop, d.Office, &p, d.names[p.Campaign.ChannelID])
	if err != nil {
		return err
	}
	c, now := &p.Campaign, a.h.Now().In(d.Home)
	lines := []string{a.headWords(c, d.names)}
	if total := p.Counts.Total(); total > 0 {
		done := float64(total-p.Counts.Open()) / float64(total)
		lines = append(lines, bar(done, 30)+" "+a.w.Percent(done)+"  "+a.progressWords(d, &p))
	}
	h := p.Hitch
	if h.Keeps() {
		lines = append(lines, "! "+a.w.Hitch(string(h.Reason), h.Code, h.Since, now))
	}
	switch {
	case c.State == campaign.Running && !h.Keeps():
		lines = append(lines, a.w.AtPace(c.PerMinute(d.Office.Rules)))
	case c.State == campaign.Waiting:
		lines = append(lines, a.waitLine(c, now))
	case c.State == campaign.Paused:
		lines = append(lines, a.pauseLine(c))
	}
	lines = append(lines, a.countWords(p.Counts))
	lines = append(lines, a.funnelWords(d, p.Counts)...)
	lines = append(lines, a.moneyWords(&j)...)
	for _, f := range j.Failures {
		lines = append(lines, a.failureWords(f))
	}
	if p.Counts[campaign.Unsure] > 0 {
		lines = append(lines, a.w.N(text.CmpUnsureHint, p.Counts[campaign.Unsure], "ID", id(n)))
	}
	if j.Result != nil {
		lines = append(lines, j.Result.Message)
	}
	if j.Lift != nil {
		lines = append(lines, j.Lift.Message)
	}
	return a.println(strings.Join(lines, "\n"))
}

// countWords says where the people of an audience stand.
func (a *app) countWords(counts campaign.Counts) string {
	var parts []string
	for _, s := range campaign.RecipientStates {
		if n := counts[s]; n > 0 {
			parts = append(parts, a.w.Num(n)+" "+a.w.Outcome(string(s), n))
		}
	}
	return strings.Join(parts, " · ")
}

// funnelWords sets each step beside the averages of others.
func (a *app) funnelWords(d *office, counts campaign.Counts) []string {
	f := counts.Funnel()
	if f.Accepted == 0 {
		return nil
	}
	shares, avg := f.Shares(), d.Office.Rules.Funnel
	table := []struct {
		step campaign.RecipientState
		n    int
		got  float64
		mark float64
	}{
		{campaign.Delivered, f.Delivered, shares.Delivered, avg.Value.Delivered}, {campaign.Read, f.Read, shares.Read, avg.Value.Read},
		{campaign.Replied, f.Replied, shares.Replied, avg.Value.Replied}, {campaign.Converted, f.Converted, shares.Converted, avg.Value.Converted},
	}
	var out []string
	for _, r := range table {
		out = append(out, "  "+kit.Fit(a.w.Outcome(string(r.step), r.n), 14)+bar(r.got, 20)+" "+
			a.w.T(text.CmpFunnel, "N", a.w.Num(r.n), "Share", a.w.Percent(r.got), "Average", a.w.Percent(r.mark)))
	}
	for _, m := range d.Office.Rules.Judge(counts) {
		if m.Level != ledger.Fine && (m.Rule == campaign.RuleSuccess || m.Rule == campaign.RuleDelivered || m.Rule == campaign.RuleReply) {
			out = append(out, a.markWords(m))
		}
	}
	return out
}

// moneyWords sets what it cost beside what was expected.
func (a *app) moneyWords(j *campaignJSON) []string {
	var out []string
	if j.runJSON != nil && j.Spent != nil && j.Spent.Messages > 0 {
		line := a.costWords(j.Spent)
		if j.Cost.Low != nil && j.Cost.High != nil {
			line += " " + a.w.T(text.CmpExpected, "Low", a.w.Money(*j.Cost.Low), "High", a.w.Money(*j.Cost.High))
		}
		out = append(out, line)
		if f := a.freeWords(j.Spent.FreeBy); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// failureWords says why people were not reached, and what can be tried again.
func (a *app) failureWords(f failureJSON) string {
	line := "✗ " + a.w.Num(f.N) + " · " + f.Message
	if f.State == campaign.Unsure {
		line = "? " + a.w.Num(f.N) + " · " + f.Message
	}
	if f.State == campaign.Failed {
		line += " " + a.w.T(text.K("cli.campaign.how."+string(f.Retry)), "Class", string(f.Class))
	}
	return line
}

func (a *app) campaignList() *cobra.Command {
	var states []string
	c := a.command("list", text.CmdCampaignList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		var want []campaign.State
		for _, s := range states {
			if !slices.Contains(campaign.States, campaign.State(s)) {
				return usage(text.UseOneOf, "Flag", "--state", "Value", clip(s), "Known", stateList())
			}
			want = append(want, campaign.State(s))
		}
		return a.withOffice(cmd, func(ctx context.Context, d *office) error { return a.listCampaigns(ctx, d, want) })
	})
	c.Flags().StringSliceVar(&states, "state", nil, a.w.T(text.FlagState, "Known", stateList()))
	return c
}

func stateList() string {
	var out []string
	for _, s := range campaign.States {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}

func (a *app) listCampaigns(ctx context.Context, d *office, want []campaign.State) error {
	cs, err := d.Office.Store.Campaigns(ctx, want...)
	if err != nil {
		return err
	}
	now := a.h.Now().In(d.Home)
	out, table := make([]campaignJSON, len(cs)), [][]string{}
	for i := range cs {
		c := &cs[i]
		counts, err := d.Office.Store.Counts(ctx, c.ID)
		if err != nil {
			return err
		}
		out[i] = campaignShape(c, d.Office.Rules, d.names[c.ChannelID])
		out[i].Counts = counts.All()
		out[i].Audience.Included = counts.Total()
		when := c.CreatedAt
		if !c.StartedAt.IsZero() {
			when = c.StartedAt
		}
		done := ""
		if total := counts.Total(); total > 0 {
			done = a.w.Percent(float64(total-counts.Open()) / float64(total))
		}
		table = append(table, []string{id(c.ID), kit.Fit(clip(c.Name), 28), a.w.CampaignState(string(c.State)), clip(strings.Join(c.Templates, " / ")),
			a.w.Stamp(when.In(d.Home), now), a.w.Num(counts.Total()), done})
	}
	if a.g.JSON {
		return a.printJSON(out)
	}
	if len(cs) == 0 {
		return a.println(a.w.T(text.CmpEmpty))
	}
	return a.table(table, 5)
}
