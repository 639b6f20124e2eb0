package provider

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"bottega/bsp/bird"
	"bottega/bsp/meta"
	"bottega/bsp/twilio"
	"bottega/bsp/webhook"
	"bottega/bsp/wire"
	"bottega/bsp/zenvia"
	"bottega/core"
)

// Capabilities is what the adapter of a channel can do. No key is needed, and
// nothing is asked.
func Capabilities(ch core.Channel) core.Capabilities {
	switch ch.Provider {
	case core.Twilio:
		return twilio.New(twilio.Config{Account: ch.Account, Number: ch.Number}).Capabilities()
	case core.Bird:
		return bird.New(bird.Config{Account: ch.Account, Number: ch.Number}).Capabilities()
	case core.Zenvia:
		return zenvia.New(zenvia.Config{Account: ch.Account, Number: ch.Number}).Capabilities()
	case core.Meta:
		return meta.New(meta.Config{Account: ch.Account}).Capabilities()
	case core.Sandbox:
		return (&simulator{Gateway: meta.New(meta.Config{Account: ch.Account})}).Capabilities()
	}
	return core.Capabilities{}
}

// Can reports whether a channel's provider can be asked for what came in.
func Can(ch *core.Channel) bool { return Capabilities(*ch).PollInbound }

// Ping posts a callback of our own to an address of the channel, signed as its
// provider signs, and waits until the receiver answers it. The code says what
// is wrong: Unreachable when nobody answers there or its certificate does not
// hold, BadSignature when the keys or the address differ from what the receiver
// has, BadAddress when something else answers, InvalidInput for an address that
// no provider would call, NoSecret without the key.
func (s *Set) Ping(ctx context.Context, ch core.Channel, address string, timeout time.Duration) core.Pinged {
	out := core.Pinged{At: s.Now()}
	start := time.Now()
	err := s.ping(ctx, ch, address, timeout)
	out.Took = time.Since(start)
	if err != nil {
		out.Code = core.CodeOf(err)
		s.Log.Warn("The channel's own address did not answer", "channel", ch.ID, "code", string(out.Code))
	}
	return out
}

func (s *Set) ping(ctx context.Context, ch core.Channel, address string, timeout time.Duration) error {
	const op = "provider.Ping"
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && wire.Loopback(u.Hostname())) {
		return core.Fail(core.InvalidInput, op, errors.New("no https address"))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	nonce := rand.Text()
	r, err := s.signed(ctx, ch, u, webhook.Ping(nonce))
	if err != nil {
		return err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if wire.Loopback(u.Hostname()) {
		// Our own port: its certificate is for the public name. A transport of
		// one request, so that no connection stays.
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}
	} else if s.Client != nil {
		client.Transport = s.Client.Transport
	}
	res, err := client.Do(r)
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err // the address may have a key in its path
		}
		return core.Fail(core.Unreachable, op, err)
	}
	defer func() { _ = res.Body.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	switch {
	case err != nil:
		return core.Fail(core.Unreachable, op, err)
	case res.StatusCode == http.StatusUnauthorized:
		return core.Fail(core.BadSignature, op, nil)
	case res.StatusCode == http.StatusOK && webhook.Pong(body, nonce):
		return nil
	}
	return core.Fail(core.BadAddress, op, fmt.Errorf("answered %d", res.StatusCode))
}

// signed builds a callback as the channel's provider would.
func (s *Set) signed(ctx context.Context, ch core.Channel, u *url.URL, body []byte) (*http.Request, error) {
	const op = "provider.Ping"
	field := map[core.ProviderName]string{core.Meta: AppSecret, core.Sandbox: AppSecret, core.Twilio: AuthToken, core.Bird: WebhookSecret, core.Zenvia: WebhookSecret}[ch.Provider]
	if field == "" {
		return nil, core.Fail(core.NotYet, op, nil)
	}
	key, err := s.key(ctx, ch.Name, field)
	if err != nil {
		return nil, err
	}
	if ch.Provider == core.Twilio { // a body that is no form is sealed by the address
		sum := sha256.Sum256(body)
		q := u.Query()
		q.Set("bodySHA256", hex.EncodeToString(sum[:]))
		u.RawQuery = q.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, core.Fail(core.InvalidInput, op, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "bottega")
	switch ch.Provider {
	case core.Twilio:
		r.Header.Set(twilio.SignatureHeader, twilio.Sign(key, u.String(), nil))
	case core.Bird:
		id, now := "ping", s.Now()
		r.Header.Set(bird.IDHeader, id)
		r.Header.Set(bird.TimeHeader, fmt.Sprint(now.Unix()))
		r.Header.Set(bird.SignatureHeader, bird.Sign(key, id, now, body))
	case core.Zenvia:
		r.Header.Set(zenvia.SecretHeader, key.Reveal())
	default:
		r.Header.Set(meta.SignatureHeader, meta.Sign(key, body))
	}
	return r, nil
}
