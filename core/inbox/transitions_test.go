package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/inbox"
)

// noon is Tuesday, the shop of splitDay is open until one.
func noon(t testing.TB) time.Time { return at(t, "Europe/Rome", "2026-11-24 12:00") }

func dayRules(t testing.TB) core.Rules {
	r := shopRules(t)
	r.Hours = splitDay("Europe/Rome")
	return r
}

func said(text string, when time.Time) *core.Message {
	return &core.Message{ID: when.UnixMilli(), Content: core.Content{Type: core.TypeText, Text: text}, At: when}
}

func answer(when time.Time) *core.Message {
	return &core.Message{ID: when.UnixMilli(), Direction: core.Out, Author: "ada", State: core.Queued,
		Content: core.Content{Type: core.TypeText, Text: "Eccoci"}, At: when}
}

func talk(c *core.Conversation, r core.Rules, ms ...*core.Message) {
	for _, m := range ms {
		if m.Direction == core.In {
			inbox.Inbound(c, m, r, m.At)
		} else {
			inbox.Answered(c, m, r)
		}
	}
}

func TestFirstMessageStartsClock(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	back := inbox.Inbound(c, said("Buongiorno", now), r, now)
	if back || c.Unread != 1 || !c.WaitingSince.Equal(now) || !c.DueAt.Equal(now.Add(5*time.Minute)) ||
		!c.WindowCloses.Equal(now.Add(24*time.Hour)) || !c.LastAt.Equal(now) || !c.LastInAt.Equal(now) || c.LastMessageID == 0 {
		t.Errorf("%+v", c)
	}
	inbox.Inbound(c, said("ci siete?", now.Add(time.Minute)), r, now)
	if c.Unread != 2 || !c.WaitingSince.Equal(now) {
		t.Errorf("the second message moved the start: %v", c.WaitingSince)
	}
	if want := inbox.SortKey(c, r); c.SortKey != want {
		t.Errorf("sort key %d, want %d", c.SortKey, want)
	}
}

func TestWhatStartsTheClock(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for kind, starts := range map[core.MessageType]bool{
		core.TypeText: true, core.TypeImage: true, core.TypeAudio: true, core.TypeSticker: true, core.TypeLocation: true, core.TypeContacts: true,
		core.TypeButton: true, core.TypeInteractive: true, core.TypeFlow: true, core.TypeOrder: true, core.TypeVideo: true, core.TypeDocument: true,
		core.TypeSystem: false, core.TypeUnsupported: false,
	} {
		c := &core.Conversation{State: core.Done}
		m := said("x", now)
		m.Type = kind
		inbox.Inbound(c, m, r, now)
		if c.WaitingSince.IsZero() == starts || c.WindowCloses.IsZero() == starts {
			t.Errorf("%s: waiting since %v, window until %v", kind, c.WaitingSince, c.WindowCloses)
		}
		if seen := c.Unread == 1; seen != (kind != core.TypeSystem) {
			t.Errorf("%s: unread %d", kind, c.Unread)
		}
		if open := c.State == core.Open; open != (kind != core.TypeSystem) {
			t.Errorf("%s: %s", kind, c.State)
		}
	}
}

func TestWhatStopsTheClock(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for name, c := range map[string]struct {
		change func(*core.Message)
		stops  bool
	}{
		"a person's answer": {func(*core.Message) {}, true},
		"a template":        {func(m *core.Message) { m.Type = core.TypeTemplate }, true},
		"from the phone":    {func(m *core.Message) { m.Echo, m.Author = true, "" }, true},
		"an auto-reply":     {func(m *core.Message) { m.Auto = true }, false},
		"a note":            {func(m *core.Message) { m.Type = core.TypeNote }, false},
		"a reaction":        {func(m *core.Message) { m.Type = core.TypeReaction }, false},
	} {
		conv := &core.Conversation{State: core.Open}
		m := answer(now.Add(4 * time.Minute))
		c.change(m)
		inbox.Inbound(conv, said("Quanto costa?", now), r, now)
		waited, stopped := inbox.Answered(conv, m, r)
		if stopped != c.stops || conv.WaitingSince.IsZero() != c.stops || conv.DueAt.IsZero() != c.stops {
			t.Errorf("%s: stopped %v, waiting since %v", name, stopped, conv.WaitingSince)
		}
		if c.stops && (waited != 4*time.Minute || !m.Waited.Equal(now) || !conv.LastOutAt.Equal(m.At)) {
			t.Errorf("%s: waited %v, since %v", name, waited, m.Waited)
		}
		if m.Type == core.TypeNote && conv.LastMessageID == m.ID {
			t.Error("a note became the last message")
		}
	}
}

