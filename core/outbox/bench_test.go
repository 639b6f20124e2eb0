package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/core"
)

// BenchmarkSend is durable sends per second against a simulator that answers at
// once: each message is claimed on disk, sent over HTTP, and its answer is on
// disk. "bare" is the same requests without a shop; the difference is the
// sender's own cost.
func BenchmarkSend(b *testing.B) {
	const people, workers = 1000, 64
	b.Run("durable", func(b *testing.B) {
		s, ts := provider(b, "")
		h := open(b, b.TempDir(), ts.URL, "bench", strings.ReplaceAll(quick, `"150ms"`, `"15s"`))
		defer func() { _ = h.db.Close() }()
		convs := h.people(b, people)
		for n := 0; n < b.N; n += people {
			if err := h.line(b.Context(), convs[:min(people, b.N-n)], func(i int) string { return fmt.Sprint("b1:", n+i) }); err != nil {
				b.Fatal(err)
			}
		}
		b.ResetTimer()
		ctx, cancel := context.WithCancel(b.Context())
		var done sync.WaitGroup
		done.Go(func() { _ = h.t.Send(ctx) })
		for due := time.Unix(1, 0); !due.IsZero(); time.Sleep(2 * time.Millisecond) {
			var err error
			if due, err = h.db.NextDue(ctx, h.ch.ID); err != nil {
				b.Fatal(err)
			}
		}
		cancel()
		done.Wait() // every answer is on disk
		b.StopTimer()
		if n := len(s.Ledger()); n != b.N {
			b.Fatalf("%d of %d arrived", n, b.N)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	})
	b.Run("bare", func(b *testing.B) {
		_, ts := provider(b, "")
		h := open(b, b.TempDir(), ts.URL, "bench", quick)
		defer func() { _ = h.db.Close() }()
		gw, err := h.t.Providers.Gateway(b.Context(), h.ch)
		if err != nil {
			b.Fatal(err)
		}
		b.ResetTimer()
		jobs := make(chan int)
		var done sync.WaitGroup
		for range workers {
			done.Go(func() {
				for i := range jobs {
					m := core.Outgoing{Ref: fmt.Sprint("b1:", i), To: core.Phone(fmt.Sprintf("+39333%07d", i%people)),
						Content: core.Content{Type: core.TypeText, Text: "Il pane è pronto, vi aspettiamo."}}
					if _, err := gw.Send(b.Context(), m); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for i := range b.N {
			jobs <- i
		}
		close(jobs)
		done.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	})
}
