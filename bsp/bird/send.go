package bird

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

const sendOp = "bird.Send"

// keyLife is how long a key is surely remembered: about three hours by Bird's
// own word, with room (bsp/bird.md 8).
const keyLife = 150 * time.Minute

// maxStored bounds how many stored refusals one Send passes over.
const maxStored = 8

// refTag is the name of the tag that carries our ref, for looking it up.
const refTag = "ref"

// Send posts one message under the ref as idempotency key, so that a repetition
// is not sent twice. Three things make that hold where the key alone does not:
// a message older than keyLife is looked up first; a refusal that Bird stored
// for the key (the wallet was empty then) is passed over with a further key; a
// quote that Bird does not have is left out.
func (g *Gateway) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	l := limits()
	if err := l.Check(sendOp, m); err != nil {
		return core.Accept{}, err
	}
	if m.Type == core.TypeReaction {
		return g.react(ctx, m)
	}
	body, err := g.body(m)
	if err != nil {
		return core.Accept{}, err
	}
	if !m.Made.IsZero() && g.line.Now().Sub(m.Made) > keyLife {
		id, err := g.lookup(ctx, m.Ref)
		if err != nil {
			return core.Accept{}, err
		}
		if id != "" {
			return core.Accept{ProviderID: id, At: g.line.Now()}, nil
		}
	}
	a, err := g.post(ctx, m.Ref, body)
	if pe := core.ProviderErrorOf(err); pe != nil && table()[pe.Code].Group == "QUOTE" && body.ReplyTo != "" {
		body.ReplyTo = ""
		a, err = g.post(ctx, m.Ref+"~q", body)
	}
	if err != nil {
		return core.Accept{}, templateMissing(err, a, m)
	}
	var r resource
	c := wire.Call{Op: sendOp}
	if wire.Lenient(a.Body, &r) != nil || r.ID == "" {
		return core.Accept{}, c.Unsure(a)
	}
	if r.Status == "rejected" || r.Status == "failed" {
		if pe := r.LastError.provider(); pe != nil {
			return core.Accept{}, core.Fail(core.ProviderRefused, sendOp, pe)
		}
	}
	return core.Accept{ProviderID: string(r.ID), UserID: string(r.To.User), At: g.line.Now()}, nil
}

// post sends under a key. A refusal that was stored for an earlier try says
// nothing of now: the message was certainly not taken then, so a further key
// cannot double it.
func (g *Gateway) post(ctx context.Context, ref string, body *payload) (a wire.Answer, err error) {
	for n := range maxStored {
		once := onceKey(ref, n)
		a, err = g.do(ctx, request{op: sendOp, method: http.MethodPost, path: []string{"whatsapp", "messages"}, body: body, send: true, once: once})
		if a.Status/100 != 4 || a.Header.Get("Idempotency-Replay") != "true" {
			return a, err
		}
	}
	return a, err
}

// onceKey is the n-th key of a ref: printable, at most 255 characters.
func onceKey(ref string, n int) string {
	if len(ref) > 200 || strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || r > '~' }) {
		ref = hash(ref)
	}
	if n > 0 {
		ref += "~" + strconv.Itoa(n)
	}
	return ref
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:24])
}

// tagValue writes a ref in the characters that a tag may have.
func tagValue(ref string) string {
	if len(ref) <= 64 && wire.ID(ref) {
		return ref
	}
	return hash(ref)
}

// lookup finds a message of ours by its ref; "" when Bird does not have it.
func (g *Gateway) lookup(ctx context.Context, ref string) (string, error) {
	var page listing
	q := url.Values{"direction": {"outbound"}, "tag": {refTag + ":" + tagValue(ref)}, "limit": {"1"}}
	if err := g.get(ctx, sendOp, q, &page, "whatsapp", "messages"); err != nil {
		return "", err
	}
	for _, raw := range page.Data {
		var r resource
		if wire.Lenient(raw, &r) == nil && r.ID != "" {
			return string(r.ID), nil
		}
	}
	return "", nil
}

// templateMissing gives a 404 to a template its class; the same status for
// something else is the request's own.
func templateMissing(err error, a wire.Answer, m core.Outgoing) error {
	pe := core.ProviderErrorOf(err)
	if a.Status == http.StatusNotFound && m.Type == core.TypeTemplate && pe != nil && pe.Class == core.ClassInvalid {
		pe.Class = core.ClassTemplate
	}
	return err
}

// react sets or takes back our reaction to a received message. Doing it again
// changes nothing, so nothing about it is ever open.
func (g *Gateway) react(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	r := request{op: sendOp, method: http.MethodPut, path: []string{"whatsapp", "messages", m.Reaction.Target, "reaction"}, once: onceKey(m.Ref, 0)}
	if m.Reaction.Emoji == "" {
		r.method = http.MethodDelete
	} else {
		r.body = map[string]string{"emoji": m.Reaction.Emoji}
	}
	a, err := g.do(ctx, r)
	if err != nil {
		return core.Accept{}, err
	}
	var done struct {
		ID wire.Text `json:"id"`
	}
	if wire.Lenient(a.Body, &done) != nil {
		done.ID = "" // done, as the status says
	}
	return core.Accept{ProviderID: string(done.ID), At: g.line.Now()}, nil
}

// Upload is not offered: WhatsApp fetches files from the web (bsp/bird.md 3).
func (g *Gateway) Upload(context.Context, core.MediaFile) (string, error) {
	return "", wire.NoUpload("bird.Upload")
}
