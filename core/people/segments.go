package people

import "context"

// RemoveSegment forgets a saved segment; NotFound when there is none.
func (s *Service) RemoveSegment(ctx context.Context, name string) error {
	return fail("people.RemoveSegment", s.Store.RemoveSegment(ctx, name))
}
