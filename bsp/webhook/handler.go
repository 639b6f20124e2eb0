package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"bottega/core"
)

// Defaults of Options. Meta's callbacks have at most 3 MB (bsp/meta.md 6.1).
const (
	DefaultMaxBody       = 4 << 20
	DefaultMaxConcurrent = 512
	DefaultMaxBytes      = 64 << 20
)

const (
	busyRetry  = time.Second     // when too much comes at once
	storeRetry = 5 * time.Second // when the journal cannot take it
	storeWait  = 10 * time.Second
)

// Channel is what a receiver must know of a channel.
type Channel struct {
	ID int64
	// Verify checks the signature over the raw body; any error is a 401.
	Verify func(http.Header, []byte) error
	// VerifyRequest is Verify for a provider that signs the address as well;
	// where it is set Verify is not asked.
	VerifyRequest func(*http.Request, []byte) error
	// Keyed channels are also reached at /webhooks/NAME/KEY, a path that nobody
	// guesses; VerifyRequest looks at PathValue("key").
	Keyed bool
	// Record is what the journal keeps of a checked request, where the body
	// alone does not say all; nil keeps the body as it came.
	Record func(*http.Request, []byte) []byte
	// Handshake answers the provider's GET; nil where there is none.
	Handshake func(url.Values) (string, bool)
	// MediaTypes that the provider posts; nil means JSON, which is then checked to be JSON.
	MediaTypes []string
}

// Options of the receiver. Channel and Journal are needed.
type Options struct {
	// Channel finds a channel by the name in the path: NotFound is a 404, any
	// other error a 503, since the provider must come again.
	Channel func(ctx context.Context, name string) (Channel, error)
	Journal core.JournalStore
	Now     func() time.Time
	Log     *slog.Logger
	MaxBody int64 // of one callback; larger is a 413
	// MaxConcurrent whole requests being checked and kept, and MaxBytes of all
	// bodies, at once; beyond, 503.
	MaxConcurrent int
	MaxBytes      int64
	// Observe is told of every callback: from its head to its answer, and the
	// status (S-029, S-219). Handshakes and health checks are not counted.
	Observe func(time.Duration, int)
	// Ready is asked by GET /readyz; nil means always.
	Ready func(context.Context) error
	// Stray is told, now and then, of a callback for a path that no channel
	// has: the first 80 bytes of it. Nil tells only the log.
	Stray func(ctx context.Context, path string)
	// Words turns a code into a sentence and a hint for error bodies; nil
	// leaves the sentence of the HTTP status.
	Words func(core.Code) (message, hint string)
}

type handler struct {
	Options
	slots   chan struct{}
	bytes   *budget
	refused rate.Sometimes // strangers must not be able to fill the log
}

// New returns the receiver: GET and POST /webhooks/{channel}, GET /healthz and
// /readyz; everything else is a 404 or 405 with a JSON error.
func New(o Options) http.Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxConcurrent <= 0 {
		o.MaxConcurrent = DefaultMaxConcurrent
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = max(DefaultMaxBytes, o.MaxBody)
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration, int) {}
	}
	h := &handler{
		Options: o, slots: make(chan struct{}, o.MaxConcurrent), bytes: &budget{max: o.MaxBytes},
		refused: rate.Sometimes{First: 10, Interval: time.Minute},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/webhooks/{channel}", h.callback)
	mux.HandleFunc("/webhooks/{channel}/{key}", h.callback)
	mux.HandleFunc("/healthz", h.health)
	mux.HandleFunc("/readyz", h.ready)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost { // who merely looks around is no provider
			h.strays(r)
		}
		h.fail(w, http.StatusNotFound, core.NotFound)
	})
	return h.safe(mux)
}

// safe answers 500 after a panic; the provider comes again.
func (h *handler) safe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if err, ok := v.(error); v == nil || ok && errors.Is(err, http.ErrAbortHandler) {
				if v != nil {
					panic(v) // net/http's own way to break a connection off
				}
				return
			}
			h.Log.Error("Webhook handler panicked", "err", core.Trace(&core.PanicError{Where: "webhook", Value: v, Stack: debug.Stack()}))
			h.fail(w, http.StatusInternalServerError, core.Internal)
		}()
		next.ServeHTTP(w, r)
	})
}

func (h *handler) callback(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		h.handshake(w, r)
	case http.MethodPost:
		start := h.Now()
		status := http.StatusInternalServerError // should post panic
		defer func() {
			if status != own {
				h.Observe(h.Now().Sub(start), status)
			}
		}()
		status = h.post(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		h.fail(w, http.StatusMethodNotAllowed, core.BadMethod)
	}
}

// own is the status of a ping of ours, which is no callback.
const own = 0

