package campaign

import (
	"sync"
	"time"
)

// circle is the people who were written to outside their window within the
// portfolio's span, all numbers of the shop together (P-40). Each counts until
// a span after the last message. It keeps its own clock, which never goes back.
// Safe for concurrent use.
type circle struct {
	span time.Duration

	mu     sync.Mutex
	last   time.Time       // the latest time seen
	ahead  time.Duration   // own clock minus the one on the wall
	people map[int64]int64 // by contact: the last message, unix ns; a limitless shop has a million of them
	order  []meeting       // the same in order of time, some of them outdated
}

type meeting struct{ at, contact int64 }

func newCircle(span time.Duration) *circle {
	return &circle{span: span, people: map[int64]int64{}}
}

// meet notes a message of a time that may lie back: what the store remembers.
func (c *circle) meet(contact int64, wall time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := wall.Round(0).Add(c.ahead)
	if !c.last.IsZero() && at.After(c.last) {
		at = c.last // written down before the clock was set back
	}
	c.add(contact, at.UnixNano())
}

// count notes a message that leaves now.
func (c *circle) count(contact int64, wall time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(contact, c.move(wall).UnixNano())
}

func (c *circle) add(contact, at int64) {
	if old, ok := c.people[contact]; ok && at <= old {
		return
	}
	c.people[contact] = at
	c.order = append(c.order, meeting{at, contact})
	for i := len(c.order) - 1; i > 0 && c.order[i-1].at > at; i-- {
		c.order[i], c.order[i-1] = c.order[i-1], c.order[i]
	}
}

// move brings the circle to a time on the wall, forgets who is out of the span,
// and returns the time on its own clock.
func (c *circle) move(wall time.Time) time.Time {
	now := wall.Round(0).Add(c.ahead)
	if back := c.last.Sub(now); !c.last.IsZero() && back > 0 {
		c.ahead += back
		now = c.last
	}
	c.last = now
	n, gone := 0, now.Add(-c.span).UnixNano()
	for n < len(c.order) && c.order[n].at <= gone {
		if m := c.order[n]; c.people[m.contact] == m.at {
			delete(c.people, m.contact)
		}
		n++
	}
	c.order = c.order[n:]
	return now
}

// size is how many people are in it.
func (c *circle) size(wall time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(wall)
	return len(c.people)
}

// wait is the wait, as the clock on the wall will show it, until one more
// person fits into a limit; none for somebody who is in already. Below zero
// there is no limit.
func (c *circle) wait(wall time.Time, contact int64, limit int) Wait {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.move(wall)
	if _, met := c.people[contact]; met || limit < 0 || len(c.people) < limit {
		return Wait{}
	}
	over := len(c.people) - limit + 1 // people who must be forgotten first
	for _, m := range c.order {
		if c.people[m.contact] == m.at {
			if over--; over == 0 {
				return Wait{TierLimit, time.Unix(0, m.at).In(now.Location()).Add(c.span - c.ahead)}
			}
		}
	}
	return Wait{TierLimit, now.Add(c.span - c.ahead)} // a limit of nobody
}
