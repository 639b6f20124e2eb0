package bird

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// listing is a page of a list. Cursors: next for older, prev for newer within
// what was asked, refresh for what appears later (bsp/bird.md 4).
type listing struct {
	Data    wire.List `json:"data"`
	Next    wire.Text `json:"next_cursor"`
	Prev    wire.Text `json:"prev_cursor"`
	Refresh wire.Text `json:"refresh_cursor"`
}

const (
	// begin is how far the first poll looks back.
	begin = 24 * time.Hour
	// follow is how long the state of what went out is followed.
	follow = 24 * time.Hour
	// pollPages bounds the pages of one poll of one direction.
	pollPages = 200
	pageSize  = "50"
)

// cursor is what Poll remembers: Bird's own cursor for what comes in, and how
// what went out stood when it was last told.
type cursor struct {
	From    time.Time         `json:"from"` // the first poll looked back to here
	Refresh string            `json:"refresh,omitempty"`
	Stood   map[string]string `json:"stood,omitempty"`
}

// Poll lists what came in, by Bird's own cursor, and what went out and stands
// otherwise than when it was last told. Only a whole poll moves the cursor.
func (g *Gateway) Poll(ctx context.Context, last string) (core.Polled, error) {
	const op = "bird.Poll"
	now := g.line.Now()
	c := cursor{From: now.Add(-begin)}
	if last != "" && json.Unmarshal([]byte(last), &c) != nil {
		c = cursor{From: now.Add(-begin)} // a foreign cursor: look back further rather than miss something
	}
	came, err := g.inbound(ctx, op, &c)
	if err != nil {
		return core.Polled{}, err
	}
	changed, err := g.outbound(ctx, op, &c, now)
	if err != nil {
		return core.Polled{}, err
	}
	var p core.Polled
	if p.Bodies, err = wire.Bodies("data", append(came, changed...)); err != nil {
		return core.Polled{}, core.Fail(core.Internal, op, err)
	}
	b, err := json.Marshal(c)
	if err != nil {
		return core.Polled{}, core.Fail(core.Internal, op, err)
	}
	p.Cursor = string(b)
	return p, nil
}

// inbound lists what came in since, oldest first. A page without a refresh
// cursor is empty: the last one that was there counts on.
func (g *Gateway) inbound(ctx context.Context, op string, c *cursor) ([]json.RawMessage, error) {
	q := url.Values{"direction": {"inbound"}, "limit": {pageSize}}
	if g.number != "" { // a workspace may have several, each a channel of its own
		q.Set("to", string(g.number))
	}
	forward := c.Refresh != ""
	if forward {
		q.Set("ending_before", c.Refresh)
	} else {
		q.Set("created_after", c.From.UTC().Format(time.RFC3339))
	}
	var all []json.RawMessage
	refresh := ""
	for range pollPages {
		var page listing
		if err := g.get(ctx, op, q, &page, "whatsapp", "messages"); err != nil {
			return nil, err
		}
		slices.Reverse(page.Data) // listed newest first
		if forward {
			all = append(all, page.Data...)
			if page.Refresh != "" {
				refresh = string(page.Refresh) // of the newest page so far
			}
		} else {
			all = append(slices.Clone([]json.RawMessage(page.Data)), all...)
			if refresh == "" {
				refresh = string(page.Refresh) // of the first page, which is the newest
			}
		}
		next, key := page.Next, "starting_after"
		if forward {
			next, key = page.Prev, "ending_before"
		}
		if next == "" || len(page.Data) == 0 {
			if refresh != "" {
				c.Refresh = refresh
			}
			return all, nil
		}
		q.Set(key, string(next))
	}
	return nil, endless(op)
}

// outbound lists what went out lately and stands otherwise than was told,
// oldest first.
func (g *Gateway) outbound(ctx context.Context, op string, c *cursor, now time.Time) ([]json.RawMessage, error) {
	q := url.Values{"direction": {"outbound"}, "limit": {pageSize}, "created_after": {now.Add(-follow).UTC().Format(time.RFC3339)}}
	if g.number != "" {
		q.Set("from", string(g.number))
	}
	var changed []json.RawMessage
	stood := map[string]string{}
	for range pollPages {
		var page listing
		if err := g.get(ctx, op, q, &page, "whatsapp", "messages"); err != nil {
			return nil, err
		}
		for _, raw := range page.Data {
			var r resource
			if wire.Lenient(raw, &r) != nil || r.ID == "" {
				continue // cannot be: the page around it was valid JSON
			}
			state, _ := r.stands()
			stands := string(state)
			if r.Cost != nil {
				stands += " " + string(r.Cost.Amount)
			}
			stood[string(r.ID)] = stands
			if c.Stood[string(r.ID)] != stands {
				changed = append(changed, raw)
			}
		}
		if page.Next == "" || len(page.Data) == 0 {
			c.Stood = stood
			slices.Reverse(changed)
			return changed, nil
		}
		q.Set("starting_after", string(page.Next))
	}
	return nil, endless(op)
}

func endless(op string) error {
	return core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassRetry, Message: "the list of messages does not end"})
}
