package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// campaignPlan shows the preflight card.
func (a *app) campaignPlan() *cobra.Command {
	var who string
	limit := 100
	c := a.command("plan ID", text.CmdCampaignPlan, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if who != "" && !slices.Contains(campaign.Reasons, campaign.Reason(who)) {
			return usage(text.UseOneOf, "Flag", "--who", "Value", clip(who), "Known", reasonList())
		}
		if limit < 1 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", limit)
		}
		return a.onCampaign(cmd, arg, func(ctx context.Context, d *office, n int64) error {
			c, err := d.Office.Store.Campaign(ctx, n)
			if err != nil {
				return err
			}
			rep, err := d.Plan(ctx, n)
			if err != nil {
				return inCampaign(&c, err)
			}
			if who != "" {
				return a.printLeftOut(ctx, d, rep, campaign.Reason(who), limit)
			}
			return a.printPlan(&c, d, rep)
		})
	})
	c.Flags().StringVar(&who, "who", "", a.w.T(text.FlagCmpWho, "Known", reasonList()))
	c.Flags().IntVar(&limit, "limit", limit, a.w.T(text.FlagLimit))
	return c
}

func reasonList() string {
	var out []string
	for _, r := range campaign.Reasons {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// printLeftOut names those who are left out for a reason.
func (a *app) printLeftOut(ctx context.Context, d *office, rep *campaign.Report, why campaign.Reason, limit int) error {
	cs, err := d.Names(ctx, rep.Out(why), limit)
	if err != nil {
		return err
	}
	if a.g.JSON {
		out := make([]contactJSON, len(cs))
		for i := range cs {
			out[i] = contactShape(&cs[i])
		}
		return a.printJSON(out)
	}
	if len(cs) == 0 {
		return a.println(a.w.T(text.CmpNobodyOut, "Why", a.whyWords(why)))
	}
	for i := range cs {
		if err := a.println(a.contactLine(&cs[i])); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) whyWords(r campaign.Reason) string {
	return a.w.LeftOut(string(r))
}

// printPlan shows what a plan found.
func (a *app) printPlan(c *campaign.Campaign, d *office, rep *campaign.Report) error {
	if a.g.JSON {
		return a.printJSON(a.planShape(campaignShape(c, d.Office.Rules, d.names[c.ChannelID]), rep))
	}
	return a.println(a.planWords(c, d, rep))
}

// planWords is the preflight card as lines.
func (a *app) planWords(c *campaign.Campaign, d *office, rep *campaign.Report) string {
	now := a.h.Now().In(d.Home)
	lines := []string{a.headWords(c, d.names), a.w.T(text.CmpAudience, "Matched", a.w.N(text.PeopleCount, rep.Matched), "Included", a.w.Num(rep.Included))}
	for _, e := range rep.Excluded {
		lines = append(lines, "  − "+kit.Fit(a.w.Num(e.N), 7)+a.whyWords(e.Reason))
	}
	for _, f := range rep.Forms {
		lines = append(lines, "  + "+kit.Fit(a.w.Num(f.N), 7)+clip(f.Template+" "+f.Language))
	}
	lines = append(lines, a.planCost(rep))
	if s := rep.SMS; s != nil {
		lines = append(lines, a.planSMS(s))
	}
	lines = append(lines, a.planPace(rep, now))
	for _, s := range rep.Outlook.Pauses {
		lines = append(lines, "  "+a.w.T(text.CmpStretch, "Why", a.waitWords(s.Reason), "From", a.w.When(s.From.In(d.Home), now), "Until", a.w.When(s.Until.In(d.Home), now)))
	}
	if n := rep.Outlook.MoreBreaks; n > 0 {
		lines = append(lines, "  "+a.w.N(text.CmpMoreBreaks, n))
	}
	for _, m := range rep.Marks {
		lines = append(lines, a.markWords(m))
	}
	for _, r := range rep.Refusals {
		lines = append(lines, "✗ "+a.refusedWords([]campaign.Refusal{r}))
	}
	switch {
	case len(rep.Refusals) > 0 || c.State != campaign.Draft:
	case c.ID == 0:
		lines = append(lines, a.w.T(text.CmpMayMake))
	default:
		lines = append(lines, a.w.T(text.CmpMayStart, "ID", id(c.ID)))
	}
	return strings.Join(lines, "\n")
}

// headWords is a campaign in one line; one that is not made yet has no number.
func (a *app) headWords(c *campaign.Campaign, channels map[int64]string) string {
	head := text.CmpHead
	if c.ID == 0 {
		head = text.CmpHeadNew
	}
	return a.w.T(head, "ID", id(c.ID), "Name", clip(c.Name), "State", a.w.CampaignState(string(c.State)),
		"Template", clip(strings.Join(c.Templates, " / ")), "Channel", clip(channels[c.ChannelID]))
}

func (a *app) planCost(rep *campaign.Report) string {
	e := rep.Cost
	if e.CardFrom == "" {
		return a.w.T(text.CmpNoCard)
	}
	line := a.w.T(text.CmpCost, "Low", a.w.Sum(e.Low), "High", a.w.Sum(e.High), "From", a.w.Date(e.CardFrom))
	if nonzero(e.FeeHigh) {
		line += " " + a.w.T(text.CmpFee, "Low", a.w.Sum(e.FeeLow), "High", a.w.Sum(e.FeeHigh))
	}
	for _, q := range rep.Quotas {
		if q.Free > 0 {
			line += "\n" + a.w.T(text.CmpQuota, "Used", a.w.Num(q.Used), "Free", a.w.Num(q.Free))
		}
	}
	return line
}

// nonzero reports whether an amount is more than nothing.
func nonzero(m core.Money) bool { return strings.Trim(m.Amount, "0.") != "" }

// planPace says how fast it goes, how much room there is, and when it ends.
func (a *app) planPace(rep *campaign.Report, now time.Time) string {
	line := a.w.T(text.CmpPace, "Rate", a.w.Num(rep.Limits.PerMinute))
	switch {
	case rep.Left >= 0:
		line += " " + a.w.T(text.CmpLeft, "Left", a.w.Num(rep.Left), "Limit", a.w.Num(rep.Limits.PerDay))
	default:
		line += " " + a.w.T(text.CmpNoLimit)
	}
	if end := rep.Outlook.End; !end.IsZero() {
		line += " " + a.w.T(text.CmpEnd, "Start", a.w.When(rep.Outlook.Start.In(now.Location()), now), "End", a.w.When(end.In(now.Location()), now))
	}
	return line
}

func (a *app) waitWords(r campaign.WaitReason) string {
	return a.w.Holds(string(r), time.Time{}, time.Time{})
}

// markWords is a prediction beside its threshold.
func (a *app) markWords(m campaign.Mark) string {
	sign := map[ledger.Level]string{ledger.Fine: "✓", ledger.Near: "!", ledger.Over: "✗"}[m.Level]
	said := a.w.T(text.K("campaigns.mark." + string(m.Rule)))
	if m.Rule != campaign.RuleStale {
		said += " " + a.w.Measured(string(m.Rule), m.Value)
	}
	if limit := a.w.Bound(string(m.Rule), m.Limit, m.Least); limit != "" {
		said += ", " + limit
	}
	return sign + " " + said + " (" + a.sourceWords(m.Source, m.Date) + ")"
}
