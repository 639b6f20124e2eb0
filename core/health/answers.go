package health

import (
	"math"
	"sort"
	"time"

	"bottega/core"
)

// The bounds of answer times: each a quarter above the last, from a millisecond
// to some ten seconds, so that a percentile is exact to a quarter.
const (
	firstBound = time.Millisecond
	boundStep  = 1.25
	boundCount = 42
)

// Bound is the time that answers of a bucket stay below.
func Bound(bucket int) time.Duration {
	return time.Duration(float64(firstBound) * math.Pow(boundStep, float64(bucket)))
}

// Bucket is where an answer time belongs; what is slower than the last bound
// is put there.
func Bucket(took time.Duration) int {
	return min(sort.Search(boundCount, func(i int) bool { return took < Bound(i) }), boundCount-1)
}

// Answered sums up answers to callbacks: those with a 5xx, and those turned
// away, which are nobody's error but the caller's, are counted apart.
type Answered struct {
	N, Failed, Refused int
	P50, P99           time.Duration // of those answered 2xx; zero when there is none
}

// ErrorShare is the part that failed, those turned away left out; 0 to 1.
func (a Answered) ErrorShare() float64 {
	if a.N+a.Failed == 0 {
		return 0
	}
	return float64(a.Failed) / float64(a.N+a.Failed)
}

// Met reports whether the goals are: nothing answered meets them.
func (g AnswerGoals) Met(a Answered) bool {
	return a.P50 <= g.Median.D() && a.P99 < g.Limit.D() && a.ErrorShare() < g.Errors
}

// SumAnswers sums up counts.
func SumAnswers(as []core.Answers) Answered {
	var out Answered
	var by [boundCount]int
	for _, a := range as {
		switch a.Class {
		case 2:
			out.N += a.N
			by[min(max(a.Bucket, 0), boundCount-1)] += a.N
		case 5:
			out.Failed += a.N
		default:
			out.Refused += a.N
		}
	}
	out.P50, out.P99 = rank(by[:], out.N, 0.50), rank(by[:], out.N, 0.99)
	return out
}

// rank is the bound that the share p of n stays below.
func rank(by []int, n int, p float64) time.Duration {
	if n == 0 {
		return 0
	}
	want, sum := int(math.Ceil(p*float64(n))), 0
	for i, k := range by {
		if sum += k; sum >= want {
			return Bound(i)
		}
	}
	return Bound(len(by) - 1)
}
