package setup

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// place is where keys may lie, and whether it can be used.
type place struct {
	where string
	waits bool  // for a pass phrase that somebody chooses
	err   error // it does not answer
}

// placesOf asks the places for keys how they are; a hanging keyring has its own
// time-out.
func placesOf(ctx context.Context, ks []core.Keyring) []place {
	out := make([]place, len(ks))
	for i, k := range ks {
		out[i] = place{where: k.Where(), err: connect.Answers(ctx, k)}
		if w, ok := k.(core.Sealer); ok {
			out[i].waits = w.Unsealed()
		}
	}
	return out
}

// remove asks, then forgets a channel and its keys.
func (p *Pane) remove() tea.Cmd {
	c, w, work := p.chosen(), p.env.Words, p.d.Work
	ch := c.Channel
	yes := kit.Send(Name, func() tea.Msg {
		switch err := work.Remove(p.env.Ctx, ch); {
		case core.CodeOf(err) == core.Conflict:
			return frame.Toast{Text: w.T(text.SetupUsed, "Name", ch.Name), Refused: true}
		case err != nil:
			return frame.Failed{Err: err}
		}
		return changed{frame.Toast{Text: w.T(text.SetupRemoved, "Name", ch.Name)}}
	})
	return func() tea.Msg {
		return frame.Confirm{Title: w.T(text.SetupRemove, "Name", ch.Name), Text: w.T(text.SetupRemoveWhat), Do: w.T(text.SetupRemoveDo), Danger: true, Yes: yes}
	}
}

// auto is the choice that leaves the way in to the program.
const auto = "auto"

// chooseWay asks how a channel receives.
func (p *Pane) chooseWay() tea.Cmd {
	c, w, work := p.chosen(), p.env.Words, p.d.Work
	ch, can := c.Channel, c.caps.PollInbound
	free := ch
	free.Account.Receive = ""
	all := []dialog.Option{{Value: auto, Label: w.T(text.SetupWayAuto), Detail: w.T(text.K("way." + string(free.Way(can)))), On: ch.Account.Receive == ""}}
	for _, way := range core.Ways() {
		if !way.Polls() || can {
			all = append(all, dialog.Option{Value: string(way), Label: w.T(text.K("way." + string(way))), On: ch.Account.Receive == way})
		}
	}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.SetupWayTitle, "Name", ch.Name), w.T(text.SetupWayHint), all, false, func(v string) tea.Cmd {
		way := core.Way(v)
		if v == auto {
			way = ""
		}
		return kit.Send(Name, func() tea.Msg {
			got, err := work.Receive(p.env.Ctx, ch, way, can)
			if err != nil {
				return frame.Failed{Err: err}
			}
			return changed{frame.Toast{Text: w.T(text.SetupWayIs, "Name", ch.Name, "Way", w.T(text.K("way."+string(got.Way(can)))))}}
		})
	}))
}

// pinged is how a try of a channel's own address ended.
type pinged struct {
	channel int64
	address string // "" where there is none to try
	waits   bool   // for its end
	got     core.Pinged
	err     error // it could not be tried
}

// ping tries a channel's own address; what came of it stands on its card.
func (p *Pane) ping() tea.Cmd {
	ch, ping := p.chosen().Channel, p.d.Ping
	p.pings[ch.ID] = pinged{waits: true}
	return kit.Send(Name, func() tea.Msg {
		address, got, err := ping(p.env.Ctx, ch)
		return pinged{err: err, channel: ch.ID, address: address, got: got}
	})
}

// took keeps how a ping ended, and says it in short.
func (p *Pane) took(m pinged) tea.Cmd {
	w := p.env.Words
	p.pings[m.channel] = m
	switch {
	case m.err != nil:
		delete(p.pings, m.channel)
		return func() tea.Msg { return frame.Failed{Err: m.err} }
	case m.address == "":
		return toast(frame.Toast{Text: w.T(text.SetupPingNowhere), Refused: true})
	case m.got.Failed():
		return toast(frame.Toast{Text: w.T(text.SetupPingFailed), Bad: true})
	}
	return toast(frame.Toast{Text: w.T(text.SetupPing, "Took", millis(w, m.got.Took))})
}

// millis are milliseconds for people; below ten the tenths count.
func millis(w *text.Words, d time.Duration) string {
	ms := d.Seconds() * 1000
	if ms < 10 {
		return w.Dec(ms, 1)
	}
	return w.Dec(ms, 0)
}
