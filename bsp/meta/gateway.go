package meta

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// DefaultBaseURL is Meta's host; Account.BaseURL overrides it (the simulator, a proxy).
const DefaultBaseURL = "https://graph.facebook.com"

// DefaultVersion of the Graph API where Account.Version is empty. v25.0 lives
// until 2028-07-29 (bsp/meta.md 1, as of 2026-11-22).
const DefaultVersion = "v25.0"

// DefaultTimeout of one call where Config.Timeout is zero. A send that is not
// answered by then is of unknown outcome.
const DefaultTimeout = wire.DefaultTimeout

// versionForm holds the version, which becomes part of a path, to its form.
var versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

// Config of a Gateway. Account and Token are needed, the rest has defaults.
type Config struct {
	Account core.Account
	Client  *http.Client // its redirect policy is replaced: credentials never follow one
	Token   func(context.Context) (core.Secret, error)
	Now     func() time.Time
	Log     *slog.Logger
	Timeout time.Duration // of one call but a file transfer; 0 means DefaultTimeout
}

// Gateway is one WhatsApp number at Meta. Safe for concurrent use.
type Gateway struct {
	account core.Account
	base    *url.URL
	baseErr error
	line    *wire.Line
	token   func(context.Context) (core.Secret, error)
}

var _ core.Gateway = (*Gateway)(nil)

// New builds a Gateway; it connects to nothing. A base URL that must not see
// the token (neither https nor loopback) makes every call fail with InvalidInput.
func New(cfg Config) *Gateway {
	g := &Gateway{account: cfg.Account, token: cfg.Token, line: wire.NewLine(wire.Config{Client: cfg.Client, Now: cfg.Now, Log: cfg.Log, Timeout: cfg.Timeout})}
	if g.account.Version == "" {
		g.account.Version = DefaultVersion
	}
	base := g.account.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	g.base, g.baseErr = wire.Base(base)
	if !versionForm.MatchString(g.account.Version) {
		g.baseErr = errors.New("API version is not of the form v25.0")
	}
	return g
}

// Capabilities of Meta's Cloud API: it has no idempotency key, but its receipts
// carry our ref, so an unsure send resolves itself (bsp/meta.md 9).
func (g *Gateway) Capabilities() core.Capabilities {
	return core.Capabilities{
		Reactions: true, Typing: true, Interactive: true, MediaByLink: true,
		MediaUpload: true, CreateTemplates: true, EditTemplates: true, DeleteTemplates: true, EchoesRef: true,
	}
}

// Send posts one message. Length, address and shape are checked before the
// network is touched (TextTooLong, EmptyMessage, NoRecipient, InvalidInput,
// BadMedia). See core.Sender for what the error says about the outcome.
func (g *Gateway) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	const op = "meta.Send"
	p, err := build(m)
	if err != nil {
		return core.Accept{}, err
	}
	if err := numeric(op, "phone number id", g.account.PhoneNumberID); err != nil {
		return core.Accept{}, err
	}
	body, err := g.postJSON(ctx, op, g.account.PhoneNumberID+"/messages", p, true)
	if err != nil {
		return core.Accept{}, err
	}
	return g.accepted(op, body)
}

// sendAnswer is what a 200 to /messages holds (bsp/meta.md 2.3).
type sendAnswer struct {
	Contacts []struct {
		WaID   text `json:"wa_id"`
		UserID text `json:"user_id"`
	} `json:"contacts"`
	Messages []struct {
		ID     text `json:"id"`
		Status text `json:"message_status"`
	} `json:"messages"`
}

// accepted reads a 200. One without a message id proves nothing: the message
// may have been taken, so the outcome is unsure.
func (g *Gateway) accepted(op string, body []byte) (core.Accept, error) {
	var a sendAnswer
	if err := wire.Lenient(body, &a); err != nil || len(a.Messages) == 0 || a.Messages[0].ID == "" {
		pe := &core.ProviderError{Code: "http_200", Class: core.ClassUnknown, Message: "accepted without a message id", Uncertain: true}
		return core.Accept{}, core.Fail(core.OutcomeUnsure, op, pe)
	}
	first := a.Messages[0]
	acc := core.Accept{ProviderID: string(first.ID), At: g.line.Now()}
	// "paused" is, like the other, a message that may still be released or dropped.
	acc.Held = first.Status == "held_for_quality_assessment" || first.Status == "paused"
	if len(a.Contacts) > 0 {
		acc.WaID, acc.UserID = string(a.Contacts[0].WaID), string(a.Contacts[0].UserID)
	}
	return acc, nil
}

// MarkRead marks this message and the earlier ones of the thread; typing shows
// the indicator until the next message or 25 s, so ask for it only when an
// answer follows (bsp/meta.md 2.2).
func (g *Gateway) MarkRead(ctx context.Context, id string, typing bool) error {
	const op = "meta.MarkRead"
	if id == "" {
		return core.Fail(core.InvalidInput, op, errors.New("no message id"))
	}
	if err := numeric(op, "phone number id", g.account.PhoneNumberID); err != nil {
		return err
	}
	p := readMark{Product: product, Status: "read", MessageID: id}
	if typing {
		p.Typing = &typingMark{Type: "text"}
	}
	_, err := g.postJSON(ctx, op, g.account.PhoneNumberID+"/messages", p, false)
	return err
}

type readMark struct {
	Product   string      `json:"messaging_product"`
	Status    string      `json:"status"`
	MessageID string      `json:"message_id"`
	Typing    *typingMark `json:"typing_indicator,omitempty"`
}

type typingMark struct {
	Type string `json:"type"`
}

// numeric refuses an id that is not digits: it becomes part of a path.
func numeric(op, what, id string) error {
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return core.Fail(core.InvalidInput, op, fmt.Errorf("%s is not a number", what))
	}
	return nil
}
