package webhook

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"bottega/core"
)

// Timeouts of the server. Zero means the default beside it.
type Timeouts struct {
	Header time.Duration // to send the request's head: 5 s
	Read   time.Duration // to send the whole request: 15 s
	Write  time.Duration // from the head to the end of the answer, the store's wait included: 30 s
	Idle   time.Duration // between two requests of a connection: 2 min
	Grace  time.Duration // for requests under way when the server stops: 15 s
}

const maxHeader = 16 << 10

func (t Timeouts) orDefault() Timeouts {
	or := func(v, def time.Duration) time.Duration {
		if v > 0 {
			return v
		}
		return def
	}
	return Timeouts{
		Header: or(t.Header, 5*time.Second), Read: or(t.Read, 15*time.Second), Write: or(t.Write, 30*time.Second),
		Idle: or(t.Idle, 2*time.Minute), Grace: or(t.Grace, 15*time.Second),
	}
}

// Serve answers on ln until ctx ends, with the default time-outs; see ServeWith.
func Serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	return ServeWith(ctx, ln, h, Timeouts{}, nil)
}

// ServeWith answers on ln until ctx ends, then closes ln, lets the requests
// under way finish (what they bring is durable before their 200) and returns
// nil. Requests are not cancelled with ctx; those that outlive Grace are cut.
func ServeWith(ctx context.Context, ln net.Listener, h http.Handler, t Timeouts, log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t = t.orDefault()
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: t.Header,
		ReadTimeout:       t.Read,
		WriteTimeout:      t.Write,
		IdleTimeout:       t.Idle,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken connections of strangers
	}
	failed := make(chan error, 1)
	go func() {
		failed <- core.Guard(ctx, "webhook", func(context.Context) error { return srv.Serve(ln) })()
	}()
	select {
	case err := <-failed:
		return core.Fail(core.Internal, "webhook.Serve", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.Grace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		log.Warn("Requests were cut at the end of the grace time", "err", core.Trace(err))
		err = srv.Close()
		<-failed
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return core.Fail(core.Internal, "webhook.Serve", err)
	}
	return nil
}
