package webhook

import (
	"time"

	"bottega/bsp"
)

// Latency keeps the times and outcomes of the last callbacks for the health
// page: S-029 (answer within 500 ms), S-219 (callback delay at its peak),
// S-181 (error rate). Its Observe fits Options.Observe. The zero value is
// ready; safe for concurrent use.
type Latency struct{ window bsp.Window }

// Observe notes one callback. Only a status of 500 and above is our failure: a
// refused stranger is none.
func (l *Latency) Observe(d time.Duration, status int) { l.window.Add(d, status >= 500) }

// Summary of the callbacks still remembered.
func (l *Latency) Summary() bsp.Summary { return l.window.Summary() }
