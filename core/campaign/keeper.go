package campaign

import (
	"sync"
	"time"
)

// keeper remembers an answer for each channel for a while. Its zero value is
// empty; safe for concurrent use.
type keeper[T any] struct {
	mu   sync.Mutex
	kept map[int64]answer[T]
}

type answer[T any] struct {
	value T
	at    time.Time
}

// of returns what is kept and younger than age, else asks. Errors are not kept.
func (k *keeper[T]) of(channel int64, now time.Time, age time.Duration, ask func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a, ok := k.kept[channel]; ok {
		if since := now.Sub(a.at); since >= 0 && since < age {
			return a.value, nil
		}
	}
	v, err := ask()
	if err != nil {
		return v, err
	}
	if k.kept == nil {
		k.kept = map[int64]answer[T]{}
	}
	k.kept[channel] = answer[T]{v, now}
	return v, nil
}
