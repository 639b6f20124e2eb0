package sandbox

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// place tells which kind of request this is, "" for our own endpoints.
func (s *Server) place(r *http.Request) string {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/sandbox/"):
		return ""
	case strings.HasSuffix(path, "/messages"), strings.HasSuffix(path, "/marketing_messages"):
		return onMessages
	case strings.HasPrefix(path, "/media/"), strings.HasSuffix(path, "/media"), s.media.has(path[strings.LastIndexByte(path, '/')+1:]):
		return onMedia
	case strings.HasSuffix(path, "/message_templates"), strings.HasSuffix(path, "/unpause"):
		return onTemplates
	}
	return onAccount
}

// faulty lets faults strike the requests of next.
func (s *Server) faulty(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		on := s.place(r)
		if on == "" {
			next.ServeHTTP(w, r)
			return
		}
		var after *Fault
		for _, f := range s.faults.strike(on) {
			if f.Kind == "timeout" || f.Kind == "reset" || f.Kind == "error" && f.Accepted {
				after = &f
			} else if s.strikeBefore(w, r, f) {
				return
			}
		}
		if after == nil {
			next.ServeHTTP(w, r)
			return
		}
		rec := &recorder{head: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if rec.status != http.StatusOK {
			rec.replay(w) // refused anyhow: nothing is in doubt
			return
		}
		s.strikeAfter(w, r, *after)
	})
}

// strikeBefore applies a fault that comes before the request is looked at; it
// reports whether the request is answered by it.
func (s *Server) strikeBefore(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f.Kind {
	case "delay":
		wait(r, f.Delay.D())
		return r.Context().Err() != nil
	case "expired":
		s.writeError(w, refuse(190, "The session has expired."))
	case "throttle":
		e := refuse(130429, "Cloud API message throughput has been reached.")
		e.Status = http.StatusTooManyRequests
		e.RetryAfter = int((f.RetryAfter.D() + time.Second - 1) / time.Second)
		s.writeError(w, e)
	case "error":
		s.fail(w, f)
	case "down":
		if f.Status == 0 {
			cut(w)
		}
		s.fail(w, f)
	}
	return true
}

// strikeAfter applies a fault after the request was taken.
func (s *Server) strikeAfter(w http.ResponseWriter, r *http.Request, f Fault) {
	switch f.Kind {
	case "error":
		s.fail(w, f)
	case "timeout":
		hold := f.Delay.D()
		if hold == 0 {
			hold = time.Minute
		}
		wait(r, hold)
		cut(w)
	case "reset":
		cut(w)
	}
}

// fail answers like a broken server: Meta's JSON, or the page of a proxy in between.
func (s *Server) fail(w http.ResponseWriter, f Fault) {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if f.Body == "html" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		if _, err := io.WriteString(w, "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>"); err != nil {
			s.o.Log.Debug("Client went away", "err", core.Trace(err))
		}
		return
	}
	e := refuse(131000, "Message failed to send due to an unknown error.")
	e.Status = status
	s.writeError(w, e)
}

// wait sleeps unless the client goes away.
func wait(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// cut ends the connection without an answer: with a reset where it can be had.
// It does not return.
func cut(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // without it the close is a polite one, which is a fault as well
			}
			_ = conn.Close() // there is nobody to tell
		}
	}
	panic(http.ErrAbortHandler)
}

// recorder keeps an answer that the client may never see.
type recorder struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.head }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) replay(w http.ResponseWriter) {
	for k, v := range r.head {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(r.body.Len()))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // a client that is gone needs no answer
}
