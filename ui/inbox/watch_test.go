package inbox

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
)

// heard runs commands that answer at once and returns the notices among their messages.
func heard(cmd tea.Cmd) (out []frame.Notify) {
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range m {
			out = append(out, heard(c)...)
		}
	case frame.Notify:
		out = append(out, m)
	}
	return out
}

func TestNoticesComeOnceEach(t *testing.T) {
	p, _ := plain(t)
	now := noon
	p.env.Now = func() time.Time { return now }
	c := core.Conversation{ID: 7, State: core.Open, WaitingSince: noon, LastInAt: noon, Unread: 1, Contact: core.Contact{Name: "Maria"}, Last: core.Message{Direction: core.In}}
	see := func() []frame.Notify {
		return heard(p.notice(sighting{waiting: []core.Conversation{c}, newest: []core.Conversation{c}}))
	}
	if n := see(); len(n) != 0 {
		t.Fatalf("what was there already rings: %+v", n)
	}
	for _, step := range []struct {
		after  time.Duration
		body   string
		bell   bool
		urgent bool
	}{
		{4 * time.Minute, "", false, false},
		{5 * time.Minute, "has waited 5 min", false, false},
		{6 * time.Minute, "", false, false},
		{30 * time.Minute, "has waited 30 min", true, false},
		{119 * time.Minute, "", false, false},
		{120 * time.Minute, "has waited 2 h: answer now", true, true},
		{300 * time.Minute, "", false, false},
	} {
		now = noon.Add(step.after)
		n := see()
		if (len(n) == 0) != (step.body == "") {
			t.Fatalf("after %s: %+v", step.after, n)
		}
		if len(n) == 1 && (n[0].Body != step.body || n[0].Bell != step.bell || n[0].Urgent != step.urgent || n[0].Title != "Maria" || n[0].Conversation != 7) {
			t.Errorf("after %s: %+v", step.after, n[0])
		}
	}
	c.LastInAt, c.Draft = now, "pronta"
	if n := see(); len(n) != 1 || n[0].Body != "wrote: your held answer is ready to send" {
		t.Fatalf("%+v", n)
	}
	if n := see(); len(n) != 0 {
		t.Fatalf("twice: %+v", n)
	}
}

func TestNobodyIsWokenAtNight(t *testing.T) {
	p, _ := plain(t)
	r := p.d.Rules()
	r.Hours = core.Hours{TimeZone: "UTC", Week: map[time.Weekday][]core.Interval{time.Tuesday: {{From: 9 * 60, To: 12*60 + 30}}, time.Wednesday: {{From: 9 * 60, To: 19 * 60}}}}
	p.d.Rules = func() core.Rules { return r }
	now := noon
	p.env.Now = func() time.Time { return now }
	c := core.Conversation{ID: 7, State: core.Open, WaitingSince: noon.Add(-20 * time.Minute), Contact: core.Contact{Name: "Maria"}}
	see := func() []frame.Notify { return heard(p.notice(sighting{waiting: []core.Conversation{c}})) }
	see()
	now = noon.Add(45 * time.Minute) // shut since 12:30: she has waited 50 minutes of business time
	if n := see(); len(n) != 0 {
		t.Fatalf("rang in the closed shop: %+v", n)
	}
	now = noon.Add(21 * time.Hour) // open again
	if n := see(); len(n) != 1 || n[0].Body != "has waited 50 min" {
		t.Fatalf("%+v", n)
	}
}
