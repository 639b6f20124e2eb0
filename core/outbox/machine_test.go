package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/ingest"
	"bottega/core/outbox"
)

// script is one random history of a shop: what it sends, what its provider
// answers, and when its process dies.
type script struct {
	messages []scriptMessage
	answers  []string // of the n-th request, over and over
	crashes  []crash
	pause    [2]int // seconds; the channel is paused between them
	receipts []int  // of the n-th accepted send, over and over: delay in seconds, -1 only at the end
}

type scriptMessage struct {
	conv     int
	template bool
	after    int // seconds
}

// crash ends the process at its n-th step in the store, or while time passes.
type crash struct {
	step  int // 0: by time
	after int // seconds since the start of the process
	down  int // seconds until the next one starts
}

func drawScript(t *rapid.T) script {
	answers := []string{"take", "take", "take", "take", "lost answer", "nothing came", "retry", "throttle", "pair", "unreachable", "invalid", "auth"}
	n := rapid.IntRange(1, 12).Draw(t, "messages")
	s := script{pause: [2]int{rapid.IntRange(0, 20).Draw(t, "pause"), rapid.IntRange(0, 40).Draw(t, "resume")}}
	for range n {
		s.messages = append(s.messages, scriptMessage{rapid.IntRange(0, 4).Draw(t, "conv"), rapid.Bool().Draw(t, "template"), rapid.IntRange(0, 20).Draw(t, "at")})
	}
	s.answers = rapid.SliceOfN(rapid.SampledFrom(answers), 1, 12).Draw(t, "answers")
	for range rapid.IntRange(0, 3).Draw(t, "crashes") {
		s.crashes = append(s.crashes, crash{rapid.IntRange(0, 25).Draw(t, "step"), rapid.IntRange(0, 20).Draw(t, "after"),
			rapid.IntRange(0, 30).Draw(t, "down")})
	}
	s.receipts = rapid.SliceOfN(rapid.IntRange(-1, 30), 1, 6).Draw(t, "receipts")
	return s
}

var errDead = errors.New("the process is dead")

// process is the store as one process sees it: once dead it can do nothing.
type process struct {
	*coretest.Mem
	dead atomic.Bool
}

func (p *process) Write(ctx context.Context, fn func(core.Tx) error) error {
	if p.dead.Load() {
		return errDead
	}
	return p.Mem.Write(ctx, fn)
}

func (p *process) Lease(ctx context.Context, name, owner string, now time.Time, ttl time.Duration) (bool, error) {
	if p.dead.Load() {
		return false, errDead
	}
	return p.Mem.Lease(ctx, name, owner, now, ttl)
}

func (p *process) ReleaseLease(ctx context.Context, name, owner string) error {
	if p.dead.Load() {
		return errDead
	}
	return p.Mem.ReleaseLease(ctx, name, owner)
}

// world runs a script.
type world struct {
	script
	feed *core.Feed
	mem  *coretest.Mem
	gw   *coretest.Gateway
	ch   core.Channel
	pol  outbox.Policy

	mu    sync.Mutex
	open  map[string]bool // refs whose outcome the network, or a crash, left open
	calm  bool            // the provider takes everything
	proc  *process
	steps int // of the running process
	last  int // its last step; 0 for none
}

func (w *world) answer(n int, m core.Outgoing) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kind := w.answers[(n-1)%len(w.answers)]
	if w.calm {
		kind = "take"
	}
	uncertain := core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true})
	switch kind {
	case "lost answer":
		w.open[m.Ref] = true
		return true, uncertain
	case "nothing came":
		w.open[m.Ref] = true
		return false, uncertain
	case "retry":
		return false, refuse(core.ClassRetry)
	case "throttle":
		return false, refuse(core.ClassThrottle)
	case "pair":
		return false, refuse(core.ClassPairLimit)
	case "invalid":
		return false, refuse(core.ClassInvalid)
	case "auth":
		return false, refuse(core.ClassAuth)
	case "unreachable":
		return false, core.Fail(core.Unreachable, "x", nil)
	}
	return true, nil
}

// step counts what the store is asked for, and ends the process at its last one.
func (w *world) step(string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.steps++; w.steps == w.last {
		w.proc.dead.Store(true)
		return errDead
	}
	return nil
}

// noteOpen notes what was on its way when the process died.
func (w *world) noteOpen() {
	for _, m := range w.mem.Messages() {
		if m.State == core.Sending {
			w.mu.Lock()
			w.open[m.Ref] = true
			w.mu.Unlock()
		}
	}
}

// live runs one process until it dies by c, or for ever when c is nil; then it
// returns how to stop it.
func (w *world) live(n int, c *crash) (stop func()) {
	p := &process{Mem: w.mem}
	w.mu.Lock()
	w.proc, w.steps, w.last = p, 0, 0
	if c != nil {
		w.last = c.step
	}
	w.mu.Unlock()
	r := &outbox.Runner{Store: p, Gateways: w.gw, Feed: w.feed, Rules: coretest.Rules, Policy: w.pol, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Owner: fmt.Sprint("process ", n), Workers: 3, Chance: func() float64 { return 0.5 }}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { _ = r.Run(ctx) }) // a dead process ends in whatever error
	end := func() { cancel(); done.Wait() }
	if c == nil {
		return end
	}
	time.Sleep(time.Duration(c.after)*time.Second + time.Millisecond)
	p.dead.Store(true)
	synctest.Wait()
	w.noteOpen()
	end()
	time.Sleep(time.Duration(c.down) * time.Second)
	return nil
}

