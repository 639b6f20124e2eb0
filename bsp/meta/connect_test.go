package meta_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

func TestBaseURL(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://graph.facebook.com": true, "http://127.0.0.1:9000": true, "http://localhost:9000/": true, "http://[::1]:9000": true, "https://proxy.example/graph": true,
		"http://graph.facebook.com": false, "http://192.168.1.2:9000": false, "ftp://x.example": false, "127.0.0.1:9000": false,
		"https://user:pw@x.example": false, "https://x.example?token=1": false, "://": false,
	} {
		a := account
		a.BaseURL = base
		gw := meta.New(meta.Config{Account: a, Client: &http.Client{Transport: refusing{}}, Token: func(context.Context) (core.Secret, error) { return token, nil }})
		_, err := gw.Send(t.Context(), to(text("x")))
		if got := core.CodeOf(err) != core.InvalidInput; got != ok {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, v := range []string{"25.0", "v25", "v25.0/../..", "v25.0?x=1", "latest"} {
		f := bsptest.NewFake(t, nil)
		a := account
		a.BaseURL, a.Version = f.URL, v
		gw := meta.New(meta.Config{Account: a, Client: f.Client, Token: func(context.Context) (core.Secret, error) { return token, nil }})
		if _, err := gw.Health(t.Context()); core.CodeOf(err) != core.InvalidInput || len(f.Requests()) != 0 {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// refusing is a transport that cannot dial.
type refusing struct{}

func (refusing) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
}

// silent is a foreign transport that does not tell how far it came.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("lost") }

// A transport that does not say whether it wrote is believed only for a failed dial.
func TestForeignTransport(t *testing.T) {
	for _, tt := range []struct {
		rt   http.RoundTripper
		want core.Code
	}{{refusing{}, core.Unreachable}, {silent{}, core.OutcomeUnsure}} {
		gw := meta.New(meta.Config{Account: account, Client: &http.Client{Transport: tt.rt}, Token: func(context.Context) (core.Secret, error) { return token, nil }})
		if _, err := gw.Send(t.Context(), to(text("x"))); core.CodeOf(err) != tt.want {
			t.Errorf("%T: %v", tt.rt, err)
		}
	}
}

func TestToken(t *testing.T) {
	tests := []struct {
		name  string
		token core.Secret
		err   error
		code  core.Code
		class core.Class
	}{
		{"none", "", core.Fail(core.NotFound, "keyring", nil), core.NoSecret, core.ClassAuth},
		{"none, by its own code", "", core.Fail(core.NoSecret, "keyring", nil), core.NoSecret, core.ClassAuth},
		{"empty", "", nil, core.NoSecret, core.ClassAuth},
		{"with a line break", "abc\ndef", nil, core.NoSecret, core.ClassAuth},
		{"keyring locked", "", core.Fail(core.NoKeyring, "keyring", nil), core.NoKeyring, core.ClassRetry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			a := account
			a.BaseURL = f.URL
			gw := meta.New(meta.Config{Account: a, Client: f.Client, Token: func(context.Context) (core.Secret, error) { return tt.token, tt.err }})
			_, err := gw.Send(t.Context(), to(text("x")))
			pe := core.ProviderErrorOf(err)
			if core.CodeOf(err) != tt.code || pe == nil || pe.Class != tt.class || pe.Uncertain || len(f.Requests()) != 0 {
				t.Errorf("%v, %d requests", err, len(f.Requests()))
			}
		})
	}
}

// answerNever takes the request, says that it was written, and waits for ctx.
type answerNever struct{}

func (answerNever) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Our own time-out, at no cost in a bubble: an unanswered send is unsure.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gw := meta.New(meta.Config{
			Account: account, Client: &http.Client{Transport: answerNever{}},
			Token: func(context.Context) (core.Secret, error) { return token, nil },
		})
		start := time.Now()
		_, err := gw.Send(t.Context(), to(text("x")))
		if core.CodeOf(err) != core.OutcomeUnsure || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if got := time.Since(start); got != meta.DefaultTimeout {
			t.Errorf("gave up after %s", got)
		}
	})
}

func TestAccountIDs(t *testing.T) {
	for _, id := range []string{"", "../x", "12a", "1/2", "１２"} {
		f := bsptest.NewFake(t, nil)
		gw := meta.New(meta.Config{
			Account: core.Account{BaseURL: f.URL, PhoneNumberID: id, BusinessID: id}, Client: f.Client,
			Token: func(context.Context) (core.Secret, error) { return token, nil },
		})
		_, e1 := gw.Send(t.Context(), to(text("x")))
		_, e2 := gw.Templates(t.Context())
		_, e3 := gw.Health(t.Context())
		_, e4 := gw.Upload(t.Context(), core.MediaFile{MIME: "image/png", Size: 1, Body: strings.NewReader("x")})
		_, e5 := gw.Download(t.Context(), id, 1, nil)
		for i, err := range []error{e1, e2, e3, e4, e5, gw.MarkRead(t.Context(), "w", false)} {
			if core.CodeOf(err) != core.InvalidInput {
				t.Errorf("%q, call %d: %v", id, i, err)
			}
		}
		if n := len(f.Requests()); n != 0 {
			t.Errorf("%q: %d requests", id, n)
		}
	}
}
