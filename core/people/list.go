package people

import (
	"context"

	"bottega/core"
)

// List returns the ids of all whom an expression holds for, in order. A screen
// keeps them and reads the rows that it shows: so each step of a long list
// costs the same, wherever it is, and nobody moves under the cursor. Equal
// values go by id.
func (s *Service) List(ctx context.Context, expr string, by Sort, desc bool) ([]int64, error) {
	q, err := s.Parse(ctx, expr)
	if err != nil {
		return nil, err
	}
	return s.Store.ListPeople(ctx, q, s.Now(), s.Bands(), by, desc)
}

// MaxRows is the most that Rows reads at once.
const MaxRows = 500

// Rows reads up to MaxRows people by their ids, in the order asked for. Those
// who are gone meanwhile are missing.
func (s *Service) Rows(ctx context.Context, ids []int64) ([]Listed, error) {
	return s.Store.PeopleRows(ctx, ids[:min(len(ids), MaxRows)])
}

// Tags in use with their number of people and their colours, most used first.
func (s *Service) Tags(ctx context.Context) ([]Tag, error) {
	counts, err := s.Store.Tags(ctx)
	if err != nil {
		return nil, err
	}
	colours, err := s.Store.TagColours(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Tag, len(counts))
	for i, c := range counts {
		out[i] = Tag{TagCount: c, Colour: colours[c.Tag]}
	}
	return out, nil
}

// Tag is a tag in use. Colour is one of the theme's names, "" for none.
type Tag struct {
	core.TagCount
	Colour string
}
