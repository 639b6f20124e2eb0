package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/uitest"
)

// counter is a small shop in the afternoon.
func counter(st *stage) {
	st.channel()
	maria := st.customer(core.Contact{Name: "Maria Bianchi", Phone: "+393331234567", Value: core.ValueHigh, Tags: []string{"vip", "wholesale", "tools"}, Language: "it"})
	joao := st.customer(core.Contact{Name: "João Araújo", Phone: "+351912345678", Tags: []string{"new"}})
	li := st.customer(core.Contact{Name: "李小龙", Phone: "+8613912345678"})
	olga := st.customer(core.Contact{Name: "Ольга Петрова", Username: "olga.p"})
	hans := st.customer(core.Contact{Name: "Hans-Jürgen 👨‍👩‍👧‍👦", Phone: "+491701234567"})
	st.says(maria, 26*time.Hour, said("Buongiorno, avete la vernice bianca da 5 litri?"))
	st.answered(maria, 25*time.Hour, core.Read, core.Message{Content: said("Buongiorno! Sì, 24,90 € al barattolo.")})
	st.says(maria, 112*time.Minute, said("Allora? Sono già in macchina, mi serve per le 16!"))
	st.says(joao, 41*time.Minute, said("Olá, a encomenda 1042 já saiu?"))
	st.says(joao, 39*time.Minute, core.Content{Type: core.TypeImage, Text: "É esta", Media: &core.Media{ID: "m1", MIME: "image/jpeg", Filename: "recibo.jpg"}})
	st.says(li, 12*time.Minute, said("你好，请问今天几点关门？"))
	st.says(olga, 3*time.Hour, said("Спасибо за быструю доставку!"))
	st.answered(olga, 2*time.Hour, core.Delivered, core.Message{Content: said("Вам спасибо!")})
	st.says(hans, 30*time.Hour, said("Habt ihr Dübel 8 mm?"))
	st.answered(hans, 29*time.Hour, core.Failed, core.Message{Content: said("Ja, 100 Stück für 4,90 €."),
		Error: &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}})
}

// everything is one chat with every kind of message.
func everything(st *stage) {
	counter(st)
	c := st.customer(core.Contact{Name: "Zoë O'Neil", Phone: "+353861234567", Value: core.ValueHigh, Tags: []string{"vip"}})
	ago := func(m int) time.Duration { return time.Duration(m) * time.Minute }
	first := st.says(c, ago(60*30), core.Content{Type: core.TypeText, Text: "Hi! Saw your ad.", Referral: &core.Referral{Source: "ad", Headline: "Autumn paint -20%"}})
	st.answered(c, ago(60*29), core.Read, core.Message{Auto: true, Content: said("Thanks for writing. We open at 9:00.")})
	st.answered(c, ago(60*28), core.Delivered, core.Message{Echo: true, Content: said("Here is our list: https://example.com/catalogue?page=autumn&colour=white#top")})
	st.answered(c, ago(60*27), core.Received, core.Message{Author: "Luca", Content: core.Content{Type: core.TypeNote, Text: "Owns three shops in Cork.\nPays by transfer, always on time."}})
	st.answered(c, ago(60*26), core.Sent, core.Message{Content: core.Content{Type: core.TypeTemplate, Text: "Your order 1042 has shipped.", Template: &core.TemplateCall{Name: "order_shipped", Language: "en"}}})
	st.says(c, ago(200), core.Content{Type: core.TypeDocument, Media: &core.Media{ID: "d", MIME: "application/pdf", Filename: "quote-2026-11.pdf", Size: 482113, Path: "media/9/quote.pdf"}})
	st.says(c, ago(199), core.Content{Type: core.TypeAudio, Media: &core.Media{ID: "a", MIME: "audio/ogg", Voice: true, Size: 31044, Path: "media/9/a.ogg"}})
	st.says(c, ago(198), core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 51.89797, Lon: -8.47061, Name: "The English Market", Address: "Princes St, Cork"}})
	st.says(c, ago(197), core.Content{Type: core.TypeContacts, Text: "Séamus Burke · +353 86 765 4321"})
	st.says(c, ago(196), core.Content{Type: core.TypeUnsupported})
	st.answered(c, ago(190), core.Delivered, core.Message{Content: core.Content{Type: core.TypeInteractive, Text: "Shall we keep one for you?", Buttons: []core.Button{{ID: "y", Title: "Yes please"}, {ID: "n", Title: "No"}}}})
	st.says(c, ago(189), core.Content{Type: core.TypeInteractive, Text: "Yes please", Choice: &core.Choice{ID: "y", Title: "Yes please"}})
	st.answered(c, ago(100), core.Failed, core.Message{Content: said("It is yours until Saturday."), Error: &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}})
	st.answered(c, ago(99), core.UnsureSent, core.Message{Content: said("It is yours until Saturday, we close at 19:00."), Error: &core.ProviderError{Class: core.ClassRetry}})
	st.write(func(tx core.Tx) error {
		m, err := tx.Message(first)
		if err != nil {
			return err
		}
		if err := tx.SetReaction(first, core.Reaction{Target: m.ProviderID, Emoji: "👍", From: core.Out, At: st.now()}); err != nil {
			return err
		}
		return tx.AddActivity(core.Activity{ConversationID: c, Kind: core.ActAssigned, Actor: "Anna", Detail: "Luca", At: st.now().Add(-27 * time.Hour)})
	})
	st.says(c, ago(7), core.Content{Type: core.TypeText, Text: "Grand, I'll be there at six — is there parking? My van is a long one, about 7 metres, so the small place in front of the shop will not do.", ReplyTo: "wamid.999"})
}

