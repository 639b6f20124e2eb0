package people

import (
	"context"
	"slices"

	"bottega/core/contact"
)

// Pair are two records that may be one person, the older first, and why:
// contact.ColPhone for forms of one number, ColEmail, ColName.
type Pair struct {
	A, B Listed
	Why  []string
}

// Duplicates finds records that may be one person: by forms of a phone number,
// the same e-mail, or the same name with nothing that tells them apart.
func (s *Service) Duplicates(ctx context.Context, limit int) ([]Pair, error) {
	found, err := s.Store.SameAddress(ctx, limit)
	if err != nil {
		return nil, err
	}
	byPair := map[[2]int64][]string{}
	var order [][2]int64
	for _, f := range found {
		key := [2]int64{min(f.A, f.B), max(f.A, f.B)}
		if key[0] == key[1] || slices.Contains(byPair[key], f.Why) {
			continue
		}
		if byPair[key] == nil {
			order = append(order, key)
		}
		byPair[key] = append(byPair[key], f.Why)
	}
	order = order[:min(len(order), limit, MaxRows/2)]
	var ids []int64
	for _, k := range order {
		ids = append(ids, k[0], k[1])
	}
	rows, err := s.Rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	at := map[int64]Listed{}
	for _, r := range rows {
		at[r.ID] = r
	}
	var out []Pair
	for _, k := range order {
		a, b := at[k[0]], at[k[1]]
		why := slices.DeleteFunc(byPair[k], func(w string) bool { // alike in the last digits alone says nothing
			return w == contact.ColPhone && !slices.Contains(a.Phone.Forms(), b.Phone)
		})
		if a.ID != 0 && b.ID != 0 && len(why) > 0 {
			out = append(out, Pair{a, b, why})
		}
	}
	return out, nil
}

// Likeness is a hint that two records are one person.
type Likeness struct {
	A, B int64
	Why  string
}
