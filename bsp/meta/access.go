package meta

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

var (
	_ core.Inspector  = (*Gateway)(nil)
	_ core.Subscriber = (*Gateway)(nil)
	_ core.HookReader = (*Gateway)(nil)
)

// scopes are what a token needs (bsp/meta.md 1): to send, and for templates,
// health and subscriptions.
func scopes() []string {
	return []string{"whatsapp_business_messaging", "whatsapp_business_management"}
}

// Inspect asks Meta's debug_token about the token: its kind, its scopes and its
// end. The question travels inside a batch request, since on its own it would
// put the token into an address, and addresses are written to logs on the way
// (developers.facebook.com/docs/graph-api/batch-requests and
// …/reference/debug_token, read 2026-11-24).
func (g *Gateway) Inspect(ctx context.Context) (core.Key, error) {
	const op = "meta.Inspect"
	token, err := wire.Usable(ctx, op, g.token)
	if err != nil {
		return core.Key{}, err
	}
	questions, err := json.Marshal([]batched{{"GET", "debug_token?" + url.Values{"input_token": {token.Reveal()}}.Encode()}})
	if err != nil {
		return core.Key{}, core.Fail(core.Internal, op, err)
	}
	form := []byte(url.Values{"batch": {string(questions)}, "include_headers": {"false"}}.Encode())
	c := call{op: op, method: http.MethodPost, path: "/", body: bytes.NewReader(form), length: int64(len(form)), mimeType: "application/x-www-form-urlencoded"}
	body, err := g.do(ctx, c)
	if err != nil {
		return core.Key{}, err
	}
	var answers []struct {
		Code text `json:"code"`
		Body text `json:"body"`
	}
	if wire.Lenient(body, &answers) != nil || len(answers) != 1 {
		return core.Key{}, core.Fail(core.ProviderRefused, op, errors.New("no answer in the batch"))
	}
	inner := wire.Answer{Status: http.StatusOK, Body: []byte(answers[0].Body)}
	if f, isError := failure(inner.Body); isError {
		inner.Status = http.StatusBadRequest
		return core.Key{}, g.refusal(c, token, inner, f)
	}
	return g.key(op, inner.Body)
}

type batched struct {
	Method string `json:"method"`
	URL    string `json:"relative_url"`
}

// key reads the answer of debug_token.
func (g *Gateway) key(op string, body []byte) (core.Key, error) {
	var a struct {
		Data struct {
			Type    text      `json:"type"`
			Valid   wire.Flag `json:"is_valid"`
			Expires text      `json:"expires_at"`
			Scopes  []text    `json:"scopes"`
			Error   struct {
				Message text `json:"message"`
			} `json:"error"`
		} `json:"data"`
	}
	if wire.Lenient(body, &a) != nil || a.Data.Valid.V == nil {
		return core.Key{}, core.Fail(core.ProviderRefused, op, errors.New("nothing about the token in the answer"))
	}
	if !a.Data.Valid.Yes() {
		return core.Key{}, core.Fail(core.ProviderRefused, op, &core.ProviderError{Code: "190", Class: core.ClassAuth, Message: wire.Scrub(string(a.Data.Error.Message))})
	}
	k := core.Key{Kind: wire.Scrub(string(a.Data.Type)), Expires: a.Data.Expires.Time(), Endless: a.Data.Expires == "0", At: g.line.Now()}
	for _, s := range a.Data.Scopes {
		k.Scopes = append(k.Scopes, string(s))
	}
	for _, s := range scopes() {
		if len(k.Scopes) > 0 && !slices.Contains(k.Scopes, s) {
			k.Missing = append(k.Missing, s)
		}
	}
	return k, nil
}

