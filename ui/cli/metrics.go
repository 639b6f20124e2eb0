package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

// buckets of the answer time to a callback, in seconds: the shop is warned
// above 250 ms and in trouble from 500 ms on (S-029, S-219, P-63).
var buckets = []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5}

// Metrics writes what a monitor wants to know, in Prometheus' text format:
// how quickly callbacks were answered, and how the shop stands. It holds
// counts only, never a customer's data. Safe for concurrent use.
type Metrics struct {
	Shop  *Shop
	Now   func() time.Time
	Build Build
	Calls func() (made, failed int64) // requests to providers since the start; nil tells none

	mu      sync.Mutex
	answers map[int]int // by HTTP status
	counts  []int       // by bucket, not cumulative; the last is beyond all
	seconds float64
}

// Observe counts one answer to a callback.
func (m *Metrics) Observe(took time.Duration, status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil {
		m.answers, m.counts = map[int]int{}, make([]int, len(buckets)+1)
	}
	m.answers[status]++
	i, _ := slices.BinarySearch(buckets, took.Seconds())
	m.counts[i]++
	m.seconds += took.Seconds()
}

// ServeHTTP answers GET /metrics.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b strings.Builder
	if err := m.shop(r.Context(), &b); err != nil {
		http.Error(w, string(core.CodeOf(err)), http.StatusServiceUnavailable)
		return
	}
	m.callbacks(&b)
	m.calls(&b)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = io.WriteString(w, b.String()) // a monitor that hung up comes again
}

// Beside serves GET /metrics and leaves everything else to rest.
func (m *Metrics) Beside(rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m)
	mux.Handle("/", rest)
	return mux
}

// series writes one metric with its help and type.
func series(b *strings.Builder, name, kind, help string, samples ...string) {
	_, _ = fmt.Fprintf(b, "# HELP bottega_%s %s\n# TYPE bottega_%s %s\n", name, help, name, kind)
	for _, s := range samples {
		b.WriteString("bottega_" + name + s + "\n")
	}
}

func sample(v float64, labels ...string) string {
	var ls []string
	for i := 0; i+1 < len(labels); i += 2 {
		ls = append(ls, labels[i]+"="+strconv.Quote(labels[i+1]))
	}
	s := " " + strconv.FormatFloat(v, 'g', -1, 64)
	if len(ls) > 0 {
		s = "{" + strings.Join(ls, ",") + "}" + s
	}
	return s
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *Metrics) shop(ctx context.Context, b *strings.Builder) error {
	n, err := m.Shop.Inbox.Counts(ctx, "", m.Now())
	if err != nil {
		return err
	}
	chs, err := m.Shop.Channels.Channels(ctx)
	if err != nil {
		return err
	}
	series(b, "build_info", "gauge", "The running program.", sample(1, "version", m.Build.Version, "go", m.Build.Go))
	series(b, "conversations", "gauge", "Conversations by state.",
		sample(float64(n.Open), "state", "open"), sample(float64(n.Waiting), "state", "waiting"),
		sample(float64(n.Snoozed), "state", "snoozed"), sample(float64(n.Unread), "state", "unread"))
	series(b, "messages_unsure", "gauge", "Messages whose outcome is open.", sample(float64(n.Unsure)))
	series(b, "messages_failed", "gauge", "Failed messages of 7 days that nobody repeated.", sample(float64(n.Failed)))
	var paused, away, heard, asked, alarm []string
	for _, c := range chs {
		paused = append(paused, sample(truth(c.State == core.Paused), "channel", c.Name))
		since := 0.0
		if t := c.Health.AwaySince; !t.IsZero() {
			since = float64(t.UnixMilli()) / 1000
		}
		away = append(away, sample(since, "channel", c.Name))
		if !c.LastCallbackAt.IsZero() {
			heard = append(heard, sample(float64(c.LastCallbackAt.UnixMilli())/1000, "channel", c.Name))
		}
		if m.Shop.Watch == nil {
			continue
		}
		v, in, err := m.Shop.Watch.Look(ctx, &c)
		if err != nil {
			return err
		}
		alarm = append(alarm, sample(truth(v.Sign.Alarm()), "channel", c.Name, "sign", string(v.Sign)))
		if !in.LastPoll.IsZero() {
			asked = append(asked, sample(float64(in.LastPoll.UnixMilli())/1000, "channel", c.Name))
		}
	}
	series(b, "channel_paused", "gauge", "Whether sending on a channel is stopped.", paused...)
	series(b, "channel_unreached_since_timestamp_seconds", "gauge", "Since when the provider of a channel cannot be reached; 0 while it can.", away...)
	series(b, "channel_last_callback_timestamp_seconds", "gauge", "When the provider last reached us.", heard...)
	series(b, "channel_last_poll_timestamp_seconds", "gauge", "When the provider last answered that it was asked for news.", asked...)
	series(b, "channel_receiving_alarm", "gauge", "Whether the way in of a channel looks broken: silent, blocked, stale or off.", alarm...)
	return nil
}

// calls tells how the providers' API fares: below one failure in a thousand all
// is well (S-218).
func (m *Metrics) calls(b *strings.Builder) {
	if m.Calls == nil {
		return
	}
	made, failed := m.Calls()
	series(b, "provider_requests_total", "counter", "Requests to the providers.", sample(float64(made)))
	series(b, "provider_failures_total", "counter", "Requests that the providers failed, refusals with reason left out.", sample(float64(failed)))
}

func (m *Metrics) callbacks(b *strings.Builder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var byStatus []string
	for _, s := range slices.Sorted(maps.Keys(m.answers)) {
		byStatus = append(byStatus, sample(float64(m.answers[s]), "status", strconv.Itoa(s)))
	}
	series(b, "webhook_requests_total", "counter", "Callbacks answered, by HTTP status.", byStatus...)
	var hist []string
	sum := 0
	for i := range len(buckets) + 1 {
		if m.counts != nil {
			sum += m.counts[i]
		}
		le := "+Inf"
		if i < len(buckets) {
			le = strconv.FormatFloat(buckets[i], 'g', -1, 64)
		}
		hist = append(hist, "_bucket"+sample(float64(sum), "le", le))
	}
	hist = append(hist, "_sum"+sample(m.seconds), "_count"+sample(float64(sum)))
	series(b, "webhook_seconds", "histogram", "Time from a callback's arrival to its answer, after it was durable.", hist...)
}
