package webhook

import (
	"context"
	"sync"
	"time"
)

// Cached remembers the channels that lookup found for ttl, so that a burst of
// callbacks does not ask the store and the keyring each time. What was not
// found is not remembered. A changed secret counts after ttl; until then the
// provider's callbacks are refused and come again.
func Cached(lookup func(ctx context.Context, name string) (Channel, error), ttl time.Duration, now func() time.Time) func(context.Context, string) (Channel, error) {
	type entry struct {
		ch Channel
		at time.Time
	}
	var mu sync.Mutex
	known := map[string]entry{}
	return func(ctx context.Context, name string) (Channel, error) {
		mu.Lock()
		e, ok := known[name]
		mu.Unlock()
		// Less than none when the clock was set back: better asked again than
		// kept for as long.
		if age := now().Sub(e.at); ok && age >= 0 && age < ttl {
			return e.ch, nil
		}
		ch, err := lookup(ctx, name)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			delete(known, name)
			return ch, err
		}
		known[name] = entry{ch, now()} // as many as there are channels
		return ch, nil
	}
}
