package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/core/template"
	"bottega/ui/text"
)

// newCampaign is what `campaign new` was asked for.
type newCampaign struct {
	campaign.Campaign
	channel, at  string
	vars         []string
	golden, risk bool
	file         people.Import
	path         string
	dry          bool
}

// campaignNew makes a draft.
func (a *app) campaignNew() *cobra.Command {
	var o newCampaign
	c := a.command("new", text.CmdCampaignNew, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if err := a.complete(cmd, &o); err != nil {
			return err
		}
		return a.withOffice(cmd, func(ctx context.Context, d *office) error { return a.makeCampaign(ctx, d, &o) })
	})
	f := c.Flags()
	f.StringVar(&o.Name, "name", "", a.w.T(text.FlagCmpName))
	f.StringArrayVar(&o.Templates, "template", nil, a.w.T(text.FlagCmpTemplate))
	f.StringSliceVar(&o.Languages, "language", nil, a.w.T(text.FlagCmpLanguage))
	f.StringVar(&o.Segment, "segment", "", a.w.T(text.FlagCmpSegment))
	f.StringVar(&o.Exclude, "exclude", "", a.w.T(text.FlagCmpExclude))
	f.StringVar(&o.path, "file", "", a.w.T(text.FlagCmpFile))
	f.StringVar(&o.file.Region, "region", "", a.w.T(text.FlagRegion))
	f.StringVar(&o.file.Consent, "consent", "", a.w.T(text.FlagConsent))
	f.StringArrayVar(&o.vars, "var", nil, a.w.T(text.FlagCmpVar))
	f.IntVar(&o.Pace.PerMinute, "rate", 0, a.w.T(text.FlagCmpRate))
	f.BoolVar(&o.risk, "faster-at-my-risk", false, a.w.T(text.FlagCmpRisk))
	f.StringVar(&o.at, "at", "", a.w.T(text.FlagCmpAt))
	f.BoolVar(&o.golden, "golden", false, a.w.T(text.FlagCmpGolden))
	f.BoolVar(&o.Schedule.Local, "local", false, a.w.T(text.FlagCmpLocal))
	f.StringVar(&o.channel, "channel", "", a.w.T(text.FlagChannelSend))
	f.StringVar(&o.Code, "code", "", a.w.T(text.FlagCmpCode))
	f.Float64Var(&o.HoldBack, "hold-back", 0, a.w.T(text.FlagCmpHold))
	f.BoolVar(&o.IncludeCold, "include-cold", false, a.w.T(text.FlagCmpCold))
	f.BoolVar(&o.Urgent, "urgent", false, a.w.T(text.FlagCmpUrgent))
	f.BoolVar(&o.SMS, "sms", false, a.w.T(text.FlagCmpSMS))
	f.StringSliceVar(&o.Countries, "country", nil, a.w.T(text.FlagCmpCountry))
	f.BoolVar(&o.dry, "dry-run", false, a.w.T(text.FlagCmpDry))
	return c
}

// complete wants what a campaign cannot be without, before anything is opened.
func (a *app) complete(cmd *cobra.Command, o *newCampaign) error {
	for flag, missing := range map[string]bool{"--name": strings.TrimSpace(o.Name) == "", "--template": len(o.Templates) == 0} {
		if missing {
			return usage(text.UseCmpNeeds, "Flag", flag)
		}
	}
	switch {
	case o.Segment == "" && o.path == "" && !a.flagSet(cmd, "segment"):
		return usage(text.UseCmpWho)
	case o.path != "" && a.flagSet(cmd, "segment"):
		return usage(text.UseCmpWho)
	case o.path == "" && (a.flagSet(cmd, "region") || a.flagSet(cmd, "consent")):
		return usage(text.UseGoesWith, "Flag", "--region, --consent", "With", "--file")
	case o.Pace.PerMinute < 0 || a.flagSet(cmd, "rate") && o.Pace.PerMinute == 0:
		return usage(text.UseFlagWrong, "Flag", "--rate", "Value", o.Pace.PerMinute)
	case o.HoldBack < 0 || o.HoldBack > 0.5:
		return usage(text.UseFlagWrong, "Flag", "--hold-back", "Value", o.HoldBack)
	case o.Schedule.Local && o.at == "":
		return usage(text.UseGoesWith, "Flag", "--local", "With", "--at")
	case o.golden && o.at != "":
		return usage(text.UseCmpGolden)
	case o.path != "" && o.dry:
		return usage(text.UseCmpDryFile)
	}
	for i, c := range o.Countries {
		if err := region(&o.Countries[i]); err != nil {
			return err
		}
		if o.Countries[i] == "" {
			return usage(text.UseRegion, "Value", clip(c))
		}
	}
	for _, l := range o.Languages {
		if !contact.IsLanguage(l) {
			return usage(text.UseCmpLanguage, "Value", clip(l))
		}
	}
	return nil
}