func TestGoldens(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"60x20", 60, 20}, {"80x24", 80, 24}, {"120x40", 120, 40}, {"160x45", 160, 45}} {
		t.Run(size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Shot("inbox-" + size.name)
				s.Golden()
			})
		})
		t.Run("chat "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: everything}, func(s *uitest.Screen, _ *stage) {
				s.Press("o", "o", "g", "enter")
				s.Shot("chat-" + size.name)
				s.Golden()
				if size.w < 100 {
					s.Press("pgup")
					s.Shot("chatup-" + size.name)
				}
			})
		})
	}
}

// one is a shop with one customer who has just written.
func one(st *stage) {
	st.channel()
	c := st.customer(core.Contact{Name: "Maria Bianchi", Phone: "+393331234567"})
	st.says(c, 3*time.Minute, said("Avete la vernice bianca?"))
}

func TestAnswerLeavesWithTicks(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Want("○ 3m", "‹open 1›")
		s.Press("r", "/")
		s.Want("› /", "Canned replies come with a later version")
		s.Press("backspace")
		s.Type("Sì, da 5 litri")
		s.Want("› Sì, da 5 litri")
		s.Press("enter")
		s.Want("Sì, da 5 litri", "leaves in 5 s", "Write a message")
		s.WantNot("○ 3m")
		s.Sleep(2 * time.Second)
		s.Want("leaves in 3 s")
		s.Sleep(4 * time.Second)
		s.Want("· queued")
		m := st.newest(1)
		for _, step := range []struct {
			state core.State
			sign  string
		}{{core.Sending, "· sending"}, {core.Accepted, "✓ accepted"}, {core.Sent, "✓ sent"}, {core.Delivered, "✓✓ delivered"}, {core.Read, "✓✓ read"}} {
			st.becomes(m.ID, step.state, nil)
			s.Sleep(100 * time.Millisecond)
			s.Want(step.sign)
		}
	})
}

func TestUndoGivesTheWordsBack(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Type("Troppo presto")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("alt+u")
		s.Sleep(200 * time.Millisecond)
		s.Want("› Troppo presto")
		s.WantNot("leaves in")
		if m := st.newest(1); m.Direction == core.Out {
			t.Fatalf("the answer is still there: %+v", m)
		}
		s.Want("○ 3m") // the clock goes on
	})
}

func TestDraftSurvivesAKill(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Type("Domani arri")
		s.Sleep(time.Second)
		c, err := st.db.Conversation(st.ctx, 1)
		if err != nil || c.Draft != "Domani arri" {
			t.Fatalf("draft on disk: %q, %v", c.Draft, err)
		}
		s.Press("esc", "esc")
		s.Want("✎ draft Domani arri")
	})
	play(t, setting{w: 100, h: 24, fill: func(st *stage) {
		one(st)
		if err := st.work.SaveDraft(st.ctx, 1, "ada", "Domani arri"); err != nil {
			t.Fatal(err)
		}
	}}, func(s *uitest.Screen, _ *stage) {
		s.Want("✎ draft Domani arri", "› Domani arri")
		s.Press("r")
		s.Type("va")
		s.Want("› Domani arriva")
	})
}

func TestFailedSaysWhyAndIsSentAgain(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Type("Ecco")
		s.Press("enter")
		s.Sleep(6 * time.Second)
		m := st.newest(1)
		st.becomes(m.ID, core.Failed, &core.ProviderError{Code: "131000", Class: core.ClassRetry})
		s.Sleep(100 * time.Millisecond)
		s.Want("✗ failed", "(131000)", "R sends it again")
		s.Press("esc", "R")
		s.Sleep(200 * time.Millisecond)
		s.Want("✗ failed, sent again below", "sent again", "leaves in")
		if n := st.newest(1); n.RetryOf != m.ID {
			t.Fatalf("newest repeats %d, want %d", n.RetryOf, m.ID)
		}
	})
}

