package inbox

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
)

const (
	presenceBeat  = 20 * time.Second // how often it is renewed while nothing changes
	presenceLasts = 50 * time.Second // forgotten after this when the program dies
)

// shown is the presence last told to the others.
type shown struct {
	conv   int64
	typing bool
	at     time.Time
}

// beatMsg renews the presence.
type beatMsg struct{ conv int64 }

// tellPresence tells the others where we are, when that has changed or is
// getting old. In the list alone nobody is anywhere.
func (p *Pane) tellPresence() tea.Cmd {
	now := p.now()
	want := shown{conv: p.open, typing: p.typing(now), at: now}
	if !p.front || p.away {
		want.conv, want.typing = 0, false
	}
	same := want.conv == p.mine.conv && want.typing == p.mine.typing
	if same && (want.conv == 0 || now.Sub(p.mine.at) < presenceBeat) {
		return nil
	}
	p.mine = want
	store, ctx, process := p.d.Presence, p.env.Ctx, p.d.Process
	tell := core.Presence{ConversationID: want.conv, Agent: p.env.Agent, Process: process, Typing: want.typing, Until: now.Add(presenceLasts)}
	write := func() tea.Msg {
		var err error
		if want.conv == 0 {
			err = store.ClearPresence(ctx, process)
		} else {
			err = store.SetPresence(ctx, tell)
		}
		if err != nil && ctx.Err() == nil && core.CodeOf(err) != core.ReadOnly { // who only looks need not be seen
			return frame.Failed{Err: err}
		}
		return nil
	}
	if want.conv == 0 {
		return write
	}
	again := presenceBeat
	if want.typing {
		again = typingLasts
	}
	return tea.Batch(write, send(tea.Tick(again, func(time.Time) tea.Msg { return beatMsg{want.conv} })))
}

func (p *Pane) typing(now time.Time) bool {
	return p.focus == onComposer && !p.comp.in.Empty() && !p.comp.typed.IsZero() && now.Sub(p.comp.typed) < typingLasts
}
