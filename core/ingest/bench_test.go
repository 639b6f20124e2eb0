package ingest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"bottega/core"
)

// BenchmarkDrain is how many callbacks per second are decoded, stored and
// searchable, each a text of one of 500 customers, in batches.
func BenchmarkDrain(b *testing.B) {
	d := open(b)
	for i := range b.N {
		body := text(fmt.Sprintf("39333%07d", i%500), fmt.Sprint("wamid.", i), "Buongiorno, avete ancora il pane di segale?", d.Clock.Add(time.Duration(i)*time.Millisecond))
		if _, err := d.store.AppendJournal(b.Context(), d.Channel.ID, []byte(body), d.Clock); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	if n, err := d.w.Drain(b.Context()); n != b.N || err != nil {
		b.Fatalf("%d rows, %v", n, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "callbacks/s")
}

// BenchmarkLatency is the time from a durable callback to its message in the
// store, at 500 callbacks a second.
func BenchmarkLatency(b *testing.B) {
	d := open(b)
	d.w.Now = time.Now
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.w.Run(ctx) }()
	sub := d.Feed.Subscribe(core.Messages)
	defer sub.Close()
	var took []time.Duration
	for i := range b.N {
		next := time.Now().Add(2 * time.Millisecond)
		body := text(fmt.Sprintf("39333%07d", i%500), fmt.Sprint("wamid.", i), "Buongiorno, avete ancora il pane di segale?", time.Now())
		start := time.Now()
		if _, err := d.store.AppendJournal(ctx, d.Channel.ID, []byte(body), start); err != nil {
			b.Fatal(err)
		}
		if _, err := sub.Next(ctx, 0); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		time.Sleep(time.Until(next))
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}