func TestUnsureIsSettledByAPerson(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: func(st *stage) {
		one(st)
		st.answered(1, time.Minute, core.UnsureSent, core.Message{Content: said("Ecco"), Error: &core.ProviderError{Class: core.ClassRetry}})
	}}, func(s *uitest.Screen, st *stage) {
		s.Want("? not sure", "V it arrived · R send again")
		s.Press("enter", "V")
		s.Sleep(200 * time.Millisecond)
		s.WantNot("? not sure")
		if m := st.newest(1); m.State == core.UnsureSent {
			t.Fatalf("still %s", m.State)
		}
	})
}

func TestSearchJumpsFarBack(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: func(st *stage) {
		counter(st)
		c := st.customer(core.Contact{Name: "Zoë O'Neil", Phone: "+353861234567"})
		st.chatter(c, 300, 45*time.Hour, func(i int) string {
			if i == 20 {
				return "il codice segreto è pistacchio"
			}
			return "riga di prova"
		})
	}}, func(s *uitest.Screen, _ *stage) {
		s.Press("/")
		s.Want("Search all messages")
		s.Type("pistac")
		s.Sleep(200 * time.Millisecond)
		s.Want("Zoë O'Neil", "il codice segreto è pistacchio")
		s.Shot("search-120x40")
		s.Golden()
		s.Press("enter")
		s.Sleep(300 * time.Millisecond)
		s.Want("▌ Zoë O'Neil", "il codice segreto è pistacchio")
		s.WantNot("Search all messages")
		s.Press("G")
		s.WantNot("pistacchio")
		s.Press("/")
		s.Type("niente del genere")
		s.Sleep(200 * time.Millisecond)
		s.Want("Nothing holds")
		s.Press("esc")
		s.WantNot("Nothing holds")
	})
}

func TestFiltersAndOrders(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Want("‹open 5›", "waiting 3", "↕ priority")
		s.Press("j", "j") // 李小龙
		s.Want("▌ 李小龙")
		s.Press("o")
		s.Want("↕ window", "▌ 李小龙") // another order, the same conversation
		s.Press("o", "o", "o")
		s.Want("↕ priority", "▌ 李小龙")
		s.Press("]")
		s.Want("‹waiting 3›")
		s.WantNot("Ольга")
		s.Press("]")
		s.Want("‹mine›", "Nothing here.")
		s.Press("[", "m") // nothing was left to stand on: back at the top
		s.Sleep(200 * time.Millisecond)
		s.Press("]")
		s.Want("‹mine 1›", "▌ Maria Bianchi")
		s.Press("f")
		s.Type("wholes")
		s.Sleep(200 * time.Millisecond)
		s.Want("#wholesale")
		s.Press("enter")
		s.Want("#wholesale›")
		_ = st
	})
}

func TestAssignTagValueReact(t *testing.T) {
	play(t, setting{w: 160, h: 45, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("a")
		s.Type("lu")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("Now with Luca.", "with Luca", "you gave it to Luca")
		s.Press("T")
		s.Type("wholesale")
		s.Want("wholesale", "new")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("#wholesale added.", "Maria Bianchi #wholesale")
		s.Press("u")
		s.Sleep(200 * time.Millisecond)
		s.WantNot("Maria Bianchi #wholesale")
		s.Press("v")
		s.Press("enter") // high is the first
		s.Sleep(200 * time.Millisecond)
		s.Want("Value: high value.", "high value · waiting 3 min")
		s.Press("enter", "k", "e")
		s.Type("heart")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		c, err := st.db.Messages(st.ctx, 1, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if r := c[0].Reactions; len(r) != 1 || r[0].Emoji != "❤️" {
			t.Fatalf("reactions %+v", r)
		}
	})
}

func TestCourtesyCanBeUndone(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: func(st *stage) {
		st.channel()
		c := st.customer(core.Contact{Name: "Maria", Phone: "+393331234567"})
		st.says(c, 30*time.Minute, said("Avete la vernice?"))
		st.answered(c, 20*time.Minute, core.Read, core.Message{Content: said("Sì")})
		st.says(c, 10*time.Minute, said("grazie!"))
	}}, func(s *uitest.Screen, _ *stage) {
		s.Want("✓ thanks")
		s.Press("w")
		s.Sleep(200 * time.Millisecond)
		s.Want("The clock runs again.", "◔ 10m")
	})
}
