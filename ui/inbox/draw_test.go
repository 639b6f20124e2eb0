package inbox

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// newPane is a pane on a shop in memory; nothing runs by itself.
func newPane(t testing.TB, s *shop, look theme.Tokens, lang string) *Pane {
	t.Helper()
	r, err := queue.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	env := &frame.Env{Ctx: context.Background(), Theme: theme.New(look), Words: w, Now: func() time.Time { return noon }, Agent: "ada"}
	return New(env, Deps{Read: s, People: s, Find: s, Presence: s, Channels: s, Process: "p", Rules: func() core.Rules { return r }})
}

// settle puts a first page and the open chat in place, as the answers would.
func settle(t testing.TB, p *Pane, s *shop) {
	t.Helper()
	a, err := load(context.Background(), s, p.list.query(p.query, fromTop), fromTop, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	p.list.take(a)
	if p.counts, err = s.Counts(context.Background(), "ada", noon); err != nil {
		t.Fatal(err)
	}
	c := p.list.chosen()
	if c == nil {
		return
	}
	p.open, p.conv, p.th = c.ID, *c, p.fresh()
	p.comp.open(c.ID, c.Draft)
	k, err := readTalk(context.Background(), s, c.ID, 0, pageMessages)
	if err != nil {
		t.Fatal(err)
	}
	p.mergeActs(k.acts, k.msgs)
	p.takeMessages(k)
	p.card = cardData{contact: c.Contact, stats: core.ContactStats{In: 3, Out: 4, Sent: 4, Read: 1, LastInAt: noon}}
}

// nasty is text as it comes from the wild.
func nasty() *rapid.Generator[string] {
	return uitest.Nasty("https://example.com/a?b=c&d=e#f", "http://")
}

func anyMessage(t *rapid.T, id int64) core.Message {
	types := []core.MessageType{core.TypeText, core.TypeText, core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker, core.TypeLocation, core.TypeContacts,
		core.TypeButton, core.TypeInteractive, core.TypeFlow, core.TypeOrder, core.TypeSystem, core.TypeUnsupported, core.TypeTemplate, core.TypeNote, "novelty"}
	states := []core.State{core.Received, core.Queued, core.Sending, core.Accepted, core.Sent, core.Delivered, core.Read, core.Failed, core.UnsureSent}
	flag := rapid.Bool()
	m := core.Message{ID: id, Rev: 1, Direction: core.Direction(rapid.IntRange(0, 1).Draw(t, "dir")), At: noon.Add(-time.Duration(rapid.IntRange(0, 9000).Draw(t, "ago")) * time.Minute)}
	m.Type = rapid.SampledFrom(types).Draw(t, "type")
	m.Text = nasty().Draw(t, "text")
	if m.Direction == core.Out {
		m.State = rapid.SampledFrom(states).Draw(t, "state")
		m.Author = nasty().Draw(t, "author")
		m.Auto, m.Echo = flag.Draw(t, "auto"), flag.Draw(t, "echo")
	}
	if flag.Draw(t, "media") {
		m.Media = &core.Media{Filename: nasty().Draw(t, "file"), Caption: nasty().Draw(t, "caption"), Size: int64(rapid.IntRange(0, 1<<30).Draw(t, "size")), Path: nasty().Draw(t, "path")}
	}
	if m.Type == core.TypeLocation {
		m.Location = &core.Location{Lat: 1.5, Lon: -70, Name: nasty().Draw(t, "place")}
	}
	if m.Type == core.TypeInteractive {
		m.Buttons = []core.Button{{Title: nasty().Draw(t, "button")}}
		m.Choice = &core.Choice{Title: nasty().Draw(t, "choice")}
	}
	if flag.Draw(t, "quote") {
		m.Quote = &core.Quote{ID: 1, Author: nasty().Draw(t, "quoted by"), Text: nasty().Draw(t, "quoted"), Type: core.TypeText, Direction: core.Out}
	}
	if flag.Draw(t, "reaction") {
		m.Reactions = []core.Reaction{{Emoji: nasty().Draw(t, "emoji")}, {Emoji: "👍"}}
	}
	if flag.Draw(t, "odd") {
		m.Revoked, m.EditedAt, m.RetryOf = flag.Draw(t, "revoked"), noon, 7
		m.Template = &core.TemplateCall{Name: nasty().Draw(t, "template")}
		m.Referral = &core.Referral{Headline: nasty().Draw(t, "ad")}
		m.Error = &core.ProviderError{Class: core.ClassMedia, Code: "131053"}
	}
	return m
}

func anyShop(t *rapid.T) *shop {
	s := newShop(func() time.Time { return noon })
	for i := range rapid.IntRange(0, 6).Draw(t, "conversations") {
		id := int64(i + 1)
		c := core.Conversation{ID: id, ContactID: id, ChannelID: 1, State: core.Open, SortKey: id, LastAt: noon.Add(-time.Hour), WindowCloses: noon.Add(time.Duration(rapid.IntRange(-50, 30).Draw(t, "window")) * time.Hour),
			Unread: rapid.IntRange(0, 2000).Draw(t, "unread"), Assignee: nasty().Draw(t, "assignee"), Draft: rapid.SampledFrom([]string{"", "", "bozza\x1b[1m"}).Draw(t, "draft")}
		c.Contact = core.Contact{ID: id, Name: nasty().Draw(t, "name"), Phone: "+393331234567", Username: nasty().Draw(t, "username"), Value: core.ValueHigh, Language: nasty().Draw(t, "language")}
		for range rapid.IntRange(0, 4).Draw(t, "tags") {
			c.Contact.Tags = append(c.Contact.Tags, nasty().Draw(t, "tag"))
		}
		if rapid.Bool().Draw(t, "waits") {
			c.WaitingSince = noon.Add(-time.Duration(rapid.IntRange(0, 9000).Draw(t, "waited")) * time.Minute)
			c.DueAt = c.WaitingSince.Add(5 * time.Minute)
		}
		c.Last = anyMessage(t, id)
		s.convs = append(s.convs, c)
	}
	for j := range rapid.IntRange(0, 8).Draw(t, "messages") {
		s.msgs[1] = append(s.msgs[1], anyMessage(t, int64(100+j)))
	}
	s.acts[1] = []core.Activity{{ID: 1, ConversationID: 1, Kind: core.ActTagged, Actor: nasty().Draw(t, "actor"), Detail: nasty().Draw(t, "detail"), At: noon.Add(-time.Hour)}}
	return s
}

// own are the links to what is shown, which the inbox may write.
var own = regexp.MustCompile("\x1b\\]8;[^\x07\x1b]*\x07")

func checkLines(t rapid.TB, ls []string, w, h int) {
	t.Helper()
	bare := make([]string, len(ls))
	for i, l := range ls {
		bare[i] = own.ReplaceAllString(l, "")
	}
	uitest.CheckLines(t, bare, w, h)
}

// The pane is exactly as large as it is asked to be, whatever customers write
// and however small the terminal is, and nothing they write reaches it as a command.
func TestPaneKeepsItsSize(t *testing.T) {
	looks := []theme.Tokens{theme.Dark(), theme.Light16(), theme.Mono(), theme.Plain()}
	rapid.Check(t, func(rt *rapid.T) {
		s := anyShop(rt)
		p := newPane(t, s, rapid.SampledFrom(looks).Draw(rt, "theme"), rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "language"))
		settle(t, p, s)
		p.company = map[int64]others{1: {names: nasty().Draw(rt, "company"), typing: rapid.Bool().Draw(rt, "typing")}}
		p.comp.in.SetValue(nasty().Draw(rt, "written"))
		for range 4 {
			w, h := rapid.IntRange(1, 200).Draw(rt, "w"), rapid.IntRange(1, 60).Draw(rt, "h")
			if rapid.IntRange(0, 3).Draw(rt, "tiny") == 0 {
				w, h = rapid.IntRange(1, 12).Draw(rt, "tiny w"), rapid.IntRange(1, 6).Draw(rt, "tiny h")
			}
			p.focus = focus(rapid.IntRange(0, 2).Draw(rt, "focus"))
			p.comp.note = rapid.Bool().Draw(rt, "note")
			if m := p.th.msgs; len(m) > 0 && rapid.Bool().Draw(rt, "quoting") {
				p.comp.quote = &m[0]
				p.th.sel = m[len(m)-1].ID
			}
			checkLines(rt, p.Lines(w, h), w, h)
			if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
				rt.Fatalf("cursor at %d,%d on %d×%d", c.X, c.Y, w, h)
			}
			p.th.scroll(rapid.IntRange(-30, 30).Draw(rt, "scroll"), p.drawItem(p.brush()))
			checkLines(rt, p.Lines(w, h), w, h)
		}
	})
}

