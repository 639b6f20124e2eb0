package campaign

import (
	"hash/fnv"
	"math"
	"strconv"
)

// Split is which version a person gets, or that it is held back to compare
// with. It depends on campaign and person alone: the same after a restart, for
// the same person in any order, and apart from other campaigns. Versions come
// in equal parts (also the rotation of S-210).
func Split(campaign int64, person string, variants int, holdBack float64) (variant int, held bool) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.FormatInt(campaign, 10) + "\x00" + person)) // never fails
	x := mix(h.Sum64())
	if float64(x>>40)/float64(1<<24) < holdBack {
		return 0, true
	}
	if variants <= 1 {
		return 0, false
	}
	return int(mix(x) % uint64(variants)), false
}

// mix spreads the bits of FNV, whose high ones depend little on a short text's end.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Arm is one side of a comparison: how many got it, and how many did what counts.
type Arm struct {
	Name string
	N    int
	Hits int
}

// Share of the hits, 0 for nobody.
func (a Arm) Share() float64 {
	if a.N == 0 {
		return 0
	}
	return float64(a.Hits) / float64(a.N)
}

// Arms are the versions of a campaign, by their templates' names: how many it
// reached and how many came at least as far as the state. Who got another
// version than theirs (see Forms.Pick) is in none.
func (c *Campaign) Arms(rows []Recipient, far RecipientState) []Arm {
	out := make([]Arm, len(c.Templates))
	for v, name := range c.Templates {
		out[v].Name = name
	}
	for i := range rows {
		x := &rows[i]
		reached := progress[x.State] >= progress[Accepted] && x.State != Failed
		if !reached || x.Variant >= len(out) || x.Template != c.Templates[x.Variant] {
			continue
		}
		out[x.Variant].N++
		if progress[x.State] >= progress[far] {
			out[x.Variant].Hits++
		}
	}
	return out
}

// Finding is what a comparison says, for words in ui/text.
type Finding string

const (
	TooFew Finding = "too_few" // Outcome.Needed more of each side would tell
	Even   Finding = "even"    // enough to see a difference that matters, and there is none
	First  Finding = "first"   // the first is better
	Second Finding = "second"
)

// Outcome of a comparison.
type Outcome struct {
	Finding    Finding
	Difference float64 // share of the first minus that of the second
	Low, High  float64 // the difference lies between them, at the level of the rules
	P          float64 // how likely such a difference is by chance alone
	Needed     int     // of TooFew: people more, both sides together
}

// Compare tests whether two shares differ (two-sided z-test with pooled
// variance; the interval is Newcombe's, which holds for few and for rare hits).
// Because a running test is looked at again and again, it must differ the more
// clearly the fewer people there are (O'Brien and Fleming's bound: z grows with
// the root of what is missing to the people that a difference of ABLeast needs
// at the wanted power). "Even" is said only once those are there.
func (r *Rules) Compare(a, b Arm) Outcome {
	o := Outcome{Difference: a.Share() - b.Share(), P: 1}
	o.Low, o.High = newcombe(a, b, r.ABLevel.Value)
	z := 0.0
	if a.N > 0 && b.N > 0 {
		pooled := float64(a.Hits+b.Hits) / float64(a.N+b.N)
		if se := math.Sqrt(pooled * (1 - pooled) * (1/float64(a.N) + 1/float64(b.N))); se > 0 {
			z = math.Abs(o.Difference) / se
			o.P = math.Erfc(z / math.Sqrt2)
		}
	}
	need := r.needed(a, b)
	part := min(1, float64(min(a.N, b.N))/float64(need))
	switch {
	case part > 0 && z >= quantile(1-r.ABLevel.Value/2)/math.Sqrt(part):
		o.Finding = First
		if o.Difference < 0 {
			o.Finding = Second
		}
	case part < 1:
		o.Finding, o.Needed = TooFew, max(0, need-a.N)+max(0, need-b.N)
	default:
		o.Finding = Even
	}
	return o
}

// needed is how many each side needs so that a difference of ABLeast from the
// share they have together is seen with the wanted power.
func (r *Rules) needed(a, b Arm) int {
	base := 0.5 // nothing is known: the widest
	if n := a.N + b.N; n > 0 {
		// One more hit and one more miss than there are: no share is taken for certain.
		base = float64(a.Hits+b.Hits+1) / float64(n+2)
	}
	least := r.ABLeast.Value
	p1, p2 := base, base+least
	if p2 > 1 {
		p1, p2 = base-least, base
	}
	mid := (p1 + p2) / 2
	za, zb := quantile(1-r.ABLevel.Value/2), quantile(r.ABPower.Value)
	root := za*math.Sqrt(2*mid*(1-mid)) + zb*math.Sqrt(p1*(1-p1)+p2*(1-p2))
	return int(math.Ceil(root * root / (least * least)))
}

// newcombe is the interval of the difference of two shares from Wilson's of each.
func newcombe(a, b Arm, level float64) (low, high float64) {
	z := quantile(1 - level/2)
	la, ua := wilson(a, z)
	lb, ub := wilson(b, z)
	d, pa, pb := a.Share()-b.Share(), a.Share(), b.Share()
	return d - math.Hypot(pa-la, ub-pb), d + math.Hypot(ua-pa, pb-lb)
}

// wilson is the interval of one share; 0 to 1 for nobody.
func wilson(a Arm, z float64) (low, high float64) {
	if a.N == 0 {
		return 0, 1
	}
	n, p := float64(a.N), a.Share()
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}

// quantile of the normal distribution.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
