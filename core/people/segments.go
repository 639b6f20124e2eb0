package people

import (
	"context"
	"strings"

	"bottega/core"
	"bottega/core/fold"
)

// Named finds a segment by its name, however that is written: a saved one
// before a ready-made one. known is false when there is none.
func (s *Service) Named(ctx context.Context, name string) (g core.SavedSegment, known bool, err error) {
	name = fold.String(strings.TrimSpace(name))
	saved, err := s.Store.Segments(ctx)
	if err != nil || name == "" {
		return g, false, fail("people.Named", err)
	}
	for _, g := range saved {
		if fold.String(g.Name) == name {
			return g, true, nil
		}
	}
	for _, r := range s.Data.Segments {
		if fold.String(r.Name) == name {
			return core.SavedSegment{Name: r.Name, Expr: r.Expr}, true, nil
		}
	}
	return g, false, nil
}

// RemoveSegment forgets a saved segment; NotFound when there is none.
func (s *Service) RemoveSegment(ctx context.Context, name string) error {
	return fail("people.RemoveSegment", s.Store.RemoveSegment(ctx, name))
}

// ExportThese is Export for people by id, in the order given; those who are gone
// meanwhile are left out.
func (s *Service) ExportThese(ctx context.Context, ids []int64, header []string, write func(cells []string) error) (n int, err error) {
	for _, id := range ids {
		cells, err := s.cells(ctx, id, header)
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err == nil {
			err = write(cells)
		}
		if err != nil {
			return n, fail("people.ExportThese", err)
		}
		n++
	}
	return n, nil
}
