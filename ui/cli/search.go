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
			return a.printHits(hits)
		})
	})
	c.Flags().IntVar(&q.Limit, "limit", 50, a.w.T(text.FlagLimit))
	c.Flags().StringVar(&before, "before", "", a.w.T(text.FlagBefore))
	return c
}

func (a *app) printHits(hits []core.Hit) error {
	if a.g.JSON {
		out := make([]hitJSON, len(hits))
		for i := range hits {
			out[i] = hitShape(&hits[i])
		}
		return a.printJSON(out)
	}
	if len(hits) == 0 {
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
	return nil
}
