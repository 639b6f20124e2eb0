package cli

import (
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/contact"
	"bottega/core/health"
)

// The report sets the shop's share beside the usual one, for each kind that
// was sent and for no other.
func TestKindsInWords(t *testing.T) {
	th, err := health.LoadThresholds(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	y := &health.Tally{Thresholds: th, Now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Country: contact.CountryOf}
	a := &app{w: words(t, "en")}
	if got := a.kindWords(y); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	for i := range 4 {
		y.Add(core.Delivery{Phone: "+39333", Type: core.TypeImage, State: []core.State{core.Delivered, core.Read, core.Read, core.Failed}[i]})
	}
	if got, want := a.kindWords(y), "With a file: 75% of 4 messages delivered; usual 90%–95%.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	y.Add(core.Delivery{Phone: "+39333", Type: core.TypeText, State: core.Read})
	a.w = words(t, "it")
	if got, want := a.kindWords(y), "Solo testo: consegnato il 100% di 1 messaggio; di solito 98%.\nCon un file: consegnato il 75% di 4 messaggi; di solito 90%–95%.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// How long uploads took stands beside what is usual, and nothing where there
// were none.
func TestUploadsInWords(t *testing.T) {
	th, err := health.LoadThresholds(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	a := &app{w: words(t, "en")}
	if got := a.uploadWords(health.UploadTimes{}, th.Upload); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	u := health.UploadTimes{N: 12, P50: 2400 * time.Millisecond, P90: 6 * time.Second}
	if got, want := a.uploadWords(u, th.Upload), "Uploads of files: 12; half took up to 2.4 s, nine in ten up to 6 s; usual 2 to 5 s (S-041).\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := uploadShape(u, th.Upload); got != (uploadsJSON{12, 2400, 6000, [2]float64{2000, 5000}}) {
		t.Errorf("%+v", got)
	}
}
