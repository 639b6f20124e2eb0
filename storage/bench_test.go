package storage_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// The benchmarks read synthetic shops of 10,000 and 100,000 conversations with
// ten messages each. BOTTEGA_BENCH_CONVERSATIONS="10000 1000000" asks for others,
// BOTTEGA_BENCH_SHOPS=DIR keeps them between runs.

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

var shops = struct {
	sync.Mutex
	dir  map[int]string
	temp string
}{dir: map[int]string{}}

func TestMain(m *testing.M) {
	if run := children[os.Getenv(childEnv)]; run != nil {
		run()
		return
	}
	code := m.Run()
	if shops.temp != "" {
		_ = os.RemoveAll(shops.temp) // the system's own temporary folder
	}
	os.Exit(code)
}

// bigShop is the data folder of a synthetic shop.
func bigShop(b *testing.B, conversations int) string {
	b.Helper()
	shops.Lock()
	defer shops.Unlock()
	if dir := shops.dir[conversations]; dir != "" {
		return dir
	}
	root := os.Getenv("BOTTEGA_BENCH_SHOPS")
	if root == "" {
		if shops.temp == "" {
			var err error
			if shops.temp, err = os.MkdirTemp("", "bottega-bench"); err != nil {
				b.Fatal(err)
			}
		}
		root = shops.temp
	}
	dir := filepath.Join(root, strconv.Itoa(conversations))
	if _, err := os.Stat(storage.Path(dir)); err != nil {
		db, err := storage.Open(dir, nil, storage.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := storagetest.Size{Conversations: conversations, Messages: 10 * conversations, Seed: 1, Now: storagetest.Start}
		if err := storagetest.Fill(context.Background(), db, n, nil); err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	shops.dir[conversations] = dir
	return dir
}

// onShops runs a benchmark on each size.
func onShops(b *testing.B, run func(b *testing.B, db *storage.DB, conversations int)) {
	for _, n := range sizes(b) {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			db, err := storage.Open(bigShop(b, n), core.NewFeed(), storage.Options{Now: func() time.Time { return storagetest.Start }})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			run(b, db, n)
		})
	}
}

func sizes(b *testing.B) (ns []int) {
	for _, f := range strings.Fields(env("BOTTEGA_BENCH_CONVERSATIONS", "10000 100000")) {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ns = append(ns, n)
	}
	return ns
}

