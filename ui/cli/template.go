package cli

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/library"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (a *app) template() *cobra.Command {
	return a.parent("template", text.CmdTemplate, a.templateLint(), a.templateList(), a.templateShow(), a.templateNew(), a.templateEdit(), a.templateSubmit(),
		a.templateSync(), a.templateRenew(), a.templateFamily(), a.templateAccept(), a.templateDelete())
}

func decimal(n int) string { return strconv.Itoa(n) }

// templateStates that --state takes.
var templateStates = []core.TemplateState{core.TemplateDraft, core.TemplateSubmitted, core.TemplatePending, core.TemplateApproved, core.TemplateRejected,
	core.TemplatePaused, core.TemplateDisabled, core.TemplateArchived, core.TemplateReplaced, core.TemplateGone}

// withLibrary opens the data folder and its templates.
func (a *app) withLibrary(cmd *cobra.Command, fn func(context.Context, *Shop, *library.Service) error) error {
	return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
		l, err := s.Library()
		if err != nil {
			return err
		}
		return fn(ctx, s, l)
	})
}

// channelID is the channel that --channel names, 0 when it names none.
func channelID(ctx context.Context, s *Shop, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	ch, err := channelNamed(ctx, s, name)
	return ch.ID, err
}

func (a *app) templateList() *cobra.Command {
	var q core.TemplateQuery
	var state, channel string
	c := a.command("list [WORDS…]", text.CmdTemplateList, args(0, -1), func(cmd *cobra.Command, arg []string) error {
		q.Words = strings.Join(arg, " ")
		if state != "" {
			if !slices.Contains(templateStates, core.TemplateState(state)) {
				return usage(text.UseOneOf, "Flag", "--state", "Value", clip(state), "Known", known(templateStates))
			}
			q.States = []core.TemplateState{core.TemplateState(state)}
			q.All = q.All || state == string(core.TemplateReplaced) || state == string(core.TemplateGone)
		}
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) (err error) {
			if q.Channel, err = channelID(ctx, s, channel); err != nil {
				return err
			}
			names, err := channelNames(ctx, s)
			if err != nil {
				return err
			}
			o, err := l.Overview(ctx, q)
			if err != nil {
				return err
			}
			empty := text.LibraryEmpty
			if len(arg) > 0 || len(q.States) > 0 || q.Language != "" || q.Family != "" || channel != "" {
				empty = text.LibraryNoHit
			}
			return a.printLibrary(&o, names, empty)
		})
	})
	f := c.Flags()
	f.StringVar(&state, "state", "", a.w.T(text.FlagTemplateState, "Known", known(templateStates)))
	f.StringVar(&q.Language, "language", "", a.w.T(text.FlagTemplateLang))
	f.StringVar(&q.Family, "family", "", a.w.T(text.FlagFamilyOnly))
	f.StringVar(&channel, "channel", "", a.w.T(text.FlagChannelOnly))
	f.BoolVar(&q.All, "all", false, a.w.T(text.FlagTemplateAll))
	return c
}

// printLibrary writes one line for each version, and the figures of the whole;
// empty is what to say where there is none.
func (a *app) printLibrary(o *library.Overview, channels map[int64]string, empty text.K) error {
	if a.g.JSON {
		out := make([]templateJSON, len(o.Entries))
		for i := range o.Entries {
			out[i] = templateShape(&o.Entries[i], channels)
		}
		return a.printJSON(out)
	}
	if len(o.Entries) == 0 {
		return a.println(a.w.T(empty))
	}
	for i := range o.Entries {
		e := &o.Entries[i]
		if err := a.println(kit.Fit(id(e.ID), 5) + "  " + kit.Fit(kit.CleanLine(cmp.Or(e.Name, "–")), 24) + "  " + kit.Fit(kit.CleanLine(e.Language), 5) + "  " +
			strings.Join(a.entryFacts(e), " · ")); err != nil {
			return err
		}
	}
	lines := []string{"", a.w.T(text.LibraryPrepared, "Have", a.w.Num(o.Prepared), "Want", a.w.Num(o.PreparedWant))}
	if share := o.Share(); share >= 0 {
		lines = append(lines, a.w.T(text.LibraryShare, "Share", a.w.Num(share), "Most", a.w.Num(o.ShareMax)))
	}
	if rate := o.ApprovalRate(); rate >= 0 {
		lines = append(lines, a.w.T(text.LibraryApproval, "Rate", a.w.Num(rate), "Want", a.w.Num(o.ApprovalWant)))
	}
	if o.Soon > 0 {
		lines = append(lines, a.w.N(text.LibrarySoon, o.Soon))
	}
	return a.println(strings.Join(lines, "\n"))
}

