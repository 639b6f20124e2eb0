package campaign

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// seats are the rows of a plan, in pieces: a list that grows as one copies all
// that it has, and holds both meanwhile.
type seats struct {
	pieces [][]row
	n      int
}

const piece = 8192

func (s *seats) add(x row) {
	if s.n%piece == 0 {
		s.pieces = append(s.pieces, make([]row, 0, piece))
	}
	last := &s.pieces[len(s.pieces)-1]
	*last = append(*last, x)
	s.n++
}

func (s *seats) at(i int32) *row { return &s.pieces[i/piece][i%piece] }

// all yields the rows in the order in which they were added.
func (s *seats) all() iter.Seq2[int32, *row] {
	return func(yield func(int32, *row) bool) {
		for i := range int32(s.n) {
			if !yield(i, s.at(i)) {
				return
			}
		}
	}
}

// alias is a user id of a row, by its hash.
type alias struct {
	hash uint64
	row  int32
}

// named marks a packed key that is no number: the rest is a place in Plan.names.
const named = 1 << 63

// pack makes a person's key small. A number of up to 18 digits is its digits;
// 0 is no key.
func (pl *Plan) pack(key string) uint64 {
	if key == "" {
		return 0
	}
	if len(key) > 1 && len(key) <= 19 && key[0] == '+' && key[1] != '0' {
		if n, err := strconv.ParseUint(key[1:], 10, 64); err == nil {
			return n
		}
	}
	pl.names = append(pl.names, key)
	return named | uint64(len(pl.names)-1)
}

// key is what was packed.
func (pl *Plan) key(k uint64) string {
	switch {
	case k == 0:
		return ""
	case k&named != 0:
		return pl.names[k&^named]
	}
	return "+" + strconv.FormatUint(k, 10)
}

// join makes rows one person that share a number, in any form, or a user id.
func (pl *Plan) join() {
	pl.parent = make([]int32, pl.rows.n)
	order := make([]int32, 0, pl.rows.n)
	odd := map[string]int32{} // numbers that are none, the same way
	for i, x := range pl.rows.all() {
		pl.parent[i] = i
		switch {
		case x.key == 0:
		case x.key&named == 0:
			order = append(order, i)
		default:
			name := pl.key(x.key)
			if strings.HasPrefix(name, userKey) {
				continue // told by second
			}
			if first, ok := odd[name]; ok {
				pl.unite(first, i)
			} else {
				odd[name] = i
			}
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(pl.rows.at(a).key, pl.rows.at(b).key) })
	for i := 1; i < len(order); i++ {
		if pl.rows.at(order[i-1]).key == pl.rows.at(order[i]).key {
			pl.unite(order[i-1], order[i])
		}
	}
	slices.SortFunc(pl.second, func(a, b alias) int { return cmp.Compare(a.hash, b.hash) })
	for i := 1; i < len(pl.second); i++ {
		if pl.second[i-1].hash == pl.second[i].hash {
			pl.unite(pl.second[i-1].row, pl.second[i].row)
		}
	}
	pl.second = nil
}

func (pl *Plan) unite(a, b int32) { pl.parent[pl.root(b)] = pl.root(a) }

func (pl *Plan) root(i int32) int32 {
	for pl.parent[i] != i {
		pl.parent[i] = pl.parent[pl.parent[i]]
		i = pl.parent[i]
	}
	return i
}

// ofThePerson are reasons that hold for all contacts of a person: what they
// said or got was not said or got by a row.
var ofThePerson = []Reason{OptedOut, Promo, Capped, Blocked}

// settle finds who is there twice. A person is written to once, and not at all
// when any of the contacts says so.
func (pl *Plan) settle() {
	pl.join()
	stop := make([]uint8, pl.rows.n) // by root, 0 for none
	for i, x := range pl.rows.all() {
		if why := x.reason; slices.Contains(ofThePerson, verdicts[why]) {
			if old := &stop[pl.root(i)]; *old == 0 || why < *old {
				*old = why
			}
		}
	}
	taken := make([]bool, pl.rows.n)
	clear(pl.reason)
	for i, x := range pl.rows.all() {
		if why := verdicts[x.reason]; why == Included || why == HeldBack {
			root := pl.root(i)
			switch {
			case stop[root] != 0:
				x.reason = stop[root]
			case taken[root]:
				x.reason = verdict(Duplicate)
			}
			taken[root] = true
		}
		pl.reason[verdicts[x.reason]]++
	}
	pl.parent = nil
}
