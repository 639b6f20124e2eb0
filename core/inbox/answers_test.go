package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
)

// TestFailedAnswerBesideAnother: two answers to one customer, and what becomes
// of the clock when they fail. "1" and "2" are questions, "a" and "b" answers;
// capital letters fail them, "a+" and "b+" arrive, "b-" takes one back.
func TestFailedAnswerBesideAnother(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []string
		want  string // the question that waits, "" for none
	}{
		{"the later one is on its way", []string{"1", "a", "b", "A"}, ""},
		{"the later one has arrived", []string{"1", "a", "b", "b+", "A"}, ""},
		{"the later one answers more", []string{"1", "a", "2", "b", "A"}, ""},
		{"both failed, the first first", []string{"1", "a", "b", "A", "B"}, "1"},
		{"both failed, the second first", []string{"1", "a", "b", "B", "A"}, "1"},
		{"both failed after two questions", []string{"1", "a", "2", "b", "A", "B"}, "1"},
		{"both failed after two questions, backwards", []string{"1", "a", "2", "b", "B", "A"}, "1"},
		{"only the second failed", []string{"1", "a", "a+", "b", "B"}, ""},
		{"only the second failed, after a new question", []string{"1", "a", "a+", "2", "b", "B"}, "2"},
		{"the later one is taken back", []string{"1", "a", "b", "A", "b-"}, "1"},
		{"the first arrives after all", []string{"1", "a", "2", "b", "A", "B", "a+"}, "2"},
		{"the first arrives after all, before the second fails", []string{"1", "a", "b", "A", "a+", "B"}, ""},
		{"and a new question waits", []string{"1", "a", "2", "b", "A", "a+", "B"}, "2"},
		{"nobody asked", []string{"a", "b", "A", "B"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEachStore(t, func(t *testing.T, s *shop) {
				asked, sent := map[string]time.Time{"": {}}, map[string]int64{}
				if c.steps[0] == "a" {
					s.hears(s.conv, "Ciao")
					_, err := s.Done(s.ctx, s.conv, "ada")
					code(t, err, "", "done")
				}
				for _, step := range c.steps {
					s.now = s.now.Add(time.Minute)
					switch step {
					case "1", "2":
						asked[step] = s.hears(s.conv, "Domanda "+step).At
					case "a", "b":
						m, err := s.Reply(s.ctx, s.conv, "ada", text(step))
						code(t, err, "", step)
						sent[step] = m.ID
					case "A", "B":
						s.becomes(sent[string(step[0]+'a'-'A')], core.Failed, &core.ProviderError{Class: core.ClassRetry})
					case "a+", "b+":
						s.arrives(sent[step[:1]])
					case "b-":
						_, err := s.TakeBack(s.ctx, sent["b"])
						code(t, err, "", step)
					}
				}
				got := s.conversation(s.conv)
				if !got.WaitingSince.Equal(asked[c.want]) {
					t.Errorf("waits since %v, want the question %q of %v", got.WaitingSince, c.want, asked[c.want])
				}
			})
		})
	}
}

// TestFailedAnswerLeavesDoneAlone: a conversation that was closed with a later
// answer does not come back for an earlier one that failed.
func TestFailedAnswerLeavesDoneAlone(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Quanto costa?")
		a, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
		code(t, err, "", "a")
		b, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci euro"))
		code(t, err, "", "b")
		_, err = s.Done(s.ctx, s.conv, "ada")
		code(t, err, "", "done")
		s.becomes(a.ID, core.Failed, &core.ProviderError{Class: core.ClassRetry})
		if c := s.conversation(s.conv); c.State != core.Done {
			t.Errorf("%s after the first failed", c.State)
		}
		s.becomes(b.ID, core.Failed, &core.ProviderError{Class: core.ClassRetry})
		if c := s.conversation(s.conv); c.State != core.Open || c.WaitingSince.IsZero() {
			t.Errorf("%s, waiting since %v after both failed", c.State, c.WaitingSince)
		}
	})
}
