package bsptest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"bottega/core"
)

// certain: failures before the request left. The message may be sent again.
func (s suite) certain(t *testing.T) {
	for _, tt := range networks() {
		t.Run(tt.name, func(t *testing.T) {
			f := s.fake(t)
			tt.hurt(f)
			pe, err := s.failed(t, f, 0)
			if core.CodeOf(err) != core.Unreachable || pe.Class != core.ClassRetry || pe.Uncertain {
				t.Errorf("code %s, class %s, uncertain %v; want unreachable, retry, false (%v)", core.CodeOf(err), pe.Class, pe.Uncertain, err)
			}
		})
	}
}

// uncertain: failures after the request left. Nobody may send it again by himself.
func (s suite) uncertain(t *testing.T) {
	const html = "<!DOCTYPE html><html><body>Bad gateway</body></html>"
	tests := []struct {
		name string
		hurt func(f *Fake)
	}{
		{"reset", func(f *Fake) { f.Reset() }},
		{"answer breaks off in its head", func(f *Fake) { f.Half("HTTP/1.1 200 O") }},
		{"answer breaks off in its body", func(f *Fake) { f.Half("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"messages\":") }},
		{"not HTTP", func(f *Fake) { f.Half("SSH-2.0-OpenSSH_9.2\r\n") }},
		{"500 with HTML", func(f *Fake) { f.Answer(500, html, "Content-Type", "text/html") }},
		{"502 with nothing", func(f *Fake) { f.Answer(502, "") }},
		{"503 with foreign JSON", func(f *Fake) { f.Answer(503, `{"message":"upstream connect error"}`) }},
		{"504 with half of a JSON", func(f *Fake) { f.Answer(504, `{"error":{"co`) }},
		{"200 with HTML", func(f *Fake) { f.Answer(200, html) }},
		{"200 with nothing", func(f *Fake) { f.Answer(200, "") }},
		{"200 with an empty object", func(f *Fake) { f.Answer(200, "{}") }},
		{"200 with other types", func(f *Fake) { f.Answer(200, `{"messages":{"id":[]},"contacts":7}`) }},
		{"200 without end", func(f *Fake) { f.Answer(200, strings.Repeat(" ", 9<<20)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := s.fake(t)
			tt.hurt(f)
			pe, err := s.failed(t, f, 1)
			if !pe.Uncertain {
				t.Errorf("class %s, certain; want uncertain (%v)", pe.Class, err)
			}
		})
	}
}

// redirects are refused, certainly not sent, and the credentials stay here.
func (s suite) redirects(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			other := NewFake(t, nil)
			other.Answer(http.StatusOK, s.d.Accepted("id-2"))
			f := s.fake(t)
			f.Answer(status, "", "Location", other.URL+"/v1.0/1/messages")
			pe, _ := s.failed(t, f, 1)
			if pe.Uncertain {
				t.Error("a redirect is no open outcome")
			}
			if n := len(other.Requests()); n != 0 {
				t.Errorf("%d requests followed the redirect", n)
			}
		})
	}
}

// cancelled: a ctx that ends before the request left is certain, after it is not.
func (s suite) cancelled(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		f := s.fake(t)
		f.Answer(s.d.Created, s.d.Accepted("id-1"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.open(f).Send(ctx, hello("b1:c"))
		if pe := s.check(t, f, err); pe.Uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("uncertain %v, error %v", pe.Uncertain, err)
		}
		if n := len(f.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
	t.Run("after", func(t *testing.T) {
		f := s.fake(t)
		came := f.Hang()
		gw := s.open(f)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := gw.Send(ctx, hello("b1:c"))
			done <- err
		}()
		<-came
		cancel()
		err := <-done
		if pe := s.check(t, f, err); !pe.Uncertain || !errors.Is(err, context.Canceled) {
			t.Errorf("uncertain %v, error %v", pe.Uncertain, err)
		}
		if n := len(f.Requests()); n != 1 {
			t.Errorf("%d requests, want 1", n)
		}
	})
}
