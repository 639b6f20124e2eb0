package connect

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// phoneBox is an inbox with one message in it, whose state a test moves on.
type phoneBox struct {
	core.InboxReader
	feed *core.Feed
	m    core.Message
	sent []core.Content
	shut bool // the window
}

func (b *phoneBox) Messages(context.Context, int64, int64, int) ([]core.Message, error) {
	return []core.Message{b.m}, nil
}

func (b *phoneBox) send(_ context.Context, channel int64, _ core.Phone, _ string, c core.Content) (core.Message, error) {
	if b.shut && c.Type != core.TypeTemplate {
		return core.Message{}, core.Fail(core.WindowClosed, "x", nil)
	}
	b.sent = append(b.sent, c)
	b.m = core.Message{ID: 7, ConversationID: 3, ChannelID: channel, State: core.Queued, Content: c}
	return b.m, nil
}

func (b *phoneBox) becomes(s core.State, pe *core.ProviderError) {
	b.m.State, b.m.Error = s, pe
	b.feed.Publish(core.Change{Kind: core.Messages, ID: 3})
}

func TestTryout(t *testing.T) {
	hello := core.Template{Name: "hello_world", Language: "en_US", Category: "UTILITY", Status: "APPROVED", Body: "Hello World"}
	with := core.Template{Name: "with", Category: "UTILITY", Status: "APPROVED", Body: "Hi {{1}}"}
	for name, tt := range map[string]struct {
		shut      bool
		templates []core.Template
		moves     []core.State
		pe        *core.ProviderError
		want      []string
		template  string
	}{
		"text, read":          {false, nil, []core.State{core.Accepted, core.Read}, nil, []string{"test todo sent queued", "test todo sent accepted", "test done read"}, ""},
		"template, delivered": {true, []core.Template{with, {Name: "other", Category: "UTILITY", Status: "APPROVED", Body: "x"}, hello}, []core.State{core.Delivered}, nil, []string{"test todo sent queued", "test done delivered"}, "hello_world"},
		"no template fits":    {true, []core.Template{with, {Name: "ad", Category: "MARKETING", Status: "APPROVED", Body: "x"}, {Name: "pic", Category: "UTILITY", Status: "APPROVED", Body: "x", Header: core.TemplateHeader{Format: "IMAGE"}}}, nil, nil, []string{"test todo write-first"}, ""},
		"refused":             {false, nil, []core.State{core.Failed}, &core.ProviderError{Code: "63015", Class: core.ClassUndeliverable}, []string{"test todo sent queued", "test failed refused failed"}, ""},
		"unsure":              {false, nil, []core.State{core.UnsureSent}, nil, []string{"test todo sent queued", "test failed refused unsure"}, ""},
		"no tick":             {false, nil, []core.State{core.Accepted}, nil, []string{"test todo sent queued", "test todo sent accepted", "test todo no-tick accepted"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, "token")
				d.keys.vals["shop/token"] = "k"
				d.far.templates = tt.templates
				box := &phoneBox{feed: core.NewFeed(), shut: tt.shut}
				run := &Tryout{Inbox: box, Feed: box.feed, Send: box.send, Gateways: d.far.with(d.keys), Policy: d.Policy, Now: time.Now}
				go func() {
					for _, s := range tt.moves {
						time.Sleep(2 * time.Second)
						synctest.Wait()
						box.becomes(s, tt.pe)
					}
				}()
				last, err := run.Run(t.Context(), core.Channel{ID: 1, Name: "shop"}, "+393331234567", "ada", Words{Text: "hello"}, d.tell)
				if err != nil {
					t.Fatal(err)
				}
				got := d.steps()
				for i, r := range d.told {
					if r.Test != nil {
						got[i] += " " + string(r.Test.State)
					}
				}
				if !reflect.DeepEqual(got, tt.want) || last.State != d.told[len(d.told)-1].State {
					t.Errorf("%q", got)
				}
				if last.Test != nil && last.Test.Template != tt.template {
					t.Errorf("%+v", last.Test)
				}
				if last.State == Done && last.Test.Took < 2*time.Second {
					t.Errorf("took %v", last.Test.Took)
				}
			})
		})
	}
}

func TestTryoutEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "token")
		box := &phoneBox{feed: core.NewFeed()}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		run := &Tryout{Inbox: box, Feed: box.feed, Send: box.send, Gateways: d.far.with(d.keys), Policy: d.Policy, Now: time.Now}
		if _, err := run.Run(ctx, core.Channel{ID: 1, Name: "shop"}, "+393331234567", "ada", Words{}, d.tell); err == nil {
			t.Error("it went on after its end")
		}
		box.shut = true
		if _, err := run.Run(t.Context(), core.Channel{ID: 1, Name: "shop"}, "+393331234567", "ada", Words{}, d.tell); core.CodeOf(err) != core.NoSecret {
			t.Errorf("without a key: %v", err)
		}
	})
}