func TestFirstResponseIsBusinessTime(t *testing.T) {
	r := dayRules(t)
	c := &core.Conversation{State: core.Open}
	asked := at(t, "Europe/Rome", "2026-11-24 18:50")
	inbox.Inbound(c, said("Siete aperti?", asked), r, asked)
	waited, ok := inbox.Answered(c, answer(at(t, "Europe/Rome", "2026-11-25 09:05")), r)
	if !ok || waited != 15*time.Minute {
		t.Errorf("%v %v", waited, ok)
	}
	if _, again := inbox.Answered(c, answer(at(t, "Europe/Rome", "2026-11-25 09:06")), r); again {
		t.Error("the second answer counts as a first response")
	}
}

func TestCourtesyDoesNotRestartClock(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	talk(c, r, said("Quanto costa?", now), answer(now.Add(time.Minute)))
	thanks := said("Grazie mille 🙏", now.Add(2*time.Minute))
	inbox.Inbound(c, thanks, r, thanks.At)
	if !thanks.Courtesy || !c.WaitingSince.IsZero() || !c.CourtesySince.Equal(thanks.At) || c.Unread != 2 {
		t.Errorf("courtesy %v, waiting %v, since %v, unread %d", thanks.Courtesy, c.WaitingSince, c.CourtesySince, c.Unread)
	}
	if !c.WindowCloses.Equal(thanks.At.Add(24 * time.Hour)) {
		t.Error("a courtesy opens the window like any message")
	}
	more := said("ma di che colore?", now.Add(3*time.Minute))
	inbox.Inbound(c, more, r, more.At)
	if more.Courtesy || !c.WaitingSince.Equal(more.At) || !c.CourtesySince.IsZero() {
		t.Errorf("content after a courtesy: %+v", c)
	}
}

func TestCourtesyThatIsNone(t *testing.T) {
	r, now := dayRules(t), noon(t)
	grazie := func() *core.Message { return said("grazie!", now.Add(time.Hour)) }
	for name, c := range map[string]struct {
		before []*core.Message
		m      *core.Message
	}{
		"first of all":             {nil, grazie()},
		"while the customer waits": {[]*core.Message{said("Quanto costa?", now)}, grazie()},
		"only a rule has answered": {[]*core.Message{said("Ciao", now), {Direction: core.Out, Auto: true, At: now, Content: core.Content{Type: core.TypeText}}}, grazie()},
		"with a question":          {[]*core.Message{said("a", now), answer(now)}, said("grazie, ma quando arriva?", now.Add(time.Hour))},
		"with a picture": {[]*core.Message{said("a", now), answer(now)}, &core.Message{At: now.Add(time.Hour),
			Content: core.Content{Type: core.TypeImage, Text: "grazie", Media: &core.Media{}}}},
		"agreement to our question": {[]*core.Message{said("a", now), {ID: 9, Direction: core.Out, Author: "ada", At: now,
			Content: core.Content{Type: core.TypeText, Text: "Le va bene domani?"}}}, said("ok grazie", now.Add(time.Hour))},
	} {
		conv := &core.Conversation{State: core.Open}
		talk(conv, r, c.before...)
		inbox.Inbound(conv, c.m, r, c.m.At)
		if c.m.Courtesy || conv.WaitingSince.IsZero() {
			t.Errorf("%s: courtesy %v, waiting since %v", name, c.m.Courtesy, conv.WaitingSince)
		}
	}
	conv := &core.Conversation{State: core.Open}
	asked := answer(now)
	asked.Text = "Le serve altro?"
	thanks := grazie()
	talk(conv, r, said("a", now), asked, thanks)
	if !thanks.Courtesy {
		t.Error("plain thanks after a question of ours want no answer")
	}
}

func TestCourtesyLeavesDoneAndSnoozedAlone(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for _, state := range []core.ConversationState{core.Done, core.Snoozed} {
		c := &core.Conversation{State: core.Open}
		talk(c, r, said("a", now), answer(now))
		c.State, c.Unread, c.SnoozeUntil = state, 0, now.Add(time.Hour)
		if back := inbox.Inbound(c, said("grazie", now.Add(time.Minute)), r, now); back || c.State != state || c.Unread != 0 {
			t.Errorf("%s: %s, unread %d", state, c.State, c.Unread)
		}
		if back := inbox.Inbound(c, said("e il resto?", now.Add(2*time.Minute)), r, now); !back || c.State != core.Open || !c.SnoozeUntil.IsZero() || c.WaitingSince.IsZero() {
			t.Errorf("%s: a question left it %s", state, c.State)
		}
	}
}