// Dialogs stay within what they are given, line by line of one width.
func TestDialogsKeepTheirSize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anyShop(rt)
		p := newPane(t, s, theme.Dark(), "en")
		settle(t, p, s)
		p.d.When = func(string, time.Time) (time.Time, error) { return noon.Add(time.Hour), nil }
		word := nasty().Draw(rt, "word")
		sr := &search{p: p, f: dialog.Field{Sign: "/"}, words: word}
		sr.f.In.SetValue(word)
		for i := range rapid.IntRange(0, 9).Draw(rt, "hits") {
			snippet := nasty().Draw(rt, "snippet")
			sr.hits = append(sr.hits, core.Hit{MessageID: int64(i), Name: nasty().Draw(rt, "name"), Snippet: snippet, At: noon,
				Marks: [][2]int{{rapid.IntRange(0, 9).Draw(rt, "from"), rapid.IntRange(0, 99).Draw(rt, "to")}}})
		}
		pk := p.newPick(text.InboxTags, []dialog.Option{{Value: word, Label: kit.CleanLine(word), On: true}}, true, nil)
		as := p.newAsk(text.InboxSnooze, text.InboxSnoozeHint, func(v string) reading { return reading{says: kit.Clean(v)} }, nil)
		as.f.In.SetValue(word)
		as.offered = []string{word, "b"}
		as.changed = func(string) tea.Cmd { return nil }
		w, h := rapid.IntRange(6, 160).Draw(rt, "w"), rapid.IntRange(1, 50).Draw(rt, "h")
		for _, d := range []frame.Dialog{sr, pk, as, &cardDialog{p: p}} {
			ls := d.Lines(w, h)
			if len(ls) > h {
				rt.Fatalf("%T: %d lines of %d", d, len(ls), h)
			}
			if len(ls) > 0 {
				if bw := ansi.StringWidth(ls[0]); bw > w {
					rt.Fatalf("%T: %d cells of %d", d, bw, w)
				} else {
					checkLines(rt, ls, bw, len(ls))
				}
			}
		}
	})
}