func (a *app) makeCampaign(ctx context.Context, d *office, o *newCampaign) error {
	ch, err := a.pick(ctx, d.Shop, o.channel)
	if err != nil {
		return err
	}
	o.ChannelID = ch.ID
	if err := a.schedule(d.Shop, o); err != nil {
		return err
	}
	if o.risk {
		o.Pace.Override = a.g.Agent
	}
	forms, err := a.formsOf(ctx, d, ch, o.Templates)
	if err != nil {
		return err
	}
	o.Category = campaign.CategoryOf(forms[0])
	if o.Values, err = a.values(ctx, d, o.vars, forms); err != nil {
		return err
	}
	for _, expr := range []string{o.Segment, o.Exclude} {
		if _, err := d.Customers.Parse(ctx, expr); err != nil {
			return inExpr(expr, err)
		}
	}
	if o.dry {
		rep, err := d.PlanFor(ctx, o.Campaign)
		if err != nil {
			return inCampaign(&o.Campaign, err)
		}
		o.State = campaign.Draft
		return a.printPlan(&o.Campaign, d, rep)
	}
	if o.path != "" {
		if err := a.fileAudience(ctx, d, o); err != nil {
			return err
		}
	}
	c, err := d.Create(ctx, o.Campaign)
	if err != nil {
		return err
	}
	if a.g.JSON {
		return a.printJSON(campaignShape(&c, d.Office.Rules, d.names[c.ChannelID]))
	}
	return a.println(a.w.T(text.DidCmpNew, "ID", id(c.ID), "Name", clip(c.Name)))
}

// schedule reads when it goes: a time as people say it, or golden hours.
func (a *app) schedule(s *Shop, o *newCampaign) error {
	o.Schedule.When = campaign.Now
	if o.at != "" {
		when, now, err := a.when(s, o.at)
		if err != nil {
			return err
		}
		if when.Before(now) {
			return core.Fail(core.PastTime, "cli.campaign", nil)
		}
		o.Schedule.When, o.Schedule.At = campaign.At, when
	}
	if o.golden {
		o.Schedule.When = campaign.Golden
	}
	return nil
}

// formsOf finds the templates that are named, in any language. One that the
// library does not know may be new at the provider: then its list is read first.
func (a *app) formsOf(ctx context.Context, d *office, ch core.Channel, names []string) ([]core.Template, error) {
	all, err := d.Office.Templates(ctx, ch.ID)
	if err != nil {
		return nil, err
	}
	pick := func() (out []core.Template, missing string) {
		for _, name := range names {
			n := len(out)
			for _, t := range all {
				if t.Name == name {
					out = append(out, t)
				}
			}
			if len(out) == n {
				return nil, name
			}
		}
		return out, ""
	}
	out, missing := pick()
	if missing != "" {
		l, err := d.Library()
		if err != nil {
			return nil, err
		}
		if _, err := l.Sync(ctx, ch.ID); err != nil {
			return nil, err
		}
		if all, err = d.Office.Templates(ctx, ch.ID); err != nil {
			return nil, err
		}
		if out, missing = pick(); missing != "" {
			return nil, refuse(core.NotFound, text.TemplateNone, "Name", clip(missing))
		}
	}
	return out, nil
}

// contactFields are those of every contact that a variable may be filled from.
var contactFields = []string{"name", "phone", "username", "email", "birthday"}

