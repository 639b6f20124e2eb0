package contacts

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/people"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// scene is the real app with the real pane on a shop in memory.
type scene struct {
	shop *shop
	pane *Pane
	box  *inbox
}

// inbox notes what the app hands to the first tab.
type inbox struct {
	frame.Pane
	opened []int64
}

func (b *inbox) Handle(msg tea.Msg) (bool, tea.Cmd) {
	if m, ok := msg.(frame.OpenConversation); ok {
		b.opened = append(b.opened, m.Conversation)
	}
	return false, nil
}

// setting of a play; zero values are usual.
type setting struct {
	w, h  int
	lang  string
	theme string
	n     int // people
	fill  func(*shop)
}

// play opens the contacts and runs a script on them.
func play(t *testing.T, o setting, script func(*uitest.Screen, *scene)) {
	t.Helper()
	words, err := text.Load(o.lang)
	if err != nil {
		t.Fatal(err)
	}
	if o.n == 0 {
		o.n = 300
	}
	st := &scene{shop: newShop(o.n)}
	uitest.Run(t, o.w, o.h, func(ctx context.Context) tea.Model {
		feed := core.NewFeed()
		st.shop.changed = feed.Publish
		furnish(st.shop)
		if o.fill != nil {
			o.fill(st.shop)
		}
		began := time.Now()
		env := &frame.Env{Ctx: ctx, Words: words, Agent: "ada", Now: func() time.Time { return noon.Add(time.Since(began)) }}
		st.pane = New(env, Deps{Lists: st.shop, Cards: st.shop, Work: st.shop, Heat: heat, Region: "IT"})
		st.box = &inbox{Pane: New(env, Deps{Lists: newShop(0), Cards: st.shop, Heat: heat})}
		return ui.New(env, ui.Deps{Feed: feed, Theme: o.theme, Panes: map[string]frame.Pane{Name: st.pane, "inbox": st.box},
			Status: func(context.Context) ui.Status { return ui.Status{Shop: "Ferramenta Rossi", Receiver: ui.ReceiverLive} }})
	}, func(s *uitest.Screen) {
		s.Sleep(time.Second)
		s.Press("2")
		s.Sleep(time.Second)
		script(s, st)
	})
}

// furnish gives the first of the list a full card.
func furnish(s *shop) {
	if len(s.people) == 0 {
		return
	}
	p := s.people[0]
	p.Name, p.Username, p.Value, p.Tags = "Maria Bianchi", "mari.b", core.ValueHigh, []string{"torte", "vip", "wholesale"}
	p.LastIn, p.LastInAt = noon.Add(-12*time.Minute), noon.Add(-12*time.Minute)
	p.Orders, p.Spend, p.AOV, p.LTV, p.Freq, p.AOVTier = 14, 120450000000, 8603000000, 64000000000, "monthly", "mid"
	p.LastOrder = noon.Add(-3 * day)
	p.profile = core.Profile{Email: "maria@example.com", Birthday: "1984-03-12", Note: "Paga a fine mese. Vuole la fattura elettronica.", Custom: map[string]string{"shoe_size": "38", "delivery": "courier"}}
	at := func(d time.Duration) time.Time { return noon.Add(-d) }
	p.events = []people.Event{
		{At: at(12 * time.Minute), Message: &core.Message{Content: core.Content{Type: core.TypeText, Text: "Avete le viti da 6?"}, Direction: core.In}},
		{At: at(3 * day), Purchase: &core.Purchase{Ref: "2041", Amount: core.Money{Amount: "86.00", Currency: "EUR"}}},
		{At: at(3*day + time.Hour), Message: &core.Message{Content: core.Content{Type: core.TypeText, Text: "Pronto da ritirare!"}, Direction: core.Out}},
		{At: at(3*day + 2*time.Hour), Activity: &core.Activity{Kind: core.ActTagged, Actor: "ada", Detail: "vip"}},
		{At: at(90 * day), Consent: &p.ledger[0]},
	}
}
