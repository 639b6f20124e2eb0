package wire

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Dates notes what time a provider's answers say that it is. The zero value is
// ready; safe for concurrent use.
type Dates struct {
	mu                    sync.Mutex
	said, asked, answered time.Time
}

type datesKey struct{}

// Noting returns a context under which the answers of all calls are noted in d.
func Noting(ctx context.Context, d *Dates) context.Context {
	return context.WithValue(ctx, datesKey{}, d)
}

// Skew is how far our clock is from the one of the last dated answer, positive
// when ours is ahead: what lies within the time that the answer took is none.
// ok is false when there was no dated answer.
func (d *Dates) Skew() (skew time.Duration, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch end := d.said.Add(time.Second); { // a Date has no fractions
	case d.said.IsZero():
		return 0, false
	case d.answered.Before(d.said):
		return d.answered.Sub(d.said), true
	case d.asked.After(end):
		return d.asked.Sub(end), true
	}
	return 0, true
}

// note reads the date of an answer for whoever wants it.
func note(ctx context.Context, h http.Header, asked, answered time.Time) {
	d, ok := ctx.Value(datesKey{}).(*Dates)
	if !ok {
		return
	}
	said, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.said, d.asked, d.answered = said, asked, answered
}
