package twilio

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// resource is a message as the API holds it (bsp/twilio.md 2, 7).
type resource struct {
	SID          wire.Text `json:"sid"`
	Direction    wire.Text `json:"direction"`
	Status       wire.Text `json:"status"`
	From         wire.Text `json:"from"`
	To           wire.Text `json:"to"`
	Body         wire.Text `json:"body"`
	NumMedia     wire.Text `json:"num_media"`
	ErrorCode    wire.Text `json:"error_code"`
	ErrorMessage wire.Text `json:"error_message"`
	Price        wire.Text `json:"price"`
	PriceUnit    wire.Text `json:"price_unit"`
	Created      wire.Text `json:"date_created"`
	Updated      wire.Text `json:"date_updated"`
	Sent         wire.Text `json:"date_sent"`
	Media        wire.List `json:"media_list"` // put in by Poll: a resource of its own there
}

// stamp reads one of Twilio's dates, RFC 2822.
func stamp(t wire.Text) time.Time {
	for _, layout := range []string{time.RFC1123Z, time.RFC1123} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC()
		}
	}
	return t.Time()
}

const (
	// overlap is how far back each poll looks: messages appear in the list a
	// little after their own time, and statuses change for days after it.
	overlap = time.Hour
	// begin is how far the first poll of all looks back.
	begin = 24 * time.Hour
	// follow is how long the state of what went out is followed.
	follow = 24 * time.Hour
	// pollPages bounds the pages of one poll of one direction, 1,000 messages each.
	pollPages = 20
)

// cursor is what Poll remembers: the newest time and what was told of the
// messages since overlap before it.
type cursor struct {
	Since time.Time         `json:"since"`
	Seen  map[string]marked `json:"seen,omitempty"`
}

// marked is a message that was told: its state then, and its day.
type marked struct {
	Status string    `json:"s"`
	At     time.Time `json:"at"`
}

// Poll lists what came in and what became of what went out since the cursor.
// Each body is a page as Twilio writes it, with the messages that are new or
// have changed, oldest first. Only a whole poll moves the cursor.
func (g *Gateway) Poll(ctx context.Context, last string) (core.Polled, error) {
	const op = "twilio.Poll"
	now := g.line.Now()
	c := cursor{Since: now.Add(-begin)}
	if last != "" && json.Unmarshal([]byte(last), &c) != nil {
		c = cursor{Since: now.Add(-begin)} // a foreign cursor: look back further rather than miss something
	}
	if c.Seen == nil {
		c.Seen = map[string]marked{}
	}
	from := c.Since.Add(-overlap)
	var fresh []json.RawMessage
	for _, side := range []string{"To", "From"} {
		if g.number == "" {
			side = ""
		}
		got, err := g.changed(ctx, op, side, from, c.Seen)
		if err != nil {
			return core.Polled{}, err
		}
		fresh = append(fresh, got...)
		if side == "" {
			break // without a number the whole account is asked, once
		}
	}
	p := core.Polled{}
	var err error
	if p.Bodies, err = wire.Bodies("messages", fresh); err != nil {
		return core.Polled{}, core.Fail(core.Internal, op, err)
	}
	b, err := json.Marshal(c.moved(now))
	if err != nil {
		return core.Polled{}, core.Fail(core.Internal, op, err)
	}
	p.Cursor = string(b)
	return p, nil
}

// moved is the cursor for the next poll: it looks back to the oldest message
// whose state may still change, a day at most, and remembers all since.
func (c *cursor) moved(now time.Time) cursor {
	next := cursor{Since: now, Seen: map[string]marked{}}
	for _, m := range c.Seen {
		if now.Sub(m.At) < follow && moving(m.Status) && m.At.Add(overlap).Before(next.Since) {
			next.Since = m.At.Add(overlap)
		}
	}
	from := next.Since.Add(-overlap)
	for id, m := range c.Seen {
		if !m.At.Before(from) {
			next.Seen[id] = m
		}
	}
	return next
}

// moving reports whether a message in this state can come to another.
func moving(status string) bool {
	switch status {
	case "accepted", "scheduled", "queued", "sending", "sent", "delivered":
		return true
	}
	return false
}

// changed pages through one direction, newest first as Twilio lists it, and
// returns what is new or has another status than seen, oldest first.
func (g *Gateway) changed(ctx context.Context, op, side string, from time.Time, seen map[string]marked) ([]json.RawMessage, error) {
	q := url.Values{"DateSent>": {from.UTC().Format(time.DateOnly)}, "PageSize": {"1000"}}
	if side != "" {
		q.Set(side, channelPrefix+string(g.number))
	}
	var fresh []json.RawMessage
	found := map[string]marked{}
	err := g.pages(ctx, op, q, func(raw json.RawMessage, r resource) (bool, error) {
		at := stamp(r.Created)
		if at.Before(from) && !at.IsZero() {
			return false, nil
		}
		if old, ok := seen[string(r.SID)]; r.SID == "" || ok && old.Status == string(r.Status) {
			return true, nil
		}
		full, err := g.withMedia(ctx, op, raw, r)
		if err != nil {
			return false, err
		}
		fresh = append([]json.RawMessage{full}, fresh...)
		found[string(r.SID)] = marked{Status: string(r.Status), At: at}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	for id, m := range found {
		seen[id] = m
	}
	return fresh, nil
}

// pages calls yield for each message of a list until it returns false.
func (g *Gateway) pages(ctx context.Context, op string, q url.Values, yield func(json.RawMessage, resource) (bool, error)) error {
	u := g.own("Messages.json")
	u.RawQuery = q.Encode()
	for range pollPages {
		var page struct {
			Messages wire.List `json:"messages"`
			Next     wire.Text `json:"next_page_uri"`
		}
		if err := g.get(ctx, op, u, &page); err != nil {
			return err
		}
		for _, raw := range page.Messages {
			var r resource
			if wire.Lenient(raw, &r) != nil {
				continue // cannot be: the page around it was valid JSON
			}
			if more, err := yield(raw, r); err != nil || !more {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		next, err := g.below(g.api, string(page.Next))
		if err != nil {
			return core.Fail(core.ProviderRefused, op, err)
		}
		u = next
	}
	return core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassRetry, Message: "the list of messages does not end"})
}

// withMedia puts the list of a received message's files beside it: they are a
// resource of their own.
func (g *Gateway) withMedia(ctx context.Context, op string, raw json.RawMessage, r resource) (json.RawMessage, error) {
	if n, ok := r.NumMedia.Float(); !ok || n < 1 || r.Direction != "inbound" || !sid(string(r.SID), "SM", "MM") {
		return raw, nil
	}
	var list struct {
		Media wire.List `json:"media_list"`
	}
	err := g.get(ctx, op, g.own("Messages", string(r.SID), "Media.json"), &list)
	if core.CodeOf(err) == core.ProviderRefused {
		return raw, nil // deleted meanwhile: the message is kept without its file
	}
	if err != nil {
		return nil, err
	}
	keys := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &keys); err != nil {
		return raw, nil // cannot be: it is an object
	}
	if keys["media_list"], err = json.Marshal(list.Media); err != nil {
		return nil, core.Fail(core.Internal, op, err)
	}
	full, err := json.Marshal(keys)
	if err != nil {
		return nil, core.Fail(core.Internal, op, err)
	}
	return full, nil
}