// A second frame of the same moment draws no row and no bubble again.
func TestPicturesAreKept(t *testing.T) {
	s := newShop(func() time.Time { return noon })
	for i := range 40 {
		id := int64(i + 1)
		s.convs = append(s.convs, core.Conversation{ID: id, ContactID: id, State: core.Open, SortKey: id, LastAt: noon, Contact: core.Contact{ID: id, Name: fmt.Sprint("contact ", i)},
			Last: core.Message{ID: id, Content: core.Content{Type: core.TypeText, Text: "ciao"}}})
		s.msgs[1] = append(s.msgs[1], core.Message{ID: 100 + id, Content: core.Content{Type: core.TypeText, Text: "ciao"}, At: noon})
	}
	p := newPane(t, s, theme.Dark(), "en")
	settle(t, p, s)
	p.Lines(120, 40)
	rows, bubbles := p.rows.drawn, p.bubbles.drawn
	p.Lines(120, 40)
	if p.rows.drawn != rows || p.bubbles.drawn != bubbles {
		t.Fatalf("drew %d rows and %d bubbles again", p.rows.drawn-rows, p.bubbles.drawn-bubbles)
	}
	p.moveList(1)
	p.Lines(120, 40)
	if n := p.rows.drawn - rows; n != 2 {
		t.Fatalf("one step drew %d rows, want the old and the new one", n)
	}
	s.convs[3].Rev++
	a, err := load(context.Background(), s, p.list.query(p.query, sameAgain), sameAgain, p.list.sel, false)
	if err != nil {
		t.Fatal(err)
	}
	p.list.take(a)
	rows = p.rows.drawn
	p.Lines(120, 40)
	if n := p.rows.drawn - rows; n != 1 {
		t.Fatalf("one changed row drew %d", n)
	}
}

// BenchmarkStep is a key and its frame: what Update and View cost together.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newShop(func() time.Time { return noon })
			for i := range n {
				id := int64(i + 1)
				s.convs = append(s.convs, core.Conversation{ID: id, ContactID: id, State: core.Open, SortKey: id, Rev: 1, LastAt: noon, WaitingSince: noon.Add(-time.Duration(i%300) * time.Minute),
					WindowCloses: noon.Add(time.Duration(i%24) * time.Hour), Unread: i % 3,
					Contact: core.Contact{ID: id, Name: fmt.Sprint("Maria Bianchi ", i), Tags: []string{"vip", "new"}},
					Last:    core.Message{ID: id, Content: core.Content{Type: core.TypeText, Text: "Buongiorno, avete la vernice bianca da 5 litri? 你好"}}})
			}
			for i := range 200 {
				s.msgs[1] = append(s.msgs[1], core.Message{ID: int64(i + 1), Rev: 1, Direction: core.Direction(i % 2), Content: core.Content{Type: core.TypeText, Text: strings.Repeat("parole e parole ", i%9+1)}, At: noon})
			}
			p := newPane(b, s, theme.Dark(), "en")
			settle(b, p, s)
			p.Lines(120, 40)
			keys := []int{1, 1, 1, -1, -1, -1}
			b.ResetTimer()
			for i := range b.N {
				p.moveList(keys[i%len(keys)])
				p.open, p.conv = 1, *p.list.rows[0] // the chat stays: its answer is another message
				p.Lines(120, 40)
			}
		})
	}
}
