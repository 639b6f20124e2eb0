package twilio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// Book remembers an account's contents between Gateways: Twilio sends templates
// and buttons by the id of a content only. Safe for concurrent use; the zero
// value is empty.
type Book struct {
	turn     sync.Mutex // one asks the provider at a time; what is known waits for nobody
	mu       sync.Mutex
	contents map[string]content // by name and language
	buttons  map[string]string  // ids of contents made for a set of buttons
	read     time.Time
}

// freshFor is how long the list is believed when it lacks something: a
// thousand recipients of a missing template must not read it a thousand times.
const freshFor = time.Minute

// buttonsName begins the names of contents made by us for reply buttons.
const buttonsName = "bottega_buttons_"

// maxPages bounds a listing: up to 6,000 templates, 500 a page.
const maxPages = 40

func key(name, language string) string { return name + "\x00" + core.LanguageCode(language) }

// find returns the content of a template, from the book or the list.
func (g *Gateway) find(ctx context.Context, name, language string) (content, error) {
	k := key(name, language)
	if c, ok := g.book.content(k); ok {
		return c, nil
	}
	g.book.turn.Lock()
	defer g.book.turn.Unlock()
	if err := g.reread(ctx, sendOp, func() bool { _, ok := g.book.content(k); return ok }); err != nil {
		return content{}, err
	}
	c, ok := g.book.content(k)
	if !ok {
		return content{}, misfit("63027", "no template of this name in this language")
	}
	return c, nil
}

func (b *Book) content(k string) (content, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.contents[k]
	return c, ok
}

func (b *Book) button(name string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, ok := b.buttons[name]
	return id, ok
}

// fresh reports whether the list was read just now.
func (b *Book) fresh(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	age := now.Sub(b.read)
	return b.contents != nil && age >= 0 && age < freshFor
}

// reread reads the list unless that was done just now, or whoever had the turn
// before has found what is wanted. The turn is the caller's.
func (g *Gateway) reread(ctx context.Context, op string, have func() bool) error {
	if have() || g.book.fresh(g.line.Now()) {
		return nil
	}
	all, err := g.contents(ctx, op)
	if err != nil {
		return err
	}
	g.book.fill(all, g.line.Now())
	return nil
}

func (b *Book) fill(all []content, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.contents, b.read = map[string]content{}, now
	if b.buttons == nil {
		b.buttons = map[string]string{}
	}
	for _, c := range all {
		if strings.HasPrefix(c.friendly, buttonsName) {
			b.buttons[c.friendly] = c.sid
			continue
		}
		for _, name := range []string{c.friendly, c.name} { // the approved name wins where they part
			if old, ok := b.contents[key(name, c.language)]; !ok || old.status != "APPROVED" {
				b.contents[key(name, c.language)] = c
			}
		}
	}
}

// contents lists all contents of the account with their approvals.
func (g *Gateway) contents(ctx context.Context, op string) ([]content, error) {
	u := at(g.content, "v1", "ContentAndApprovals")
	u.RawQuery = url.Values{"PageSize": {"500"}}.Encode()
	var all []content
	for range maxPages {
		var page struct {
			Contents wire.List `json:"contents"`
			Meta     struct {
				Next wire.Text `json:"next_page_url"`
			} `json:"meta"`
		}
		if err := g.get(ctx, op, u, &page); err != nil {
			return nil, err
		}
		for _, raw := range page.Contents {
			if c, ok := readContent(raw); ok {
				all = append(all, c)
			}
		}
		if page.Meta.Next == "" {
			return all, nil
		}
		next, err := g.below(g.content, string(page.Meta.Next))
		if err != nil {
			return nil, core.Fail(core.ProviderRefused, op, err)
		}
		u = next
	}
	return nil, core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassUnknown, Message: "the list of contents does not end"})
}

// below takes path and query of a next page and leaves the host to us: what an
// answer names must not choose who sees the credentials.
func (g *Gateway) below(host *url.URL, next string) (*url.URL, error) {
	n, err := url.Parse(next)
	if err != nil {
		return nil, err
	}
	u := *host
	u.Path, u.RawQuery = n.Path, n.RawQuery
	return &u, nil
}

// buttons returns the content for a text with reply buttons, made when it is
// new. Inside the window it needs no approval (bsp/twilio.md 2).
// A content is known again by what it says, also after a restart.
func (g *Gateway) buttons(ctx context.Context, text string, bs []core.Button) (string, error) {
	name, body, err := quickReply(text, bs)
	if err != nil {
		return "", core.Fail(core.Internal, sendOp, err)
	}
	if id, ok := g.book.button(name); ok {
		return id, nil
	}
	g.book.turn.Lock()
	defer g.book.turn.Unlock()
	if err := g.reread(ctx, sendOp, func() bool { _, ok := g.book.button(name); return ok }); err != nil {
		return "", err
	}
	if id, ok := g.book.button(name); ok {
		return id, nil
	}
	a, err := g.postJSON(ctx, sendOp, at(g.content, "v1", "Content"), body)
	if err != nil {
		return "", err
	}
	var made struct {
		SID wire.Text `json:"sid"`
	}
	if wire.Lenient(a.Body, &made) != nil || !sid(string(made.SID), "HX") {
		return "", core.Fail(core.Unreachable, sendOp, &core.ProviderError{Code: "http_201", Class: core.ClassRetry, Message: "content made without an id"})
	}
	g.book.mu.Lock()
	g.book.buttons[name] = string(made.SID)
	g.book.mu.Unlock()
	return string(made.SID), nil
}

// newContent is the body of POST /v1/Content.
type newContent struct {
	Name      string            `json:"friendly_name"`
	Language  string            `json:"language"`
	Variables map[string]string `json:"variables,omitempty"`
	Types     map[string]any    `json:"types"`
}

func quickReply(text string, bs []core.Button) (name string, body newContent, err error) {
	actions := make([]map[string]string, len(bs))
	for i, b := range bs {
		actions[i] = map[string]string{"type": "QUICK_REPLY", "title": b.Title, "id": b.ID}
	}
	typed := map[string]any{"twilio/quick-reply": map[string]any{"body": text, "actions": actions}}
	b, err := json.Marshal(typed)
	if err != nil {
		return "", newContent{}, err
	}
	sum := sha256.Sum256(b)
	name = buttonsName + hex.EncodeToString(sum[:12])
	return name, newContent{Name: name, Language: "en", Types: typed}, nil
}

// Templates reads all templates of the account. An error loses all of it: half
// a list would look like deleted templates.
func (g *Gateway) Templates(ctx context.Context) ([]core.Template, error) {
	all, err := g.contents(ctx, "twilio.Templates")
	if err != nil {
		return nil, err
	}
	g.book.fill(all, g.line.Now())
	var out []core.Template
	for i := range all {
		if !strings.HasPrefix(all[i].friendly, buttonsName) {
			out = append(out, all[i].template())
		}
	}
	return out, nil
}

// DeleteTemplate removes a content here and at Meta. Its name is blocked for
// 30 days (bsp/twilio.md 4).
func (g *Gateway) DeleteTemplate(ctx context.Context, t core.Template) error {
	const op = "twilio.DeleteTemplate"
	if !sid(t.ID, "HX") {
		return core.Fail(core.InvalidInput, op, nil)
	}
	u := at(g.content, "v1", "Content", t.ID)
	u.RawQuery = "deleteInWaba=true"
	_, err := g.do(ctx, wire.Call{Op: op, Method: http.MethodDelete, URL: u})
	return err
}
