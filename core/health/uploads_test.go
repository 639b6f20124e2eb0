package health_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/health"
)

func TestTimeUploads(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var us core.Uploads
	for i := range 10 {
		us = append(us, core.Upload{At: at.Add(time.Duration(i) * time.Minute), Took: time.Duration(10-i) * time.Second})
	}
	us = append(us, core.Upload{At: at, Took: -time.Hour}, core.Upload{At: at.Add(-time.Hour), Took: time.Hour})
	if got := health.TimeUploads(us, at); got != (health.UploadTimes{N: 10, P50: 5 * time.Second, P90: 9 * time.Second}) {
		t.Errorf("%+v", got)
	}
	if got := health.TimeUploads(us, at.Add(9*time.Minute)); got != (health.UploadTimes{N: 1, P50: time.Second, P90: time.Second}) {
		t.Errorf("the last one alone: %+v", got)
	}
	if got := health.TimeUploads(nil, at); got != (health.UploadTimes{}) {
		t.Errorf("none: %+v", got)
	}
	all := core.Uploads{}
	for range 60 {
		all = health.AddUploads(all, us)
	}
	if len(all) != 500 || all[499] != us[11] {
		t.Errorf("%d kept, the last %+v", len(all), all[len(all)-1])
	}
}
