package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// exprError is a wrong segment expression with the expression itself.
type exprError struct {
	expr string
	err  *segment.Error
}

func (e *exprError) Error() string { return e.err.Error() }

// inExpr keeps the expression beside what is wrong with it.
func inExpr(expr string, err error) error {
	var bad *segment.Error
	if errors.As(err, &bad) {
		return &exprError{expr, bad}
	}
	return err
}

// Columns of an expression that are shown around a caret.
const (
	caretBefore = 40
	caretAfter  = 30
)

// caret writes the expression with a caret under the wrong word.
func (e *exprError) caret() string {
	rs := []rune(e.expr)
	at, end := min(e.err.At, len(rs)), min(e.err.End, len(rs))
	from := max(0, at-caretBefore)
	to := min(len(rs), max(at, min(end, at+caretAfter))+caretAfter)
	before := kit.CleanLine(string(rs[from:at]))
	word := kit.CleanLine(string(rs[at:min(max(end, at), to)]))
	after := kit.CleanLine(string(rs[min(max(end, at), to):to]))
	return "  " + before + word + after + "\n  " + strings.Repeat(" ", kit.Width(before)) + strings.Repeat("^", max(1, kit.Width(word)))
}

// segmentWords says what is wrong with an expression and what is right.
func (a *app) segmentWords(e *segment.Error) string {
	s := a.w.T(text.K("cli.segment."+string(e.Code)), "Found", clip(e.Found), "Field", clip(e.Field))
	if e.Suggest != "" {
		s += " " + a.w.T(text.SegmentSuggest, "Word", e.Suggest)
	}
	if len(e.Allowed) > 0 {
		s += " " + a.w.T(text.SegmentAllowed, "Words", clip(strings.Join(e.Allowed, ", ")))
	}
	return s
}

type segmentJSON struct {
	Name  string `json:"name"`
	Expr  string `json:"expr"`
	Count int    `json:"count"`
	Ready bool   `json:"ready,omitempty"` // every shop has it
}

type countJSON struct {
	Expr  string `json:"expr"`
	Count int    `json:"count"`
}

func (a *app) segments() *cobra.Command {
	list := a.command("list", text.CmdSegmentsList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			all, err := s.Customers.Segments(ctx)
			if err != nil {
				return err
			}
			return a.printSegments(all)
		})
	})
	save := a.command("save NAME EXPR", text.CmdSegmentsSave, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			g, err := s.Customers.SaveSegment(ctx, strings.TrimSpace(arg[0]), arg[1])
			if err != nil {
				return inExpr(arg[1], err)
			}
			n, err := s.Customers.Count(ctx, g.Expr)
			if err != nil {
				return err
			}
			return a.printSegments([]people.Counted{{SavedSegment: g, Count: n}})
		})
	})
	count := a.command("count EXPR", text.CmdSegmentsCount, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			n, err := s.Customers.Count(ctx, arg[0])
			if err != nil {
				return inExpr(arg[0], err)
			}
			if a.g.JSON {
				return a.printJSON(countJSON{arg[0], n})
			}
			return a.println(a.w.N(text.PeopleCount, n))
		})
	})
	return a.parent("segments", text.CmdSegments, list, save, count, a.segmentsBenchmarks())
}

func (a *app) printSegments(all []people.Counted) error {
	if a.g.JSON {
		out := make([]segmentJSON, len(all))
		for i, g := range all {
			out[i] = segmentJSON{g.Name, g.Expr, g.Count, g.Ready}
		}
		return a.printJSON(out)
	}
	for _, g := range all {
		if err := a.println(kit.Fit(kit.CleanLine(g.Name), 22) + "  " + kit.Fit(a.w.N(text.PeopleCount, g.Count), 12) + "  " + kit.CleanLine(g.Expr)); err != nil {
			return err
		}
	}
	return nil
}
