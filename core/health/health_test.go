package health_test

import (
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/health"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func country(p core.Phone, user string) string {
	if p == "" {
		return user[:min(2, len(user))]
	}
	return map[byte]string{'3': "IT", '9': "IN"}[p[1]]
}

func tally(t testing.TB) *health.Tally {
	t.Helper()
	th, err := health.LoadThresholds(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return &health.Tally{Thresholds: th, Now: now, Country: country}
}

func TestCountryInTrouble(t *testing.T) {
	y := tally(t)
	sent := now.Add(-time.Hour)
	for range 27 {
		y.Add(core.Delivery{Phone: "+393", State: core.Read, At: sent, SentAt: sent, DeliveredAt: sent.Add(time.Second)})
	}
	y.Add(core.Delivery{Phone: "+393", State: core.Failed, At: sent})
	for i := range 20 {
		d := core.Delivery{Phone: "+91", State: core.Delivered, At: sent, SentAt: sent, DeliveredAt: sent.Add(2 * time.Second)}
		if i < 2 {
			d.DeliveredAt = sent.Add(10 * time.Minute)
		}
		y.Add(d)
	}
	y.Add(core.Delivery{UserID: "CO.1", State: core.Failed, At: sent})
	list, sum := y.Destinations()
	if len(list) != 3 || list[0].Country != "IT" || list[1].Country != "IN" || list[2].Country != "CO" {
		t.Fatalf("%+v", list)
	}
	if list[0].Troubled || !list[1].Troubled || list[1].Late != 2 {
		t.Errorf("Italy %+v, India %+v", list[0], list[1])
	}
	if list[2].Troubled {
		t.Error("one failed message says nothing of a country")
	}
	if sum.Total != 49 || sum.Failed != 2 || sum.Read != 27 {
		t.Errorf("sum %+v", sum)
	}
}

// Text alone arrives more often than files (S-040, S-041): they are told apart.
func TestTextAndFilesApart(t *testing.T) {
	y := tally(t)
	for i, k := range []core.MessageType{core.TypeText, core.TypeText, core.TypeImage, core.TypeDocument, core.TypeVideo, core.TypeAudio, core.TypeTemplate, core.TypeLocation} {
		s := core.Delivered
		if i%4 == 3 {
			s = core.Failed
		}
		y.Add(core.Delivery{Phone: "+39", Type: k, State: s, At: now})
	}
	plain, media := y.Kinds()
	if plain.Total != 2 || plain.Arrived() != 1 || media.Total != 4 || media.Arrived() != .75 {
		t.Errorf("text %+v, files %+v", plain, media)
	}
	if th := y.Thresholds; th.Text != [2]float64{.98, .98} || th.Media != [2]float64{.9, .95} || (health.Destination{}).Arrived() != 0 {
		t.Errorf("%+v", th)
	}
}

func TestOpenMessages(t *testing.T) {
	y := tally(t)
	y.Add(core.Delivery{Phone: "+39", State: core.Sent, At: now.Add(-time.Second)})     // on its way
	y.Add(core.Delivery{Phone: "+39", State: core.Sent, At: now.Add(-time.Hour)})       // no receipt for an hour
	y.Add(core.Delivery{Phone: "+39", State: core.Queued, At: now.Add(-time.Hour)})     // ours, not the provider's
	y.Add(core.Delivery{Phone: "+39", State: core.UnsureSent, At: now.Add(-time.Hour)}) // nobody knows
	_, sum := y.Destinations()
	if sum.Open != 4 || sum.Late != 1 {
		t.Errorf("%+v", sum)
	}
}

func TestEachMessageCountsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := &health.Tally{Thresholds: health.Thresholds{Troubled: .1, Least: 1, LateAfter: core.Duration(time.Minute)}, Now: now, Country: country}
		n := rapid.IntRange(0, 60).Draw(t, "n")
		for range n {
			y.Add(core.Delivery{
				Phone: rapid.SampledFrom([]core.Phone{"+39", "+91", "+7"}).Draw(t, "to"),
				State: rapid.SampledFrom([]core.State{core.Queued, core.Sending, core.UnsureSent, core.Accepted, core.Sent, core.Failed, core.Delivered, core.Read}).Draw(t, "state"),
				At:    now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "age")) * time.Second),
			})
		}
		list, sum := y.Destinations()
		if sum.Total != n || sum.Delivered+sum.Failed+sum.Open != n {
			t.Fatalf("%d messages, %+v", n, sum)
		}
		for _, d := range list {
			if d.Share() < 0 || d.Share() > 1 || d.Read > d.Delivered {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func TestBadThresholds(t *testing.T) {
	for _, s := range []string{`{`, `{"troubled":0,"least":1,"late_after":"1s"}`, `{"troubled":0.1,"least":0,"late_after":"1s"}`, `{"troubled":0.1,"least":5,"late_after":"soon"}`} {
		_, err := health.LoadThresholds(fstest.MapFS{"delivery.json": {Data: []byte(s)}})
		if core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := health.LoadThresholds(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}
