package people

import (
	"context"

	"bottega/core"
)

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