// post takes one callback and returns the status it answered with.
func (h *handler) post(w http.ResponseWriter, r *http.Request) int {
	ch, status := h.channel(w, r)
	if status != 0 {
		return status
	}
	body, release, err := h.read(w, r)
	defer release()
	if err != nil {
		return h.unread(w, ch, err)
	}
	// Only now: whoever sends slowly must not keep the others out.
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return h.later(w, core.RateLimited, busyRetry)
	}
	if err := ch.verify(r, body); err != nil {
		h.refuse(ch, http.StatusUnauthorized, core.BadSignature)
		return h.fail(w, http.StatusUnauthorized, core.BadSignature)
	}
	if status := h.form(ch, r, body); status != 0 {
		h.refuse(ch, status, core.InvalidInput)
		return h.fail(w, status, core.InvalidInput)
	}
	if nonce, ours := pinged(body); ours {
		h.pong(w, nonce)
		return own
	}
	if ch.Record != nil {
		body = ch.Record(r, body)
	}
	// A client that hangs up now has still delivered: keep what it signed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeWait)
	defer cancel()
	if _, err := h.Journal.AppendJournal(ctx, ch.ID, body, h.Now()); err != nil {
		h.Log.Error("Callback could not be kept", "channel", ch.ID, "code", string(core.CodeOf(err)), "err", core.Trace(err))
		return h.later(w, core.CodeOf(err), storeRetry)
	}
	w.WriteHeader(http.StatusOK)
	return http.StatusOK
}

func (c *Channel) verify(r *http.Request, body []byte) error {
	if c.VerifyRequest != nil {
		return c.VerifyRequest(r, body)
	}
	return c.Verify(r.Header, body)
}

// channel finds the channel of the path, or answers and returns the status.
func (h *handler) channel(w http.ResponseWriter, r *http.Request) (Channel, int) {
	ch, err := h.Channel(r.Context(), r.PathValue("channel"))
	if err == nil && r.PathValue("key") != "" && !ch.Keyed {
		err = core.Fail(core.NotFound, "webhook.channel", nil)
	}
	switch {
	case err == nil:
		return ch, 0
	case core.CodeOf(err) == core.NotFound:
		h.strays(r)
		return ch, h.fail(w, http.StatusNotFound, core.NotFound)
	}
	h.Log.Error("Channel of a callback could not be read", "code", string(core.CodeOf(err)), "err", core.Trace(err))
	return ch, h.later(w, core.CodeOf(err), storeRetry)
}

// form checks a signed body's type: 0, 415 or 400.
func (h *handler) form(ch Channel, r *http.Request, body []byte) int {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	types := ch.MediaTypes
	if types == nil {
		types = []string{"application/json"}
	}
	if err != nil || !slices.Contains(types, kind) {
		return http.StatusUnsupportedMediaType
	}
	if kind == "application/json" && !json.Valid(body) {
		return http.StatusBadRequest
	}
	return 0
}

// handshake answers the provider's check of the address.
func (h *handler) handshake(w http.ResponseWriter, r *http.Request) {
	ch, status := h.channel(w, r)
	if status != 0 {
		return
	}
	if ch.Handshake != nil {
		if challenge, ok := ch.Handshake(r.URL.Query()); ok {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			write(w, []byte(challenge))
			return
		}
	}
	h.refuse(ch, http.StatusForbidden, core.BadSignature)
	h.fail(w, http.StatusForbidden, core.BadSignature)
}

func (h *handler) health(w http.ResponseWriter, r *http.Request) { h.state(w, r, nil) }

func (h *handler) ready(w http.ResponseWriter, r *http.Request) {
	var err error
	if h.Ready != nil {
		err = h.Ready(r.Context())
	}
	h.state(w, r, err)
}

func (h *handler) state(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		h.fail(w, http.StatusMethodNotAllowed, core.BadMethod)
	case err != nil:
		h.later(w, core.CodeOf(err), storeRetry)
	default:
		w.Header().Set("Content-Type", "application/json")
		write(w, []byte(`{"status":"ok"}`+"\n"))
	}
}

// refuse notes, now and then, that something was turned away.
func (h *handler) refuse(ch Channel, status int, code core.Code) {
	h.refused.Do(func() {
		h.Log.Warn("Callback refused", "channel", ch.ID, "status", status, "code", string(code))
	})
}

// maxStray bounds what is kept of a path that no channel has, in bytes.
const maxStray = 80

// strays notes, now and then, that a callback came to a path that no channel has.
func (h *handler) strays(r *http.Request) {
	h.refused.Do(func() {
		path := strings.ToValidUTF8(r.URL.Path[:min(len(r.URL.Path), maxStray)], "")
		h.Log.Warn("Callback for a path that no channel has", "path", path)
		if h.Stray != nil {
			h.Stray(context.WithoutCancel(r.Context()), path)
		}
	})
}

// later asks the provider to come again after wait.
func (h *handler) later(w http.ResponseWriter, code core.Code, wait time.Duration) int {
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
	return h.fail(w, http.StatusServiceUnavailable, code)
}

// fail writes the contract's error body and returns the status.
func (h *handler) fail(w http.ResponseWriter, status int, code core.Code) int {
	type failure struct {
		Code    core.Code `json:"code"`
		Message string    `json:"message"`
		Hint    string    `json:"hint,omitempty"`
	}
	f := failure{Code: code, Message: http.StatusText(status)}
	if h.Words != nil {
		f.Message, f.Hint = h.Words(code)
	}
	body, err := json.Marshal(map[string]failure{"error": f})
	if err != nil {
		h.Log.Error("Error body could not be written", "err", core.Trace(err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, append(body, '\n'))
	return status
}

// write sends a short body; a client that is gone is its own matter.
func write(w http.ResponseWriter, body []byte) { _, _ = w.Write(body) }
