package twilio

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// How far a message's own time at Twilio may lie from our try (bsp/twilio.md 10).
const (
	findBefore = 5 * time.Second
	findAfter  = 2 * time.Minute
)

// Find looks for a send of unknown outcome in the list of messages: the same
// recipient and text, made about then, and nobody else's. A template is
// compared by its text as filled. NotFound when nothing fits; asked a minute
// after the try or later, that means that it was not taken.
func (g *Gateway) Find(ctx context.Context, m core.Outgoing, at time.Time, known func(id string) bool) (core.Accept, error) {
	const op = "twilio.Find"
	to := m.ToUser
	if m.To != "" {
		to = string(m.To)
	}
	q := url.Values{"To": {channelPrefix + to}, "DateSent>": {at.Add(-24 * time.Hour).UTC().Format(time.DateOnly)}, "PageSize": {"1000"}}
	if g.account.Service == "" {
		q.Set("From", channelPrefix+string(g.number))
	}
	var found core.Accept
	err := g.pages(ctx, op, q, func(_ json.RawMessage, r resource) (bool, error) {
		made := stamp(r.Created)
		if made.Before(at.Add(-findBefore)) {
			return false, nil // newest first: the rest is older
		}
		if made.After(at.Add(findAfter)) || !strings.HasPrefix(string(r.Direction), "outbound") || known(string(r.SID)) || !alike(string(r.Body), wanted(m)) {
			return true, nil
		}
		found = core.Accept{ProviderID: string(r.SID), At: made} // the earliest that fits is the one: go on
		return true, nil
	})
	if err == nil && found.ProviderID == "" {
		err = core.Fail(core.NotFound, op, nil)
	}
	return found, err
}

// wanted is the text that the message has in Twilio's list.
func wanted(m core.Outgoing) string {
	if m.Media != nil {
		return wire.Caption(m.Content)
	}
	return m.Text
}

// alike compares texts without regard to spaces, which Twilio changes in
// templates.
func alike(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}