// Subscribe subscribes the token's app to the account, which is what most new
// set-ups forget, and sends the messages of the account to the hook where there
// is one: Meta asks that address for its challenge before it answers, so the
// receiver must be running. The other kinds of callbacks (templates, quality)
// go where the app's own page says (bsp/meta.md 1), which is done by hand.
func (g *Gateway) Subscribe(ctx context.Context, h core.Hook) (core.Hooked, error) {
	const op = "meta.Subscribe"
	if err := numeric(op, "account id", g.account.BusinessID); err != nil {
		return core.Hooked{}, err
	}
	path := g.account.BusinessID + "/subscribed_apps"
	was, err := g.subscribed(ctx, op, path)
	if err != nil {
		return core.Hooked{}, err
	}
	if len(was.Apps) > 0 && (h.URL == "" || h.URL == was.URL) {
		return was, nil
	}
	body := struct {
		URL    string `json:"override_callback_uri,omitempty"`
		Verify string `json:"verify_token,omitempty"`
	}{URL: h.URL}
	if h.URL != "" {
		if len(h.URL) > maxCallback {
			return core.Hooked{}, core.Fail(core.InvalidInput, op, errors.New("the address of the callbacks is too long"))
		}
		body.Verify = h.Secret.Reveal()
	}
	if _, err := g.postJSON(ctx, op, path, body, false); err != nil {
		return core.Hooked{}, err
	}
	return g.subscribed(ctx, op, path)
}

// maxCallback is the longest address that may take the place of the app's own.
const maxCallback = 200

// subscribed asks who gets the account's callbacks, and where.
func (g *Gateway) subscribed(ctx context.Context, op, path string) (core.Hooked, error) {
	s := core.Hooked{ByHand: true}
	var page struct {
		Data []struct {
			App struct {
				Name text `json:"name"`
				ID   text `json:"id"`
			} `json:"whatsapp_business_api_data"`
			URL text `json:"override_callback_uri"`
		} `json:"data"`
	}
	if err := g.getJSON(ctx, op, path, nil, &page); err != nil {
		return s, err
	}
	for _, d := range page.Data {
		s.Apps = append(s.Apps, wire.Scrub(string(d.App.Name)))
		if d.URL != "" {
			s.URL = string(d.URL)
		}
	}
	if len(s.Apps) > 0 {
		s.State = "subscribed"
	}
	return s, nil
}

// notSubscribed is what ReadHook misses where no app is subscribed to the
// account: Meta then calls nobody, whatever the addresses say.
const notSubscribed = "subscribed_apps"

// ReadHook tells where messages go: to the number's own address, else the
// account's, else the app's (developers.facebook.com/documentation/
// business-messaging/whatsapp/webhooks/override, read 2026-11-24). Templates and
// quality go to the app's in any case. A token that may not see the number's
// addresses still sees who is subscribed.
func (g *Gateway) ReadHook(ctx context.Context, _ core.Hook) (core.Hooked, error) {
	const op = "meta.ReadHook"
	if err := errors.Join(numeric(op, "account id", g.account.BusinessID), numeric(op, "phone number id", g.account.PhoneNumberID)); err != nil {
		return core.Hooked{}, err
	}
	out, err := g.subscribed(ctx, op, g.account.BusinessID+"/subscribed_apps")
	if err != nil {
		return core.Hooked{}, err
	}
	if len(out.Apps) == 0 {
		out.Missing = []string{notSubscribed}
	}
	var node struct {
		Hooks struct {
			Number  text `json:"phone_number"`
			Account text `json:"whatsapp_business_account"`
			App     text `json:"application"`
		} `json:"webhook_configuration"`
	}
	err = g.getJSON(ctx, op, g.account.PhoneNumberID, url.Values{"fields": {"webhook_configuration"}}, &node)
	if err != nil && core.CodeOf(err) != core.ProviderRefused {
		return core.Hooked{}, err
	}
	out.URL = cmp.Or(string(node.Hooks.Number), string(node.Hooks.Account), out.URL, string(node.Hooks.App))
	out.ByHand = out.URL == ""
	return out, nil
}

// phoneOf reads a number as people write it: "+39 055 555 0100".
func phoneOf(shown text) core.Phone {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, string(shown))
	if !wire.Digits(digits) {
		return ""
	}
	return core.Phone("+" + digits)
}