// entryFacts are what a line says of a version.
func (a *app) entryFacts(e *library.Entry) []string {
	parts := []string{strings.ToLower(kit.CleanLine(cmp.Or(e.Category, "–"))), a.w.T(text.K("library.state." + string(e.State)))}
	if e.Version > 1 {
		parts = append(parts, a.w.T(text.LibraryVersion, "N", a.w.Num(e.Version)))
	}
	if e.Stop == library.Drifted {
		parts = append(parts, a.w.T(text.LibraryDrift, "Before", kit.CleanLine(e.Drift)))
	}
	if e.Quality != "" {
		parts = append(parts, a.w.T(text.K("library.quality."+e.Quality)))
	}
	days := func(d library.Due, k text.K, left int) {
		if d == library.DueSoon || d == library.DueOver {
			parts = append(parts, a.w.T(k, "Days", a.w.Num(max(left, 0))))
		}
	}
	days(e.Validity, text.LibraryValid, int(e.ValidUntil.Sub(a.h.Now()).Hours()/24))
	days(e.Archive, text.LibraryArchive, int(e.ArchivedAt.Sub(a.h.Now()).Hours()/24))
	switch e.Review {
	case library.DueOK:
		parts = append(parts, a.w.T(text.LibraryReviewBy, "When", a.w.When(e.ReviewUntil, a.h.Now())))
	case library.DueSoon, library.DueOver:
		parts = append(parts, a.w.T(text.LibraryReviewLate))
	}
	if e.Family != "" {
		parts = append(parts, kit.CleanLine(e.Family)+"/"+cmp.Or(string(e.Role), "–"))
	}
	if e.Use.Sent > 0 {
		parts = append(parts, a.w.T(text.LibraryUse, "Sent", a.w.Num(e.Use.Sent), "Read", a.w.Num(e.Use.Read), "Replied", a.w.Num(e.Use.Replied)))
	}
	if e.Errors > 0 {
		parts = append(parts, a.w.N(text.LibraryErrors, e.Errors))
	}
	if e.Kind > 0 {
		parts = append(parts, a.w.T(text.LibraryKind, "Count", a.w.Num(e.Kind+1)))
	}
	return parts
}

// meant is which template a command's argument means.
type meant struct {
	language, channel string
	version           int
}

func (a *app) meantFlags(c *cobra.Command, m *meant) {
	c.Flags().StringVar(&m.language, "language", "", a.w.T(text.FlagTemplateLang))
	c.Flags().StringVar(&m.channel, "channel", "", a.w.T(text.FlagChannelOnly))
}

// find reads the version that an id or a name means: of a name the newest one
// that fits.
func (a *app) find(ctx context.Context, s *Shop, l *library.Service, arg string, m meant, fits func(core.StoredTemplate) bool) (core.StoredTemplate, error) {
	if n, err := strconv.ParseInt(arg, 10, 64); err == nil && n > 0 {
		return l.Read.StoredTemplate(ctx, n)
	}
	channel, err := channelID(ctx, s, m.channel)
	if err != nil {
		return core.StoredTemplate{}, err
	}
	all, err := l.Read.StoredTemplates(ctx, core.TemplateQuery{Name: arg, Language: m.language, Channel: channel, All: m.version > 0})
	if err != nil {
		return core.StoredTemplate{}, err
	}
	all = slices.DeleteFunc(all, func(t core.StoredTemplate) bool {
		return m.version > 0 && t.Version != m.version || fits != nil && !fits(t)
	})
	switch {
	case len(all) == 0:
		return core.StoredTemplate{}, refuse(core.NotFound, text.LibraryNone, "Name", clip(arg))
	case slices.ContainsFunc(all, func(t core.StoredTemplate) bool { return !t.SameText(&all[0]) }):
		return core.StoredTemplate{}, usage(text.TemplateMany, "Name", clip(arg), "Known", clip(spokenBy(all)))
	}
	return all[0], nil
}

func (a *app) templateShow() *cobra.Command {
	var m meant
	c := a.command("show NAME|ID", text.CmdTemplateShow, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			t, err := a.find(ctx, s, l, arg[0], m, nil)
			if err != nil {
				return err
			}
			return a.printTemplate(ctx, s, l, t)
		})
	})
	a.meantFlags(c, &m)
	c.Flags().IntVar(&m.version, "version", 0, a.w.T(text.FlagTemplateVersion))
	return c
}
