package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/bsp/sandbox"
	"bottega/bsp/traffic"
	"bottega/bsp/webhook"
	"bottega/core"
)

// What a child of TestKill is told by its environment.
const (
	childDir  = "BOTTEGA_TEST_KILL_DIR"
	childAPI  = "BOTTEGA_TEST_KILL_API"
	childHook = "BOTTEGA_TEST_KILL_HOOK" // address to receive callbacks at
	childIdle = "BOTTEGA_TEST_KILL_IDLE" // queue nothing new
)

// TestMain runs the tests, or the bottega that TestKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		work(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// orphan ends a child that cannot work.
type orphan struct{}

func (orphan) Helper() {}

func (orphan) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

// work queues a message every few milliseconds, sends, receives and decodes
// callbacks, until it is killed or told to stop.
func work(dir string) {
	h := open(orphan{}, dir, os.Getenv(childAPI), fmt.Sprint("process ", os.Getpid()), quick)
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for _, job := range h.t.Jobs() {
		all.Go(func() { _ = job(ctx) })
	}
	all.Go(func() { h.receiveAt(ctx, os.Getenv(childHook)) })
	if os.Getenv(childIdle) == "" {
		all.Go(func() { h.chatter(ctx) })
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it: a stop in good order
	stop()
	all.Wait()
	if err := h.db.Close(); err != nil {
		orphan{}.Fatal(err)
	}
}

// receiveAt takes callbacks; of two processes the one that has the address.
func (h *house) receiveAt(ctx context.Context, addr string) {
	handler := h.t.Receiver(func(c core.Code) (string, string) { return string(c), "" }, nil)
	for ctx.Err() == nil {
		ln, err := traffic.Listen(addr)
		if err == nil {
			err = webhook.Serve(ctx, ln, handler)
		}
		if err != nil {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// chatter queues messages to random customers.
func (h *house) chatter(ctx context.Context) {
	page, err := h.db.Conversations(ctx, core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 500})
	if err != nil {
		return
	}
	for n := 0; ctx.Err() == nil; n++ {
		c := page.Rows[rand.IntN(len(page.Rows))]
		ref := fmt.Sprintf("b1:%d:%d:%d", os.Getpid(), time.Now().UnixNano(), n)
		_ = h.line(ctx, []int64{c.ID}, func(int) string { return ref }) // a busy store: the next one comes
		time.Sleep(8 * time.Millisecond)
	}
}

// child is a running bottega.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
	works bool
}

func start(t *testing.T, env ...string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), env...)
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	c.cmd.Stderr = os.Stderr
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// ready waits until the child works.
func (c *child) ready(t *testing.T) {
	t.Helper()
	var said strings.Builder
	for !c.works {
		line, err := c.out.ReadString('\n')
		said.WriteString(line)
		c.works = strings.TrimSpace(line) == "ready"
		if err != nil {
			t.Fatalf("the child did not start: %v\n%s", err, &said)
		}
	}
}

// kill is kill -9.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err == nil {
		t.Fatal("the child had ended before it was killed")
	}
}

// stop ends the child in good order.
func (c *child) stop(t *testing.T) {
	t.Helper()
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(c.out)
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("the child ended with %v\n%s", err, rest)
	}
}

// TestKill kills bottegas at random moments, over and over, while others work
// on the same data, and then compares what the customers got (the provider's
// ledger) with what the shop believes: nobody got a message twice, none is
// lost, and unsure is only what nobody got.
func TestKill(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	addr := freeAddress(t)
	s, ts := provider(t, "http://"+addr+"/webhooks/"+name)
	ctx, cancel := context.WithCancel(t.Context())
	var courier sync.WaitGroup
	courier.Go(func() {
		if err := s.Run(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	defer courier.Wait()
	defer cancel()
	dir := t.TempDir()
	h := open(t, dir, ts.URL, "parent", quick)
	h.people(t, 200)
	env := []string{childDir + "=" + dir, childAPI + "=" + ts.URL, childHook + "=" + addr}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	var alive []*child
	for n := range kills {
		for len(alive) < 3 {
			alive = append(alive, start(t, env...))
		}
		victim := 0 // mostly the one that sends
		if n%5 == 0 {
			victim = len(alive) - 1 // one that is just starting
		} else {
			alive[0].ready(t)
		}
		time.Sleep(time.Duration(rnd.Int64N(int64(150 * time.Millisecond)))) // the moment is random, nothing waits for it
		alive[victim].kill(t)
		alive = slices.Delete(alive, victim, victim+1)
	}
	for _, c := range alive {
		c.kill(t)
	}
	last := start(t, append(env, childIdle+"=1")...)
	last.ready(t)
	h.settled(t, s)
	last.stop(t)
	compare(t, h, s)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	return ln.Addr().String()
}

// settled waits until nothing is queued or on its way, and every accepted send
// has its receipts.
func (h *house) settled(t *testing.T, s *sandbox.Server) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	var open map[core.State]int
	for time.Now().Before(deadline) {
		open = map[core.State]int{}
		got := map[string]bool{}
		for _, e := range s.Ledger() {
			got[e.Ref] = true
		}
		for _, m := range h.messages(t) {
			switch {
			case m.State == core.Queued, m.State == core.Sending, m.State == core.Accepted, m.State == core.Sent,
				m.State == core.UnsureSent && got[m.Ref]:
				open[m.State]++
			}
		}
		if len(open) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("still open after a minute: %v", open)
}

// messages of all conversations.
func (h *house) messages(t *testing.T) (all []core.Message) {
	t.Helper()
	page, err := h.db.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range page.Rows {
		for before := int64(0); ; {
			ms, err := h.db.Messages(t.Context(), c.ID, before, 500)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, ms...)
			if len(ms) < 500 {
				break
			}
			before = ms[0].ID
		}
	}
	return all
}

// compare holds the database to the ledger, message by message.
func compare(t *testing.T, h *house, s *sandbox.Server) {
	t.Helper()
	ledger := map[string]int{}
	for _, e := range s.Ledger() {
		if ledger[e.Ref]++; ledger[e.Ref] == 2 {
			t.Errorf("%s was sent twice", e.Ref)
		}
	}
	states := map[core.State]int{}
	known := map[string]bool{}
	for _, m := range h.messages(t) {
		states[m.State]++
		known[m.Ref] = true
		arrived := ledger[m.Ref] > 0
		switch m.State {
		case core.Delivered, core.Read:
			if !arrived {
				t.Errorf("message %d is %q, but nobody got it", m.ID, m.State)
			}
		case core.UnsureSent, core.Failed:
			if arrived {
				t.Errorf("message %d is %q, but it arrived", m.ID, m.State)
			}
		default:
			t.Errorf("message %d is left %q", m.ID, m.State)
		}
	}
	for ref := range ledger {
		if !known[ref] {
			t.Errorf("the provider got %s, of which the shop knows nothing", ref)
		}
	}
	t.Logf("%d messages: %v", len(known), states)
	if states[core.UnsureSent]*2 > len(known) {
		t.Errorf("%d of %d messages unsure", states[core.UnsureSent], len(known))
	}
	if err := h.db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
