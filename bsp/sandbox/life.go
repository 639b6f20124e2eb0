package sandbox

import (
	"cmp"
	"math/rand/v2"
	"time"

	"bottega/core"
)

// talk is where a customer stands in the talk with the shop; guarded by crowd.mu.
type talk struct {
	busy    bool   // in the middle of writing something
	waiting bool   // for the shop's answer
	turns   int    // reactions left before they have said what they had to say
	own     string // their last message
	round   int    // counts beginnings, so that a stale chase is recognised
}

// heard is what a customer makes of a message of the shop.
type heard struct {
	id      string
	kind    string
	buttons []replyButton // of an interactive message
	quick   []string      // quick replies of a template
}

func hear(q *sendRequest, t *tmpl, id string) *heard {
	h := &heard{id: id, kind: q.Type}
	if q.Interactive != nil && q.Interactive.Action != nil {
		h.buttons = q.Interactive.Action.Buttons
	}
	if t != nil {
		if c := t.part("BUTTONS"); c != nil {
			for _, b := range c.Buttons {
				if b.Type == "QUICK_REPLY" {
					h.quick = append(h.quick, b.Text)
				}
			}
		}
	}
	return h
}

// startLife plans the first customer soon, so that something happens at once.
func (s *Server) startLife() {
	s.agenda.in(between(s.dice(1, "first"), 3*time.Second, 8*time.Second), func() { s.begin(1) })
}

// begin lets somebody start writing and plans the next. The longer the queue
// at the counter, the more patience between two of them.
func (s *Server) begin(n uint64) {
	r := s.dice(n, "begin")
	p, waiting := s.crowd.idle(r)
	if p != nil {
		s.open(p)
	}
	gap := time.Duration(float64(s.o.Pace) * (0.4 + 1.2*r.Float64()) * (1 + float64(waiting)/4))
	s.agenda.in(gap, func() { s.begin(n + 1) })
}

// idle draws somebody who has nothing to do, and counts those who wait.
func (c *crowd) idle(r *rand.Rand) (*person, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var free []*person
	waiting := 0
	for _, p := range c.people {
		if p.talk.waiting {
			waiting++
		} else if !p.talk.busy && !p.blocked && p.Persona != "" {
			free = append(free, p)
		}
	}
	return pick(r, free), waiting
}

// turnOf gives a person's next dice.
func (s *Server) turnOf(p *person) *rand.Rand {
	var turn uint64
	s.crowd.change(p, func(p *person) { p.turn++; turn = p.turn })
	return s.dice(turn, "turn", p.Key)
}

// open starts what a person came for.
func (s *Server) open(p *person) {
	r := s.turnOf(p)
	persona, words := s.o.World.persona(p.Persona), s.o.World.Words[p.Lang]
	what := weighed(r, persona.Opens)
	s.perform(p, s.scene(what, r, words))
	round := 0
	s.crowd.change(p, func(p *person) {
		p.talk.turns = 1 + r.IntN(3)
		p.talk.round++
		round = p.talk.round
		p.talk.waiting = what != "thanks" && what != "stop" && what != "block"
		p.blocked = p.blocked || what == "block"
	})
	if persona.Chases {
		s.agenda.in(between(r, 70*time.Second, 200*time.Second), func() { s.chase(p, round) })
	}
}

// act is one thing a person does after a pause.
type act struct {
	pause time.Duration
	in    Inbound
	own   bool // target is their own last message
}

// scene writes the acts of one way to begin.
func (s *Server) scene(what string, r *rand.Rand, w Words) []act {
	say := func(key string) string { return pick(r, w.Lines[key]) }
	one := func(in Inbound) []act { return []act{{in: in}} }
	switch what {
	case "burst":
		var out []act
		for _, t := range pick(r, w.Bursts) {
			out = append(out, act{pause: between(r, 1500*time.Millisecond, 4*time.Second), in: Inbound{Text: t}})
		}
		return out
	case "photo":
		return one(Inbound{Type: "image", Media: pick(r, []string{"photo-bread", "photo-cake", "photo-bolt"}), Text: say("photo")})
	case "voice":
		return one(Inbound{Type: "audio", Media: pick(r, []string{"voice", "voice-long"})})
	case "video":
		return one(Inbound{Type: "video", Text: say("photo")})
	case "document":
		return one(Inbound{Type: "document", Text: say("document")})
	case "sticker":
		return one(Inbound{Type: "sticker"})
	case "place":
		place := pick(r, w.Places)
		return []act{{in: Inbound{Text: say("place")}}, {pause: 3 * time.Second, in: Inbound{Type: "location", Place: &place}}}
	case "thanks":
		return one(Inbound{Text: say("thank")})
	case "stop":
		return []act{{in: Inbound{Text: say("stop")}}, {pause: 2 * time.Second, in: Inbound{Type: "preference", Text: "stop"}}}
	case "block":
		return one(Inbound{Text: say("bye")})
	case "edit":
		slip := pick(r, w.Edits)
		return []act{{in: Inbound{Text: slip[0]}}, {pause: between(r, 6*time.Second, 12*time.Second), in: Inbound{Type: "edit", Text: slip[1]}, own: true}}
	case "revoke":
		return []act{{in: Inbound{Text: say("slip")}}, {pause: between(r, 5*time.Second, 9*time.Second), in: Inbound{Type: "revoke"}, own: true},
			{pause: 4 * time.Second, in: Inbound{Text: say("ask")}}}
	case "ad":
		return one(Inbound{Text: say("ask"), Ad: &core.Referral{Source: "ad", ID: "23850000000000001", Headline: s.o.World.Shop.Name}})
	case "order":
		return one(Inbound{Type: "order", Text: say("document")})
	}
	return one(Inbound{Text: say(cmp.Or(what, "ask"))})
}

