package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (a *app) search() *cobra.Command {
	var q core.SearchQuery
	var before string
	c := a.command("search WORDS…", text.CmdSearch, args(1, -1), func(cmd *cobra.Command, arg []string) error {
		q.Words = strings.Join(arg, " ")
		if strings.TrimSpace(q.Words) == "" {
			return &usageError{key: text.UseTooFew, kv: []any{"Use", cmd.UseLine()}, command: cmd.CommandPath()}
		}
		if q.Limit < 1 || q.Limit > 200 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", q.Limit)
		}
		if before != "" {
			n, err := parseID(before)
			if err != nil {
				return err
			}
			q.Before = n
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			hits, err := s.Find.Search(ctx, q)
			if err != nil {
				return err
			}
			var forms []core.StoredTemplate
			if q.Before == 0 { // on the first page only: there are few
				if forms, err = s.Templates.StoredTemplates(ctx, core.TemplateQuery{Words: q.Words}); err != nil {
					return err
				}
			}
			return a.printHits(hits, forms[:min(len(forms), q.Limit)])
		})
	})
	c.Flags().IntVar(&q.Limit, "limit", 50, a.w.T(text.FlagLimit))
	c.Flags().StringVar(&before, "before", "", a.w.T(text.FlagBefore))
	return c
}

func (a *app) printHits(hits []core.Hit, forms []core.StoredTemplate) error {
	if a.g.JSON {
		out := make([]hitJSON, len(hits))
		for i := range hits {
			out[i] = hitShape(&hits[i])
		}
		for _, t := range forms {
			out = append(out, hitJSON{Snippet: t.Body, Template: &templateHitJSON{id(t.ID), t.Name, t.Language, t.State}})
		}
		return a.printJSON(out)
	}
	if len(hits)+len(forms) == 0 {
		return a.println(a.w.T(text.SearchNothing))
	}
	now := a.h.Now()
	for _, h := range hits {
		line := []string{kit.Fit(id(h.ConversationID), 5), kit.Fit(a.nameOf(&core.Contact{Name: h.Name, Phone: h.Phone}), 22)}
		if !h.At.IsZero() {
			line = append(line, kit.Fit(a.w.Stamp(h.At, now), 10))
		}
		if err := a.println(strings.TrimRight(strings.Join(append(line, kit.CleanLine(h.Snippet)), "  "), " ")); err != nil {
			return err
		}
	}
	for _, t := range forms {
		if err := a.println(kit.Fit("", 5) + "  " + kit.Fit(kit.CleanLine(t.Name), 22) + "  " + a.w.T(text.K("library.state."+string(t.State))) + "  " + clip(t.Body)); err != nil {
			return err
		}
	}
	return nil
}
