package campaign

import "time"

// window counts what happened in the last Span, for a limit that must hold in
// every stretch of that length wherever it begins. It counts in steps and
// takes a step for full as long as any part of it lies in the span: never more
// than the limit, and at most a step's worth less.
//
// Times must not go back.
type window struct {
	Span  time.Duration `json:"span"`
	Step  time.Duration `json:"step"`
	First int64         `json:"first"` // number of the step of Count[0]
	Count []int         `json:"count,omitempty"`
	sum   int           // of Count
}

// newWindow divides a span into steps.
func newWindow(span time.Duration, steps int) window {
	return window{Span: span, Step: span / time.Duration(steps)}
}

func (w *window) step(t time.Time) int64 { return floorDiv(t.UnixNano(), int64(w.Step)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}

// forget drops the steps that lie wholly outside (now-Span, now].
func (w *window) forget(now time.Time) {
	// Step i ends before (i+1)·Step, so it is outside when that is at or before now-Span.
	oldest := floorDiv(now.UnixNano()-int64(w.Span), int64(w.Step))
	drop := 0
	for drop < len(w.Count) && w.First+int64(drop) < oldest {
		w.sum -= w.Count[drop]
		drop++
	}
	w.Count = w.Count[drop:]
	w.First += int64(drop)
	if len(w.Count) == 0 {
		w.Count, w.First = nil, 0
	}
}

// in is how many happened in the span that ends at now.
func (w *window) in(now time.Time) int {
	w.forget(now)
	return w.sum
}

// add counts n at now.
func (w *window) add(now time.Time, n int) {
	w.forget(now)
	s := w.step(now)
	if len(w.Count) == 0 {
		w.First = s
	}
	for w.First+int64(len(w.Count)) <= s {
		w.Count = append(w.Count, 0)
	}
	w.Count[s-w.First] += n
	w.sum += n
}

// free is when fewer than limit are in the span for the first time from now
// on; now when that is so already. limit must be above zero.
func (w *window) free(now time.Time, limit int) time.Time {
	left := w.in(now)
	if left < limit {
		return now
	}
	for i, n := range w.Count {
		if left -= n; left < limit {
			// When the step's end has left the span.
			at := time.Unix(0, (w.First+int64(i)+1)*int64(w.Step)).Add(w.Span)
			return at.In(now.Location())
		}
	}
	return now.Add(w.Span) // not reached: without any step the span is empty
}

// sane reports whether a window is like another and counts nothing that lies
// after the last time seen, and works out what is not kept.
func (w *window) sane(like window, last time.Time) bool {
	n := int64(len(w.Count))
	if w.Span != like.Span || w.Step != like.Step || n > int64(w.Span/w.Step)+2 {
		return false
	}
	if n > 0 && (w.First < 0 || w.First > w.step(last)-n+1) {
		return false
	}
	w.sum = 0
	for _, k := range w.Count {
		if k < 0 || k > 1e9 {
			return false
		}
		w.sum += k
	}
	return true
}