// perform does the acts one after the other.
func (s *Server) perform(p *person, acts []act) {
	s.crowd.change(p, func(p *person) { p.talk.busy = len(acts) > 0 })
	if len(acts) == 0 {
		return
	}
	a := acts[0]
	s.agenda.in(a.pause, func() {
		if a.own {
			s.crowd.change(p, func(p *person) { a.in.Target = p.talk.own })
		}
		if _, err := s.write(p, a.in); err != nil {
			s.o.Log.Error("Customer could not write", "persona", p.Persona, "type", a.in.Type, "err", core.Trace(err))
		}
		s.perform(p, acts[1:])
	})
}

// chase writes again when the shop has let a person wait.
func (s *Server) chase(p *person, round int) {
	r := s.turnOf(p)
	stale := false
	s.crowd.change(p, func(p *person) { stale = p.talk.round != round || !p.talk.waiting || p.talk.busy || p.blocked })
	if stale {
		return
	}
	s.perform(p, []act{{in: Inbound{Text: pick(r, s.o.World.Words[p.Lang].Lines["chase"])}}})
	s.agenda.in(between(r, 3*time.Minute, 8*time.Minute), func() { s.chase(p, round) })
}

// react is called when a person has read a message of the shop.
func (s *Server) react(p *person, h *heard) {
	if h.kind == "reaction" {
		return
	}
	persona, r := s.o.World.persona(p.Persona), s.turnOf(p)
	goes := false
	s.crowd.change(p, func(p *person) {
		p.talk.waiting = false
		goes = p.talk.turns > 0 && !p.blocked || len(h.buttons)+len(h.quick) > 0
		p.talk.turns = max(0, p.talk.turns-1)
	})
	if !goes || r.Float64() >= persona.Answers {
		return
	}
	acts := s.reply(weighed(r, persona.Replies), h, r, s.o.World.Words[p.Lang])
	if len(acts) == 0 {
		return
	}
	acts[0].pause = between(r, persona.Think[0].D(), persona.Think[1].D())
	s.perform(p, acts)
	s.crowd.change(p, func(p *person) {
		last := acts[len(acts)-1].in
		p.talk.waiting = last.Type == "" && p.talk.turns > 0
	})
}

// reply writes the acts of one way to react; nil is silence.
func (s *Server) reply(how string, h *heard, r *rand.Rand, w Words) []act {
	say := func(key string) string { return pick(r, w.Lines[key]) }
	switch {
	case len(h.buttons) > 0 && r.IntN(5) > 0:
		b := pick(r, h.buttons)
		return []act{{in: Inbound{Type: "interactive", ReplyTo: h.id, Choice: &core.Choice{ID: b.Reply.ID, Title: b.Reply.Title}}}}
	case len(h.quick) > 0 && r.IntN(5) > 0:
		return []act{{in: Inbound{Type: "button", ReplyTo: h.id, Choice: &core.Choice{Title: pick(r, h.quick)}}}}
	}
	switch how {
	case "thank":
		return []act{{in: Inbound{Text: say("thank")}}}
	case "emoji":
		return []act{{in: Inbound{Type: "reaction", Target: h.id, Text: pick(r, []string{"👍", "❤️", "🙏", "😂", "👏🏽", "🥖"})}}}
	case "quote":
		return []act{{in: Inbound{Text: say("answer"), ReplyTo: h.id}}}
	case "photo":
		return []act{{in: Inbound{Type: "image", Media: "photo-bolt", Text: say("photo")}}}
	case "answer", "complain", "ask":
		return []act{{in: Inbound{Text: say(how)}}}
	}
	return nil
}
