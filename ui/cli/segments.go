package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
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
	Name     string `json:"name"`
	Expr     string `json:"expr"`
	Count    int    `json:"count"`
	Ready    bool   `json:"ready,omitempty"`    // every shop has it
	Replaced string `json:"replaced,omitempty"` // the expression that it had before
}

type countJSON struct {
	Name  string `json:"name,omitempty"` // of the segment that was asked for
	Expr  string `json:"expr"`
	Count int    `json:"count"`
}

// segmentOf is the expression of the segment that words name as a whole, else
// the words: they are an expression themselves. In quotes a word is looked for.
func segmentOf(ctx context.Context, s *Shop, words string) (string, error) {
	g, known, err := s.Customers.Named(ctx, words)
	if err != nil || !known {
		return words, err
	}
	return g.Expr, nil
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
	return a.parent("segments", text.CmdSegments, list, a.segmentsSave(), a.segmentsRemove(), a.segmentsCount(), a.segmentsBenchmarks())
}

// segmentsSave keeps an expression; one that stands under the name already goes
// only when that is meant.
func (a *app) segmentsSave() *cobra.Command {
	var yes bool
	c := a.command("save NAME EXPR", text.CmdSegmentsSave, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		name, expr := strings.TrimSpace(arg[0]), arg[1]
		switch {
		case name == "":
			return usage(text.UseSegmentName)
		case strings.TrimSpace(expr) == "":
			return usage(text.UseSegmentExpr)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			q, err := s.Customers.Parse(ctx, expr)
			if err != nil {
				return inExpr(expr, err)
			}
			was, known, err := s.Customers.Named(ctx, name)
			if err != nil {
				return err
			}
			replaces := known && was.Expr != q.String()
			if replaces && !yes {
				return refuse(core.Conflict, text.SegmentTaken, "Name", clip(was.Name), "Expr", clip(was.Expr))
			}
			g, err := s.Customers.SaveSegment(ctx, name, expr)
			if err != nil {
				return inExpr(expr, err)
			}
			n, err := s.Customers.Count(ctx, g.Expr)
			if err != nil {
				return err
			}
			out := people.Counted{SavedSegment: g, Count: n}
			if !replaces {
				return a.printSegments([]people.Counted{out})
			}
			if a.g.JSON {
				return a.printJSON([]segmentJSON{{Name: g.Name, Expr: g.Expr, Count: n, Replaced: was.Expr}})
			}
			return errors.Join(a.printSegments([]people.Counted{out}), a.println(a.w.T(text.SegmentReplaced, "Expr", clip(was.Expr))))
		})
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T(text.FlagReplaceSegment))
	return c
}

// segmentsRemove forgets a saved segment; the people in it stay.
func (a *app) segmentsRemove() *cobra.Command {
	return a.command("remove NAME", text.CmdSegmentsRemove, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			g, known, err := s.Customers.Named(ctx, arg[0])
			if err != nil {
				return err
			}
			if known {
				err = s.Customers.RemoveSegment(ctx, g.Name)
			}
			switch {
			case !known || core.CodeOf(err) == core.NotFound: // ready-made ones stay
				return refuse(core.NotFound, text.SegmentNone, "Name", clip(arg[0]))
			case err != nil:
				return err
			case a.g.JSON:
				return a.printJSON(map[string]any{"name": g.Name, "removed": true})
			}
			return a.println(a.w.T(text.SegmentRemoved, "Name", kit.CleanLine(g.Name), "Expr", clip(g.Expr)))
		})
	})
}

// segmentsCount counts an expression, or a segment by its name.
func (a *app) segmentsCount() *cobra.Command {
	return a.command("count EXPR", text.CmdSegmentsCount, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			out := countJSON{Expr: arg[0]}
			g, known, err := s.Customers.Named(ctx, arg[0])
			if err != nil {
				return err
			}
			if known {
				out.Name, out.Expr = g.Name, g.Expr
			}
			if out.Count, err = s.Customers.Count(ctx, out.Expr); err != nil {
				return inExpr(out.Expr, err)
			}
			switch said := a.w.N(text.PeopleCount, out.Count); {
			case a.g.JSON:
				return a.printJSON(out)
			case known:
				return a.println(kit.CleanLine(g.Name) + ": " + said + "  " + kit.CleanLine(g.Expr))
			default:
				return a.println(said)
			}
		})
	})
}

func (a *app) printSegments(all []people.Counted) error {
	if a.g.JSON {
		out := make([]segmentJSON, len(all))
		for i, g := range all {
			out[i] = segmentJSON{Name: g.Name, Expr: g.Expr, Count: g.Count, Ready: g.Ready}
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
