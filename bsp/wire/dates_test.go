package wire

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

func TestSkew(t *testing.T) {
	said := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		asked, answered time.Duration
		want            time.Duration
	}{
		"right":             {-100 * time.Millisecond, 200 * time.Millisecond, 0},
		"within the second": {900 * time.Millisecond, 950 * time.Millisecond, 0},
		"a slow answer":     {-5 * time.Second, 3 * time.Second, 0},
		"behind":            {-10*time.Minute - time.Second, -10 * time.Minute, -10 * time.Minute},
		"ahead":             {10*time.Minute + time.Second, 10*time.Minute + 2*time.Second, 10 * time.Minute},
	} {
		d := Dates{said: said, asked: said.Add(c.asked), answered: said.Add(c.answered)}
		if got, ok := d.Skew(); got != c.want || !ok {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if _, ok := new(Dates).Skew(); ok {
		t.Error("a skew without an answer")
	}
}

// Calls note the date of their answers, refusals too, where somebody asked for it.
func TestCallsNoteDates(t *testing.T) {
	date := "Tue, 24 Nov 2026 10:00:00 GMT"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", date)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 10, 10, 1, 0, time.UTC)
	l := NewLine(Config{Now: func() time.Time { return now }})
	var d Dates
	for _, ctx := range []context.Context{context.Background(), Noting(context.Background(), &d)} {
		if _, err := l.Do(ctx, Call{Op: "t", Method: http.MethodGet, URL: u}); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok := d.Skew(); !ok || got != 10*time.Minute {
		t.Errorf("%v, %v", got, ok)
	}
	date = "soon"
	var none Dates
	if _, err := l.Do(Noting(context.Background(), &none), Call{Op: "t", Method: http.MethodGet, URL: u}); err != nil {
		t.Fatal(err)
	}
	if _, ok := none.Skew(); ok {
		t.Error("a date that is none counts")
	}
}