// values reads --var N=FIELD, N=FIELD|TEXT and N=TEXT, and wants one for each
// variable of the templates.
func (a *app) values(ctx context.Context, d *office, vars []string, forms []core.Template) ([]campaign.Value, error) {
	schema, err := d.Customers.Schema(ctx)
	if err != nil {
		return nil, err
	}
	known := slices.Clone(contactFields)
	for _, f := range schema.Fields() {
		if f.Custom {
			known = append(known, f.Name)
		}
	}
	var out []campaign.Value
	given := map[string]string{}
	for _, v := range vars {
		name, what, ok := strings.Cut(v, "=")
		if name = strings.TrimSpace(name); !ok || name == "" || given[name] != "" || strings.TrimSpace(strings.TrimLeft(what, "=")) == "" {
			return nil, usage(text.UseVar, "Var", clip(v))
		}
		x, ok := value(name, what, known)
		if !ok {
			return nil, usage(text.UseCmpField, "Field", clip(what), "Known", strings.Join(known, ", "), "Name", clip(name))
		}
		out, given[name] = append(out, x), what
	}
	for i := range forms {
		if err := placed(&forms[i], given); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// value reads what fills one variable. A single word in small letters is meant
// as a field: taken as text when it is none, a slip of the pen would reach everybody.
func value(name, what string, known []string) (campaign.Value, bool) {
	if fixed, ok := strings.CutPrefix(what, "="); ok {
		return campaign.Value{Variable: name, Text: fixed}, true
	}
	field, fallback, _ := strings.Cut(what, "|")
	field = strings.TrimSpace(field)
	if slices.Contains(known, strings.ToLower(field)) {
		return campaign.Value{Variable: name, Field: strings.ToLower(field), Text: strings.TrimSpace(fallback)}, true
	}
	word := strings.IndexFunc(field, func(r rune) bool { return !unicode.IsLower(r) && r != '_' }) < 0
	if word || strings.Contains(what, "|") {
		return campaign.Value{}, false
	}
	return campaign.Value{Variable: name, Text: what}, true
}

// placed wants a value for each of a template's variables, and a place for
// each value.
func placed(t *core.Template, given map[string]string) error {
	var missing []string
	want := template.Values(*t)
	for _, n := range want {
		if strings.HasPrefix(n, "button.") {
			continue // filled as the template's sample says
		}
		if given[n] == "" && given["header."+n] == "" {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		return refuse(core.InvalidInput, text.TemplateMissing, "Name", t.Name, "Missing", strings.Join(missing, ", "))
	}
	for n := range given {
		if !slices.Contains(want, n) && !slices.Contains(want, strings.TrimPrefix(n, "header.")) {
			return refuse(core.InvalidInput, text.TemplateLeftOver, "Name", t.Name, "Extra", clip(n), "Known", strings.Join(want, ", "))
		}
	}
	return nil
}

// fileAudience brings the people of a file in under a tag of their own.
func (a *app) fileAudience(ctx context.Context, d *office, o *newCampaign) (err error) {
	t, end, err := a.h.Table(o.path, "")
	if err != nil {
		return a.fileError(o.path, err)
	}
	defer func() { err = errors.Join(err, end()) }()
	tag, ok := core.CleanTag(o.Name + " " + a.h.Now().In(d.Home).Format(time.DateOnly))
	if !ok {
		tag = "campaign " + a.h.Now().In(d.Home).Format(time.DateOnly)
	}
	in := o.file
	in.Table, in.File, in.Agent, in.Tags, in.Region = t, filepath.Base(o.path), a.g.Agent, []string{tag}, strings.ToUpper(o.file.Region)
	got, err := d.Customers.Import(ctx, in)
	if err != nil {
		return a.fileError(o.path, err)
	}
	if got.New+got.Updated+got.Same+got.Duplicate == 0 {
		return refuse(core.NotATable, text.TableNone, "File", clip(o.path))
	}
	o.Segment = `tag:"` + tag + `"`
	if !a.g.JSON {
		return a.println(a.w.T(text.DidCmpFile, "N", a.w.N(text.PeopleCount, got.New+got.Updated+got.Same), "Tag", tag, "Refused", a.w.Num(got.Refused)))
	}
	return nil
}
