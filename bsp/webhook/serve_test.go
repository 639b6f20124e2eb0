package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/webhook"
	"bottega/core"
)

// pipes is a listener in memory, so that a fake clock can run beside it.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.IPAddr{} }

func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.conns <- there
	return here
}

// serving runs h in a fake-clock bubble with the default time-outs.
func serving(t *testing.T, h http.Handler, test func(t *testing.T, p *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- webhook.Serve(ctx, p, h) }()
		test(t, p)
		stop()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func head(length int, body string) string {
	return fmt.Sprintf("POST /webhooks/shop HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s: %s\r\n\r\n",
		length, meta.SignatureHeader, meta.Sign(appSecret, []byte(body)))
}

// A client that sends its head or its body too slowly is cut.
func TestSlowClient(t *testing.T) {
	tests := []struct {
		name, first string
		status      int // 0: cut without an answer
		within      time.Duration
	}{
		{"says nothing", "", 0, 5 * time.Second},
		{"stops in the head", "POST /webhooks/shop HTTP/1.1\r\nHost:", 0, 5 * time.Second},
		{"stops in the body", head(len(callback), callback) + callback[:20], 408, 15 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var j journal
			serving(t, receiver(&j, nil), func(t *testing.T, p *pipes) {
				start := time.Now()
				conn := p.dial()
				defer conn.Close()
				if _, err := io.WriteString(conn, tt.first); err != nil {
					t.Fatal(err)
				}
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				switch {
				case tt.status == 0 && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
					t.Errorf("not cut: %v, %v", res, err)
				case tt.status != 0 && (err != nil || res.StatusCode != tt.status):
					t.Errorf("%v, %v; want status %d", res, err, tt.status)
				}
				if took := time.Since(start); took > tt.within {
					t.Errorf("cut after %s", took)
				}
			})
			if j.count() != 0 {
				t.Error("half a callback was journalled")
			}
		})
	}
}

// A drop every second does not keep a connection open for ever.
func TestDrippingClient(t *testing.T) {
	var j journal
	serving(t, receiver(&j, nil), func(t *testing.T, p *pipes) {
		conn := p.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, head(len(callback), callback)); err != nil {
			t.Fatal(err)
		}
		go func() {
			for i := range len(callback) {
				if _, err := conn.Write([]byte{callback[i]}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != http.StatusRequestTimeout {
			t.Fatalf("%v, %v", res, err)
		}
		time.Sleep(time.Minute) // the sender meets the closed connection
	})
	if j.count() != 0 {
		t.Error("half a callback was journalled")
	}
}

// An idle connection is closed after two minutes, not before.
func TestIdleConnection(t *testing.T) {
	var j journal
	serving(t, receiver(&j, nil), func(t *testing.T, p *pipes) {
		conn := p.dial()
		defer conn.Close()
		in := bufio.NewReader(conn)
		for range 2 {
			if _, err := io.WriteString(conn, head(len(callback), callback)+callback); err != nil {
				t.Fatal(err)
			}
			if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 200 {
				t.Fatalf("%v, %v", res, err)
			}
			time.Sleep(time.Minute)
		}
		start := time.Now()
		if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("%v", err)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("closed after %s", took)
		}
	})
	if j.count() != 2 {
		t.Errorf("%d rows", j.count())
	}
}

// Stopping waits for the request under way: its callback is kept before its 200.
func TestGracefulStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal{hold: make(chan struct{}), in: make(chan struct{})}
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- webhook.Serve(ctx, p, receiver(&j, nil)) }()
		conn := p.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, head(len(callback), callback)+callback); err != nil {
			t.Fatal(err)
		}
		<-j.in
		stop()
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("stopped with a request under way: %v", err)
		case <-p.done: // no new connections meanwhile
		}
		close(j.hold)
		if res, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || res.StatusCode != 200 || j.count() != 1 {
			t.Errorf("%v, %v, %d rows", res, err, j.count())
		}
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// A request that never ends does not keep the program from ending.
func TestStopCutsAfterGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal{hold: make(chan struct{}), in: make(chan struct{})}
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- webhook.Serve(ctx, p, receiver(&j, nil)) }()
		conn := p.dial()
		defer conn.Close()
		if _, err := io.WriteString(conn, head(len(callback), callback)+callback); err != nil {
			t.Fatal(err)
		}
		<-j.in
		start := time.Now()
		stop()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
		if took := time.Since(start); took != 15*time.Second {
			t.Errorf("cut after %s", took)
		}
		close(j.hold)
	})
}

func TestListenerFails(t *testing.T) {
	p := newPipes()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := webhook.Serve(t.Context(), p, receiver(&journal{}, nil)); core.CodeOf(err) != core.Internal || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestHugeHead(t *testing.T) {
	serving(t, receiver(&journal{}, nil), func(t *testing.T, p *pipes) {
		conn := p.dial()
		defer conn.Close()
		go func() { // the server may stop reading before the end
			_, _ = io.WriteString(conn, "POST /webhooks/shop HTTP/1.1\r\nHost: x\r\nX-Filler: "+strings.Repeat("x", 1<<20)+"\r\n\r\n")
		}()
		if res, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%v, %v", res, err)
		}
	})
}
