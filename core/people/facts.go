package people

import (
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/segment"
)

// Facts are what the program works out about a person. Amounts are in the
// shop's currency, in hundred-millionths (segment.DecimalScale).
type Facts struct {
	Orders                int
	Spend, AOV, LTV       int64
	FirstOrder, LastOrder time.Time
	Freq                  string // none, rarer, quarterly, monthly (S-059)
	AOVTier               string // none, low, mid, high (S-060)
	Country               string // ISO 3166, of the number or the user id
	LastIn, LastOut       time.Time
	OptIn, OptOut         bool // as to marketing; both false when nobody asked
	Blocked, Waiting      bool
	Kept                  bool // never in the low-frequency group, by an agent's word
}

// Listed is one line of a list of people.
type Listed struct {
	core.Contact // without identities
	Facts
}

// Sort is a column that a list can be ordered by.
type Sort string

const (
	ByName      Sort = "name" // folded; those without a name come last
	ByPhone     Sort = "phone"
	BySeen      Sort = "seen" // their last message
	BySpend     Sort = "spend"
	ByOrders    Sort = "orders"
	ByLastOrder Sort = "last_order"
	ByCreated   Sort = "created"
)

// Heat is how warm a person is: one of segment's heat values, the youngest
// band they fall in. low reports the low-frequency group (S-230).
func (s *Service) Heat(f *Facts) (heat string, low bool) {
	if f.LastIn.IsZero() {
		return segment.HeatNever, false
	}
	b := s.Bands()
	switch age := s.Now().Sub(f.LastIn); {
	case age < b.Hot:
		return segment.Heat7d, false
	case age < b.Warm:
		return segment.Heat30d, false
	case age < b.Cold:
		return segment.HeatQuiet, !f.Kept
	}
	return segment.HeatCold, !f.Kept
}

// Rounded is an amount to the hundredth, as people read it: an average has more
// decimals than a price. Halves go away from zero.
func Rounded(units int64) int64 {
	const cent = segment.DecimalScale / 100
	half := int64(cent / 2)
	if units < 0 {
		half = -half
	}
	return (units + half) / cent * cent
}

// Amount writes hundred-millionths as a decimal number: "12.5".
func Amount(units int64) string {
	sign := ""
	if units < 0 {
		sign, units = "-", -units
	}
	s := strconv.FormatInt(units/segment.DecimalScale, 10)
	if f := units % segment.DecimalScale; f != 0 {
		frac := strconv.FormatInt(segment.DecimalScale+f, 10)[1:]
		s += "." + strings.TrimRight(frac, "0")
	}
	return sign + s
}
