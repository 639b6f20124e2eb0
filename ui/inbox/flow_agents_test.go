package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/uitest"
)

// Each agent's words are their own: what another types is named, never shown,
// never mixed in, never sent.
func TestTwoAgentsWriteApart(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: one}, func(s *uitest.Screen, st *stage) {
		draft := func(agent, words string) {
			t.Helper()
			if err := st.work.SaveDraft(st.ctx, 1, agent, words); err != nil {
				t.Fatal(err)
			}
			s.Sleep(200 * time.Millisecond)
		}
		draft("bea", "Sono finite")
		s.Want("✎ bea has a draft", "Write a message")
		s.WantNot("Sono finite", "✎ draft")
		s.Press("r")
		s.Type("Certo")
		draft("bea", "Sono finite, mi spiace") // it goes on while one types oneself
		s.Sleep(time.Second)
		draft("bea", "Sono finite, mi spiace.")
		s.Want("› Certo", "✎ draft Certo", "✎ bea has a draft")
		s.WantNot("Sono finite")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		if m := st.newest(1); m.Text != "Certo" || m.Author != "ada" {
			t.Fatalf("sent %q of %s", m.Text, m.Author)
		}
		s.Want("Write a message", "✎ bea has a draft") // empty again, and bea's words wait for bea
		if c := st.conversation(1); c.DraftOf("bea") != "Sono finite, mi spiace." || c.DraftOf("ada") != "" {
			t.Fatalf("drafts %+v", c.Drafts)
		}
		draft("bea", "")
		s.WantNot("bea has a draft")
	})
}

func TestEnterAsksOnceWhileAnotherTypes(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: one}, func(s *uitest.Screen, st *stage) {
		types := func(on bool) {
			t.Helper()
			p := core.Presence{ConversationID: 1, Agent: "bea", Process: "p2", Typing: on, Until: st.now().Add(time.Minute)}
			looks := core.Presence{ConversationID: 1, Agent: "Anna", Process: "p3", Until: st.now().Add(time.Minute)}
			for _, p := range []core.Presence{p, looks} {
				if err := st.db.SetPresence(st.ctx, p); err != nil {
					t.Fatal(err)
				}
			}
			s.Sleep(200 * time.Millisecond)
		}
		s.Press("r")
		types(true)
		s.Type("Uno")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("› Uno", "! bea is writing here: enter again to send.")
		s.WantNot("leaves in")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("leaves in")
		s.Type("Due") // each answer is asked about anew
		s.Press("enter")
		s.Want("› Due", "! bea is writing here")
		types(false)
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		if m := st.newest(1); m.Text != "Due" {
			t.Fatalf("newest %q", m.Text)
		}
		s.Type("Tre")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		if m := st.newest(1); m.Text != "Tre" {
			t.Fatalf("newest %q", m.Text)
		}
	})
}

// What did not arrive stays marked in the list when the customer writes again,
// until another answer has gone out.
func TestFailedStaysInTheList(t *testing.T) {
	play(t, setting{w: 160, h: 45, fill: func(st *stage) {
		one(st)
		st.answered(1, 2*time.Minute, core.Failed, core.Message{Content: said("Arriva domani")})
	}}, func(s *uitest.Screen, st *stage) {
		s.Want("✗ failed Arriva domani", "↕ priority")
		st.says(1, 0, said("Allora?"))
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ ✗ Allora?")
		s.Press("r")
		s.Type("Eccomi")
		s.Sleep(time.Second)
		s.Want("▌ ✗ ✎ draft Eccomi")
		s.Press("enter")
		s.Sleep(6 * time.Second)
		s.WantNot("▌ ✗")
		st.says(1, 0, said("Grazie mille"))
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ Grazie mille")
	})
}