func TestFailedAnswerPutsClockBack(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	a := answer(now.Add(4 * time.Minute))
	talk(c, r, said("Quanto costa?", now), a)
	c.State = core.Done
	if !inbox.AnswerFailed(c, a, r) || !c.WaitingSince.Equal(now) || c.State != core.Open || !c.DueAt.Equal(now.Add(5*time.Minute)) {
		t.Errorf("%+v", c)
	}
	if !inbox.AnswerArrived(c, a, r) || !c.WaitingSince.IsZero() {
		t.Errorf("it arrived after all: %+v", c)
	}
	if inbox.AnswerArrived(c, a, r) {
		t.Error("it arrived twice")
	}
}

func TestFailedAnswerWithLaterMessages(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	a, b := answer(now.Add(time.Minute)), answer(now.Add(2*time.Minute))
	talk(c, r, said("Quanto costa?", now), a, b)
	if inbox.AnswerFailed(c, b, r) {
		t.Error("the second of two answers had stopped no clock")
	}
	later := said("allora?", now.Add(3*time.Minute))
	inbox.Inbound(c, later, r, later.At)
	if !inbox.AnswerFailed(c, a, r) || !c.WaitingSince.Equal(now) {
		t.Errorf("the clock goes on from %v, want the first question", c.WaitingSince)
	}
	if !inbox.AnswerArrived(c, a, r) || !c.WaitingSince.Equal(later.At) {
		t.Errorf("what came after the answer still waits: %v", c.WaitingSince)
	}
	note := answer(now)
	note.Type, note.Waited = core.TypeNote, now
	if inbox.AnswerFailed(c, note, r) {
		t.Error("a note failed")
	}
}

func TestEchoAnswersOnlyWhatCameBefore(t *testing.T) {
	r, now := dayRules(t), noon(t)
	echo := func(when time.Time) *core.Message {
		m := answer(when)
		m.Echo, m.Author = true, ""
		return m
	}
	c := &core.Conversation{State: core.Open}
	talk(c, r, said("a", now), said("b", now.Add(2*time.Minute)), echo(now.Add(time.Minute)))
	if !c.WaitingSince.Equal(now.Add(2*time.Minute)) || c.Unread != 2 {
		t.Errorf("waiting since %v, unread %d", c.WaitingSince, c.Unread)
	}
	talk(c, r, echo(now.Add(3*time.Minute)))
	if !c.WaitingSince.IsZero() || c.Unread != 0 {
		t.Errorf("answered on the phone: since %v, unread %d", c.WaitingSince, c.Unread)
	}
	talk(c, r, said("c, late", now.Add(150*time.Second)))
	if !c.WaitingSince.IsZero() {
		t.Error("who answered on the phone had seen the message that came late to us")
	}
	talk(c, r, said("d", now.Add(4*time.Minute)), echo(now.Add(150*time.Second)))
	if !c.WaitingSince.Equal(now.Add(4 * time.Minute)) {
		t.Error("an old echo stopped the clock of a newer message")
	}
}

// TestMessageThatCrossedOurAnswer was written before the answer but came
// after it: nobody has seen it, so it waits.
func TestMessageThatCrossedOurAnswer(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	late := said("e la misura?", now.Add(50*time.Second))
	talk(c, r, said("Quanto costa?", now), answer(now.Add(time.Minute)))
	inbox.Inbound(c, late, r, now.Add(70*time.Second))
	if !c.WaitingSince.Equal(late.At) {
		t.Errorf("waiting since %v", c.WaitingSince)
	}
	if c.LastMessageID == late.ID {
		t.Error("an older message became the last one")
	}
}

// TestOwnClockSetBack answers with a clock that lags an hour behind the provider's.
func TestOwnClockSetBack(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	inbox.Inbound(c, said("Quanto costa?", now), r, now.Add(-time.Hour))
	if !c.WaitingSince.Equal(now) {
		t.Errorf("waiting since %v: the provider's time counts", c.WaitingSince)
	}
	if sla := inbox.SLAOf(c, r, now.Add(-time.Hour)); sla.Level != inbox.LevelOK || sla.Elapsed != 0 {
		t.Errorf("%+v", sla)
	}
	waited, stopped := inbox.Answered(c, answer(now.Add(-time.Hour)), r)
	if !stopped || waited != 0 || !c.WaitingSince.IsZero() {
		t.Errorf("waited %v, stopped %v, since %v", waited, stopped, c.WaitingSince)
	}
}

func TestAtDistrustsNonsense(t *testing.T) {
	now := noon(t)
	for name, c := range map[string]struct{ at, want time.Time }{
		"missing":       {time.Time{}, now},
		"century ahead": {now.AddDate(100, 0, 0), now},
		"an hour ahead": {now.Add(time.Hour), now.Add(time.Hour)},
		"a week late":   {now.AddDate(0, 0, -7), now.AddDate(0, 0, -7)},
	} {
		if got := inbox.At(&core.Message{At: c.at}, now); !got.Equal(c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
