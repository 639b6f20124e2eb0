package ledger

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Level is how near a quota or budget is to its end.
type Level string

const (
	Fine Level = "ok"
	Near Level = "near" // from the first mark of Book.WarnAt
	Over Level = "over" // from the last
)

func (b *Book) level(used, of decimal.Decimal) Level {
	if !of.IsPositive() || len(b.WarnAt) == 0 {
		return Fine
	}
	share := used.DivRound(of, 6)
	switch {
	case share.GreaterThanOrEqual(b.WarnAt[len(b.WarnAt)-1]):
		return Over
	case share.GreaterThanOrEqual(b.WarnAt[0]):
		return Near
	}
	return Fine
}

// Quota is a channel's free service messages of the month (S-003, P-74).
type Quota struct {
	Channel int64
	Used    int // delivered, those beyond Free too
	Free    int // 0 when all are free or none
	Left    int
	Resets  time.Time
	Level   Level
}

// Quotas lists the channels given and those that used some, by id.
func (m *Month) Quotas(channels ...int64) []Quota {
	free := m.book.eraAt(m.account, m.Start).FreeService
	ids := slices.Sorted(maps.Keys(m.service))
	for _, id := range channels {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	out := []Quota{}
	for _, id := range ids {
		used := m.service[id]
		out = append(out, Quota{Channel: id, Used: used, Free: free, Left: max(0, free-used), Resets: m.End,
			Level: m.book.level(decimal.NewFromInt(int64(used)), decimal.NewFromInt(int64(free)))})
	}
	return out
}