// call delivers the receipt of an accepted send.
func (w *world) call(s coretest.Sent) {
	err := w.mem.Write(context.Background(), func(tx core.Tx) error {
		return ingest.Apply(tx, w.ch, []core.Event{{Kind: core.EvStatus, ID: s.ID, Ref: s.Ref, Status: core.Sent, At: time.Now()}},
			coretest.Rules(), time.Now())
	})
	if err != nil && !errors.Is(err, errDead) {
		panic(err)
	}
}

// run plays the script and returns what went wrong, "" when nothing did.
func (w *world) run(t *testing.T) string {
	w.feed = core.NewFeed()
	w.mem = coretest.New(w.feed)
	w.mem.Fail = w.step
	w.gw = &coretest.Gateway{Now: time.Now, Answer: w.answer}
	w.gw.Hold = func(context.Context, core.Outgoing) { time.Sleep(30 * time.Millisecond) }
	w.ch = w.mem.AddChannel(t, "shop")
	w.open = map[string]bool{}
	convs := make([]core.Conversation, 5)
	for i := range convs {
		convs[i] = w.mem.AddPerson(t, w.ch, core.Phone(fmt.Sprint("+39", i)), time.Now().Add(24*time.Hour))
	}
	for _, m := range w.messages {
		c := core.Content{Type: core.TypeText, Text: "x"}
		if m.template {
			c = core.Content{Type: core.TypeTemplate, Text: "x", Template: &core.TemplateCall{Name: "x"}}
		}
		w.mem.QueueContent(t, convs[m.conv], c, time.Now().Add(time.Duration(m.after)*time.Second), core.PriorityReply)
	}
	done := make(chan struct{})
	var side sync.WaitGroup
	side.Go(func() { w.pauses(done) })
	side.Go(func() { w.callbacks(done) })
	for i := range w.crashes {
		w.live(i, &w.crashes[i])
	}
	w.mu.Lock()
	w.calm = true
	w.mu.Unlock()
	stop := w.live(len(w.crashes), nil)
	time.Sleep(30 * time.Minute)
	close(done)
	side.Wait()
	bad := w.judge(false)
	for _, s := range w.gw.Ledger() {
		w.call(s)
	}
	time.Sleep(time.Minute)
	stop()
	if bad == "" {
		bad = w.judge(true)
	}
	return bad
}

// pauses stops and resumes the channel, and later resumes whatever the
// provider's answers have paused.
func (w *world) pauses(done chan struct{}) {
	set := func(state core.ChannelState) {
		err := w.mem.Write(context.Background(), func(tx core.Tx) error {
			ch, err := tx.Channel(w.ch.ID)
			if err != nil {
				return err
			}
			ch.State = state
			tx.Changed(core.Change{Kind: core.Channels, ID: ch.ID})
			return tx.SaveChannel(&ch)
		})
		_ = err // a dead process's step: the next one comes
	}
	time.Sleep(time.Duration(w.pause[0]) * time.Second)
	set(core.Paused)
	time.Sleep(time.Duration(w.pause[1]) * time.Second)
	for {
		set(core.Active)
		select {
		case <-done:
			return
		case <-time.After(30 * time.Second):
		}
	}
}

func (w *world) callbacks(done chan struct{}) {
	for n := 0; ; {
		l := w.gw.Ledger()
		for ; n < len(l); n++ {
			d := w.receipts[n%len(w.receipts)]
			if d < 0 {
				continue
			}
			time.Sleep(time.Duration(d) * time.Second)
			w.call(l[n])
		}
		select {
		case <-done:
			return
		case <-time.After(time.Second):
		}
	}
}

// judge compares the ledger with the database, message by message.
func (w *world) judge(told bool) string {
	got := map[string]int{}
	for _, s := range w.gw.Ledger() {
		if got[s.Ref]++; got[s.Ref] > 1 {
			return "sent twice: " + s.Ref
		}
	}
	ms := w.mem.Messages()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range ms {
		arrived := got[m.Ref] == 1
		switch m.State {
		case core.Accepted, core.Sent:
			if !arrived {
				return fmt.Sprintf("message %d is %q, but nobody got it", m.ID, m.State)
			}
		case core.Failed:
			if arrived {
				return fmt.Sprintf("message %d failed, but it arrived", m.ID)
			}
		case core.UnsureSent:
			if !w.open[m.Ref] {
				return fmt.Sprintf("message %d is unsure, but the network left nothing open", m.ID)
			}
			if told && arrived {
				return fmt.Sprintf("message %d is unsure in spite of its receipt", m.ID)
			}
		default:
			return fmt.Sprintf("message %d is left %q", m.ID, m.State)
		}
	}
	if waiting, claimed := w.mem.Outbox(); waiting+claimed > 0 {
		return fmt.Sprintf("the outbox holds %d waiting, %d claimed", waiting, claimed)
	}
	return ""
}

// TestAnyHistory: whatever the provider answers and whenever the process dies,
// no message is sent twice and none is lost; unsure is only what was left open,
// and a receipt settles it.
func TestAnyHistory(t *testing.T) {
	pol := policy(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := drawScript(rt)
		var bad string
		synctest.Test(t, func(t *testing.T) {
			w := &world{script: s, pol: pol}
			bad = w.run(t)
		})
		if bad != "" {
			rt.Fatal(bad)
		}
	})
}
