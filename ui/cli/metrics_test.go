package cli

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// desk is a shop of fixed figures.
type desk struct {
	core.InboxReader
	core.ChannelStore
	err error
}

func (d desk) Counts(context.Context, string, time.Time) (core.Counts, error) {
	return core.Counts{Open: 7, Waiting: 3, Snoozed: 2, Unread: 4, Unsure: 1, Failed: 5}, d.err
}

func (d desk) Channels(context.Context) ([]core.Channel, error) {
	return []core.Channel{
		{Name: "shop", Number: "+390555550100", State: core.Active, LastCallbackAt: time.Unix(1763000000, 0)},
		{Name: `odd "name"`, State: core.Paused, PauseClass: core.ClassAuth},
	}, nil
}

func metrics(t *testing.T, d desk) (*Metrics, func() *httptest.ResponseRecorder) {
	t.Helper()
	m := &Metrics{Shop: &Shop{Inbox: d, Channels: d}, Now: time.Now, Build: Build{Version: "v1", Go: "go1"},
		Calls: func() (int64, int64) { return 2000, 3 }}
	return m, func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		m.Beside(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w
	}
}

// The text is Prometheus' own: each line a comment or a sample, buckets that
// only grow, and the figures of the shop (S-029, S-180, S-219).
func TestMetrics(t *testing.T) {
	m, get := metrics(t, desk{})
	for _, took := range []time.Duration{time.Millisecond, 10 * time.Millisecond, 300 * time.Millisecond, time.Minute} {
		m.Observe(took, 200)
	}
	m.Observe(time.Millisecond, 401)
	body := get().Body.String()
	line := regexp.MustCompile(`^(# (HELP|TYPE) bottega_\w+ .+|bottega_\w+(\{\w+="(\\.|[^"\\])*"(,\w+="(\\.|[^"\\])*")*\})? [0-9.e+-]+)$`)
	for l := range strings.Lines(body) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("no line of the format: %q", l)
		}
	}
	for _, want := range []string{
		`bottega_conversations{state="open"} 7`, `bottega_conversations{state="unread"} 4`,
		"bottega_provider_requests_total 2000", "bottega_provider_failures_total 3",
		"bottega_messages_unsure 1", "bottega_messages_failed 5",
		`bottega_channel_paused{channel="shop"} 0`, `bottega_channel_paused{channel="odd \"name\""} 1`,
		`bottega_channel_last_callback_timestamp_seconds{channel="shop"} 1.763e+09`,
		`bottega_webhook_requests_total{status="200"} 4`, `bottega_webhook_requests_total{status="401"} 1`,
		`bottega_webhook_seconds_bucket{le="0.01"} 3`, `bottega_webhook_seconds_bucket{le="0.25"} 3`,
		`bottega_webhook_seconds_bucket{le="0.5"} 4`, `bottega_webhook_seconds_bucket{le="+Inf"} 5`, "bottega_webhook_seconds_count 5",
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("%s is not in\n%s", want, body)
		}
	}
	if strings.Contains(body, "0555550100") {
		t.Error("a number is in the metrics")
	}
}

func TestMetricsBeforeTheFirstCallback(t *testing.T) {
	_, get := metrics(t, desk{})
	if body := get().Body.String(); !strings.Contains(body, "bottega_webhook_seconds_bucket{le=\"+Inf\"} 0\n") {
		t.Errorf("nothing observed yet:\n%s", body)
	}
}

func TestMetricsOfADamagedShop(t *testing.T) {
	_, get := metrics(t, desk{err: core.Fail(core.Damaged, "test", nil)})
	if w := get(); w.Code != http.StatusServiceUnavailable || strings.TrimSpace(w.Body.String()) != "damaged" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}
