package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// line is a shop with one message whose state a test moves.
type line struct {
	core.InboxReader
	mu   sync.Mutex
	m    core.Message
	feed *core.Feed
}

func (l *line) Messages(context.Context, int64, int64, int) ([]core.Message, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []core.Message{l.m}, nil
}

func (l *line) become(s core.State, pe *core.ProviderError) {
	l.mu.Lock()
	l.m.State, l.m.Error = s, pe
	l.mu.Unlock()
	l.feed.Publish(core.Change{Kind: core.Messages, ID: l.m.ConversationID})
}

// The command stays until the message is settled, by whomever, and its exit
// code tells the outcome.
func TestDeliver(t *testing.T) {
	refused := &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}
	for name, c := range map[string]struct {
		send   func(*line, context.Context) error // what the sender does
		queue  bool
		status core.State
		exit   int
		took   time.Duration
	}{
		"accepted": {func(l *line, ctx context.Context) error {
			time.Sleep(time.Second)
			l.become(core.Sending, nil)
			time.Sleep(time.Second)
			l.become(core.Accepted, nil)
			<-ctx.Done()
			return ctx.Err()
		}, false, core.Accepted, exitDone, 2 * time.Second},
		"refused": {func(l *line, ctx context.Context) error { l.become(core.Failed, refused); <-ctx.Done(); return nil },
			false, core.Failed, exitFailed, 0},
		"not sure": {func(l *line, ctx context.Context) error { l.become(core.UnsureSent, nil); <-ctx.Done(); return nil },
			false, core.UnsureSent, exitUnsure, 0},
		"on its way when the time is over": {func(l *line, ctx context.Context) error { l.become(core.Sending, nil); <-ctx.Done(); return nil },
			false, core.Sending, exitUnsure, 10 * time.Second},
		"nobody reaches the provider": {func(_ *line, ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
			false, core.Queued, exitDone, 10 * time.Second},
		"another process holds the line and sends": {func(l *line, _ context.Context) error { l.become(core.Delivered, nil); return nil },
			false, core.Delivered, exitDone, 0},
		"the sender fails": {func(*line, context.Context) error { return core.Fail(core.DiskFull, "test", nil) },
			false, "", exitFailed, 0},
		"only queued": {func(*line, context.Context) error { return errors.New("must not be called") },
			true, core.Queued, exitDone, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &line{feed: core.NewFeed(), m: core.Message{ID: 5, ConversationID: 3, State: core.Queued, Direction: core.Out, Content: core.Content{Type: core.TypeText, Text: "ciao"}}}
				mem := coretest.New(l.feed)
				l.m.ChannelID = mem.AddChannel(t, "shop").ID
				s := &Shop{Inbox: l, Feed: l.feed, Channels: mem, Gateways: func(core.Keyring) core.Gateways { return &coretest.Gateway{Now: time.Now} }, Send: func(ctx context.Context) error { return c.send(l, ctx) }}
				var out bytes.Buffer
				a := &app{w: words(t, "en"), g: Globals{JSON: true}}
				a.h.Out = &out
				start := time.Now()
				err := a.deliver(t.Context(), s, l.m, delivery{wait: 10 * time.Second, queue: c.queue})
				if took := time.Since(start); took < c.took || took > c.took+2*time.Second {
					t.Errorf("took %v, want about %v", took, c.took)
				}
				exit := exitDone
				if err != nil {
					exit = exitCode(err)
				}
				if exit != c.exit {
					t.Errorf("exit %d (%v), want %d", exit, err, c.exit)
				}
				if c.status == "" {
					return
				}
				var got messageJSON
				if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Status != c.status || got.ID != "5" || got.Conversation != "3" {
					t.Errorf("printed %s, %v", out.Bytes(), err)
				}
			})
		})
	}
}

// Files are judged by type and size before anything is uploaded.
func TestJudge(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, size int64) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		path string
		kind core.MessageType
		mime string
		exit int
	}{
		{file("torta.JPG", 5<<20), core.TypeImage, "image/jpeg", exitDone},
		{file("torta.png", 5<<20+1), "", "", exitRefused},
		{file("menu.pdf", 10), core.TypeDocument, "application/pdf", exitDone},
		{file("voce.ogg", 16<<20), core.TypeAudio, "audio/ogg", exitDone},
		{file("vuoto.pdf", 0), "", "", exitRefused},
		{file("programma.exe", 10), "", "", exitRefused},
		{file("senza", 10), "", "", exitRefused},
		{filepath.Join(dir, "none.pdf"), "", "", exitFailed},
		{dir, "", "", exitFailed},
	} {
		kind, mime, err := judge(c.path)
		exit := exitDone
		if err != nil {
			exit = exitCode(err)
		}
		if kind != c.kind || mime != c.mime || exit != c.exit {
			t.Errorf("judge(%s) = %s, %s, %v", filepath.Base(c.path), kind, mime, err)
		}
	}
}