// timed measures each call and reports the middle and the worst hundredth.
func timed(b *testing.B, fn func(i int)) {
	b.Helper()
	for i := range 20 {
		fn(i) // statements prepared, pages in memory
	}
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	used := cpu()
	for i := range b.N {
		start := time.Now()
		fn(i)
		took = append(took, time.Since(start))
	}
	b.StopTimer()
	b.ReportMetric(float64((cpu()-used).Microseconds())/float64(b.N), "cpu-µs") // what a busy neighbour does not change
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkInboxPage(b *testing.B) {
	onShops(b, func(b *testing.B, db *storage.DB, n int) {
		for _, q := range []core.ListQuery{
			{View: core.ViewOpen, Order: core.OrderPriority}, {View: core.ViewMine, Agent: "bea", Order: core.OrderNewest},
			{View: core.ViewOpen, Order: core.OrderUnread}, {View: core.ViewOpen, Order: core.OrderWindow},
			{View: core.ViewAll, Order: core.OrderNewest}, {View: core.ViewDone, Order: core.OrderNewest, Tag: "vip"},
		} {
			q.Limit = 50
			b.Run(fmt.Sprintf("%s-%s%s", q.View, q.Order, q.Tag), func(b *testing.B) {
				timed(b, func(i int) {
					p, err := db.Conversations(context.Background(), q)
					if err != nil || len(p.Rows) == 0 {
						b.Fatal(len(p.Rows), err)
					}
					if q.After = nil; p.More && i%20 != 19 {
						q.After = &p.Last
					}
				})
			})
		}
	})
}

func BenchmarkChat(b *testing.B) {
	onShops(b, func(b *testing.B, db *storage.DB, n int) {
		rnd := rand.New(rand.NewPCG(1, 1))
		timed(b, func(int) {
			id := 1 + rnd.Int64N(int64(n)/50) // those who talk much: a full page
			if ms, err := db.Messages(context.Background(), id, 0, 50); err != nil || len(ms) < 10 {
				b.Fatal(len(ms), err)
			}
		})
	})
}

func BenchmarkConversation(b *testing.B) {
	onShops(b, func(b *testing.B, db *storage.DB, n int) {
		timed(b, func(i int) {
			if _, err := db.Conversation(context.Background(), int64(1+i%n)); err != nil {
				b.Fatal(err)
			}
		})
	})
}

func BenchmarkCounts(b *testing.B) {
	onShops(b, func(b *testing.B, db *storage.DB, n int) {
		timed(b, func(int) {
			if c, err := db.Counts(context.Background(), "bea", storagetest.Start); err != nil || c.Open == 0 {
				b.Fatal(c, err)
			}
		})
	})
}

func BenchmarkSearch(b *testing.B) {
	onShops(b, func(b *testing.B, db *storage.DB, n int) {
		for name, words := range map[string][]string{
			"common":  {"grazie", "danke", "spasibo", "спасибо", "ordine", "заказ"},
			"two":     {"grazie ordine", "danke bestellung", "спасибо заказ", "quando consegna"},
			"prefix":  {"gra", "best", "спас", "conse", "дост", "schö"},
			"prefix2": {"gr", "be", "сп", "co", "до", "sc"},
			"zh1":     {"我", "壳", "谢", "一"}, "zh2": {"手机", "谢谢", "我的", "一不"}, "zh3": {"手机壳", "我的你", "的你是"}, "zh4": {"我的你是", "手机壳谢", "的你是在"},
			"phone": {"300000", "0001", "39 3000", "123"}, "name": {"ana", "dieter", "борис", "王小明"},
		} {
			b.Run(name, func(b *testing.B) {
				timed(b, func(i int) {
					if _, err := db.Search(context.Background(), core.SearchQuery{Words: words[i%len(words)], Limit: 50}); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	})
}

// BenchmarkJournal appends callbacks durably and compares with the disk itself.
func BenchmarkJournal(b *testing.B) {
	body := make([]byte, 1200)
	for _, callers := range []int{1, 50, 200} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			db, stop := running(b)
			defer stop()
			disk := syncsPerSecond(b)
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for left.Add(-1) >= 0 {
						if _, err := db.AppendJournal(context.Background(), 1, body, storagetest.Start); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "appends/s")
			b.ReportMetric(rate/disk, "÷disk")
		})
	}
}

// running is an open store with its background work.
func running(b *testing.B) (*storage.DB, func()) {
	b.Helper()
	db, err := storage.Open(b.TempDir(), core.NewFeed(), storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = db.Run(ctx) })
	return db, func() {
		cancel()
		wg.Wait()
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	}
}

// syncsPerSecond is how often the disk makes one overwritten page durable.
func syncsPerSecond(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "page"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	n := 0
	for start := time.Now(); time.Since(start) < 500*time.Millisecond; n++ {
		if _, err := f.WriteAt(page, 0); err != nil {
			b.Fatal(err)
		}
		if err := dataSync(f); err != nil {
			b.Fatal(err)
		}
	}
	return float64(2 * n)
}

// BenchmarkReceive stores customers' messages as ingest does: conversation
// read and saved, message inserted and indexed, a hundred to a commit.
func BenchmarkReceive(b *testing.B) {
	db, stop := running(b)
	defer stop()
	s := storagetest.NewShop(b, func(testing.TB, *core.Feed, func() time.Time) storagetest.Store { return db })
	var people []core.Conversation
	for i := range 100 {
		people = append(people, s.Person("Ana", core.Phone(fmt.Sprint("+39", i))))
	}
	b.ResetTimer()
	for i := 0; i < b.N; i += 100 {
		s.Write(func(tx core.Tx) error {
			for j := i; j < min(i+100, b.N); j++ {
				c, err := tx.Conversation(people[j%100].ID)
				if err != nil {
					return err
				}
				m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, ProviderID: fmt.Sprintf("wamid.HBgLMzkzMzMxMjM0NTY3FQIAEhggQ%032d", j), At: storagetest.Start,
					Content: core.Content{Type: core.TypeText, Text: "buongiorno, vorrei sapere quando arriva il mio ordine, grazie mille"}}
				if _, err := tx.InsertMessage(&m); err != nil {
					return err
				}
				c.LastMessageID, c.LastAt, c.Unread = m.ID, m.At, c.Unread+1
				c.SortKey++
				if err := tx.SaveConversation(&c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkSend claims, settles and releases messages as the outbox does,
// without a provider: results of a batch and claims of the next in one commit.
func BenchmarkSend(b *testing.B) {
	db, stop := running(b)
	defer stop()
	s := storagetest.NewShop(b, func(testing.TB, *core.Feed, func() time.Time) storagetest.Store { return db })
	var people []core.Conversation
	for i := range 500 {
		people = append(people, s.Person("Ana", core.Phone(fmt.Sprint("+39", i))))
	}
	s.Write(func(tx core.Tx) error {
		for i := range b.N {
			c := people[i%len(people)]
			m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, State: core.Queued, Ref: fmt.Sprint("b", i), At: storagetest.Start,
				Content: core.Content{Type: core.TypeText, Text: "buongiorno, il suo ordine arriva domani"}}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			if err := tx.Enqueue(m, core.PriorityReply); err != nil {
				return err
			}
		}
		return nil
	})
	b.ResetTimer()
	var jobs []core.Job
	for sent := 0; sent < b.N; {
		s.Write(func(tx core.Tx) (err error) {
			for i := range jobs {
				m, err := tx.Message(jobs[i].Message.ID)
				if err != nil {
					return err
				}
				m.State, m.ProviderID = core.Accepted, fmt.Sprintf("wamid.HBgLMzkzMzMxMjM0NTY3FQIAEhggQ%032d", m.ID)
				if _, err := tx.TakeReceipts(m.ChannelID, m.ProviderID, m.Ref); err != nil {
					return err
				}
				if err := tx.SaveMessage(&m); err != nil {
					return err
				}
				if err := tx.Release(m.ID, true, time.Time{}); err != nil {
					return err
				}
			}
			jobs, err = tx.Claim(s.Channel.ID, "bench", storagetest.Start, time.Minute, 100)
			return err
		})
		sent += len(jobs)
		if len(jobs) == 0 {
			b.Fatal("nothing to claim")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
