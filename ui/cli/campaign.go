package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// campaign is one template to many people.
func (a *app) campaign() *cobra.Command {
	return a.parent("campaign", text.CmdCampaign, a.campaignNew(), a.campaignPlan(), a.campaignTest(), a.campaignOwn(), a.campaignStart(), a.campaignPause(), a.campaignResume(),
		a.campaignCancel(), a.campaignStatus(), a.campaignList(), a.campaignRetry(), a.campaignUnsure(), a.campaignExport())
}

// office is a command's work on one campaign.
type office struct {
	*Shop
	*campaign.Office
	names map[int64]string // of channels
}

// withOffice opens the shop and its office for the length of fn.
func (a *app) withOffice(cmd *cobra.Command, fn func(context.Context, *office) error) error {
	return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
		names, err := channelNames(ctx, s)
		if err != nil {
			return err
		}
		return fn(ctx, &office{Shop: s, Office: s.Campaigns, names: names})
	})
}

// onCampaign is withOffice for commands on the campaign whose id is the first
// argument.
func (a *app) onCampaign(cmd *cobra.Command, arg []string, fn func(context.Context, *office, int64) error) error {
	n, err := parseID(arg[0])
	if err != nil {
		return err
	}
	return a.withOffice(cmd, func(ctx context.Context, d *office) error { return a.noCampaign(fn(ctx, d, n), n) })
}

// noCampaign names the campaign that there is not, and the step that it does
// not take.
func (a *app) noCampaign(err error, n int64) error {
	var step *campaign.StepError
	switch {
	case errors.As(err, &step):
		return &refusal{code: core.Conflict, key: text.CmpStep, kv: []any{"ID", id(n), "From", a.w.CampaignState(string(step.From))}}
	case core.CodeOf(err) == core.NotFound:
		var known *refusal
		if errors.As(err, &known) {
			return err
		}
		return refuse(core.NotFound, text.CmpNone, "ID", id(n))
	}
	return err
}

// inCampaign keeps the expression of a campaign beside what is wrong with it.
func inCampaign(c *campaign.Campaign, err error) error {
	var bad *segment.Error
	if !errors.As(err, &bad) {
		return err
	}
	if c.Exclude != "" && bad.At <= len([]rune(c.Exclude)) && c.Segment == "" {
		return inExpr(c.Exclude, err)
	}
	return inExpr(c.Segment, err)
}

// campaignNames by id, of those that are still there.
func campaignNames(ctx context.Context, s *Shop) (map[int64]string, error) {
	all, err := s.Campaigns.Store.Campaigns(ctx)
	names := make(map[int64]string, len(all))
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

// refusalWords says what a rule forbids.
func (a *app) refusalWords(r campaign.Refusal) string {
	said := a.w.Forbids(string(r.Rule), clip(r.Detail))
	switch r.Rule { // what a command can do about it
	case campaign.RuleSpeed:
		said += " " + a.w.T(text.CmpAtRisk)
	case campaign.RuleHost:
		said += " " + a.w.T(text.CmpHere)
	}
	return said
}

// refusedWords says all that rules forbid, each with its source.
func (a *app) refusedWords(rs []campaign.Refusal) string {
	var parts []string
	for _, r := range rs {
		parts = append(parts, a.refusalWords(r)+" ("+a.sourceWords(r.Source, r.Date)+")")
	}
	return strings.Join(parts, " ")
}

func (a *app) sourceWords(source, date string) string { return a.w.Source(kit.CleanLine(source), date) }

// findingWords says what a comparison of two versions found.
func (a *app) findingWords(arms []campaign.Arm, f campaign.Outcome) string {
	low, high := f.Low, f.High
	if f.Finding == campaign.Second {
		low, high = -high, -low
	}
	return a.w.T(text.K("cli.campaign.finding."+string(f.Finding)), "First", clip(arms[0].Name), "Second", clip(arms[1].Name),
		"One", a.w.Percent(arms[0].Share()), "Two", a.w.Percent(arms[1].Share()), "Needed", a.w.Num(f.Needed), "Low", a.points(low), "High", a.points(high))
}

// points writes a difference of shares in percentage points.
func (a *app) points(v float64) string { return a.w.Dec(v*100, 1) }
