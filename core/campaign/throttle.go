package campaign

import (
	"encoding/json"
	"maps"
	"math"
	"time"

	"bottega/core"
)

// WaitReason is why nobody is written to just now, as the contract writes it.
type WaitReason string

const (
	NoWait      WaitReason = ""
	QuietHours  WaitReason = "quiet_hours"
	GoldenHours WaitReason = "golden_hours"
	HourLimit   WaitReason = "hour_limit" // S-200
	TierLimit   WaitReason = "tier_limit" // P-40
	WarmUp      WaitReason = "warm_up"    // today's cap of a new number
	Throttled   WaitReason = "throttled"  // the provider asked for less
	AtPace      WaitReason = "pace"       // the set rate: not worth showing
	PairWait    WaitReason = "pair"       // this person only (P-61)
	ForTime     WaitReason = "scheduled"
	ForRetry    WaitReason = "retry"
	ForOutbox   WaitReason = "outbox" // what was handed over has not left yet
)

// Wait is a stop with its reason and its end. The zero Wait is none.
type Wait struct {
	Reason WaitReason `json:"reason,omitempty"`
	Until  time.Time  `json:"until,omitzero"`
}

// later keeps the wait that ends last, which is the one that holds.
func (w Wait) later(o Wait) Wait {
	if o.Reason != NoWait && (w.Reason == NoWait || o.Until.After(w.Until)) {
		return o
	}
	return w
}

// Limits of a channel for a while: what campaigns and replies together may do.
type Limits struct {
	PerMinute int // set rate; see Rules.Ceiling
	PerHour   int // 0 for none
	PerDay    int // unique people outside a window in 24 h; -1 for no limit
	PerDayCap int // messages in 24 h of a new number; 0 for none
}

// Ceiling is the pace a campaign really gets: what it asks for, never above
// the rules' ceiling unless somebody took the risk, and never above the
// platform's own.
func (r *Rules) Ceiling(p Pace) int {
	n := p.PerMinute
	if n <= 0 {
		n = r.PerMinute.Value
	}
	if p.Override == "" {
		n = min(n, r.PerSecondMax.Value*60)
	}
	return min(n, r.PlatformPerSecond.Value*60)
}

// LimitsOf a channel at a time. activated is the number's first day (zero: not
// new), perDayCap the warm-up's (0 for none).
func (r *Rules) LimitsOf(p Pace, h core.Health, activated, now time.Time, perDayCap int) Limits {
	l := Limits{PerMinute: r.Ceiling(p), PerDay: h.Limit}
	if h.Limit == 0 {
		l.PerDay = r.LimitUnknown.Value
	}
	if r.New(activated, now) {
		l.PerHour, l.PerDayCap = r.NewPerHour.Value, perDayCap
	}
	return l
}

// New reports whether a number is in its first days (S-199).
func (r *Rules) New(activated, now time.Time) bool {
	return !activated.IsZero() && now.Sub(activated) < r.NewFor.Value.D()
}

// Throttle says when the next message of a channel may leave. It counts
// campaigns and replies alike; replies are only counted (Count), campaigns ask
// first (Ask) and wait. Its state is JSON that outlives a restart, except for
// the people of the last 24 h, which the store knows better (Meet).
//
// A clock that is set back does not disturb it; see move. Not safe for
// concurrent use.
type Throttle struct {
	rules  *Rules
	limits Limits
	s      throttleState
	circle *circle   // the people of the last 24 h, of all channels
	swept  time.Time // when paid debts were last forgotten
}

// throttleState is what is kept on disk.
type throttleState struct {
	Last   time.Time           `json:"last,omitzero"`   // the latest time seen, on the throttle's own clock
	Ahead  time.Duration       `json:"ahead,omitempty"` // its own clock minus the one on the wall
	Minute window              `json:"minute"`
	Hour   window              `json:"hour"`
	Day    window              `json:"day"`
	Tokens float64             `json:"tokens"` // messages that the pace allows at Last
	Slow   slow                `json:"slow"`
	Pairs  map[int64]time.Time `json:"pairs,omitempty"` // by contact: when its debt is paid
}

const (
	minuteSteps = 300 // 0.2 s: a third of a percent of the minute
	hourSteps   = 720 // 5 s
	daySteps    = 288 // 5 min
	// catchUp is how much of a delay the pace makes good: a runner that comes
	// late by less loses nothing.
	catchUp = 2 * time.Second
)

// NewThrottle restores a channel's throttle; state nil or {} begins anew.
// InvalidInput for a state that cannot be read.
func NewThrottle(r *Rules, l Limits, state []byte) (*Throttle, error) {
	t := &Throttle{rules: r, limits: l, circle: newCircle(r.LimitSpan.Value.D())}
	fresh := throttleState{Minute: newWindow(time.Minute, minuteSteps), Hour: newWindow(time.Hour, hourSteps), Day: newWindow(24*time.Hour, daySteps)}
	t.s = fresh
	if len(state) > 0 {
		if err := json.Unmarshal(state, &t.s); err != nil {
			return nil, core.Fail(core.InvalidInput, "campaign.NewThrottle", err)
		}
	}
	if !t.s.sane(fresh) {
		return nil, core.Fail(core.InvalidInput, "campaign.NewThrottle", nil)
	}
	if t.s.Pairs == nil {
		t.s.Pairs = map[int64]time.Time{}
	}
	return t, nil
}

// sane refuses a state that we did not write: it would count wrong or not at
// all. It also works out what is not kept.
func (s *throttleState) sane(fresh throttleState) bool {
	ok := math.Abs(s.Tokens) < 1e9 && s.Ahead >= 0 && s.Slow.From >= 0 && s.Slow.From <= 1
	for w, like := range map[*window]window{&s.Minute: fresh.Minute, &s.Hour: fresh.Hour, &s.Day: fresh.Day} {
		ok = ok && w.sane(like, s.Last)
	}
	return ok
}

// State is what NewThrottle takes, as of the last call. Who owes a pause for one
// message only is left out: a campaign has thousands of them at any time, and
// nobody waits for it, but for a person written to PairBurst times in a row.
func (t *Throttle) State() ([]byte, error) {
	s := t.s
	s.Pairs = map[int64]time.Time{}
	for contact, paid := range t.s.Pairs {
		if paid.Sub(s.Last) > t.rules.PairEvery.Value.D() {
			s.Pairs[contact] = paid
		}
	}
	b, err := json.Marshal(s)
	if err != nil {
		return nil, core.Fail(core.Internal, "campaign.State", err)
	}
	return b, nil
}

// SetLimits changes them from the next message on.
func (t *Throttle) SetLimits(l Limits) { t.limits = l }

// Meet tells of a person who was written to outside a window: what the store
// knows of the last 24 h after a start, in any order.
func (t *Throttle) Meet(contact int64, at time.Time) { t.circle.meet(contact, at) }

// move brings the throttle to a time of the clock on the wall and returns it
// on its own clock, which never goes back: when the wall's was set back the
// difference is added from then on, so that no time has passed.
func (t *Throttle) move(wall time.Time) time.Time {
	t.circle.size(wall) // it sees every time that we see
	now := wall.Round(0).Add(t.s.Ahead)
	if t.s.Last.IsZero() {
		t.s.Last, t.s.Tokens = now, 1
	}
	if back := t.s.Last.Sub(now); back > 0 {
		t.s.Ahead += back
		now = t.s.Last
	}
	per := t.perSecond(now)
	begun := t.s.Last
	if t.s.Slow.Until.After(begun) {
		begun = t.s.Slow.Until // nothing is saved up while the provider wants rest
	}
	passed := max(0, now.Sub(begun).Seconds())
	t.s.Tokens = min(1+per*catchUp.Seconds(), t.s.Tokens+per*passed)
	t.s.Last = now
	if now.Sub(t.swept) >= t.rules.PairEvery.Value.D() {
		t.swept = now
		maps.DeleteFunc(t.s.Pairs, func(_ int64, paid time.Time) bool { return !paid.After(now) })
	}
	return now
}

// told is a wait as the clock on the wall will show its end.
func (t *Throttle) told(w Wait) Wait {
	if w.Reason != NoWait {
		w.Until = w.Until.Add(-t.s.Ahead)
	}
	return w
}

// perSecond is the pace at now with what a slowdown left of it.
func (t *Throttle) perSecond(now time.Time) float64 {
	return float64(t.limits.PerMinute) / 60 * t.s.Slow.factor(now, t.rules)
}

// Ask reports whether one message to a person may leave now: the zero Wait, or
// why not and until when. outside tells that the person's window is shut, so
// that it counts to the portfolio's limit. Nothing is counted yet; see Count.
func (t *Throttle) Ask(wall time.Time, contact int64, outside bool) Wait {
	now := t.move(wall)
	w := t.channel(now)
	if paid, ok := t.s.Pairs[contact]; ok {
		burst := time.Duration(t.rules.PairBurst.Value-1) * t.rules.PairEvery.Value.D()
		if at := paid.Add(-burst); at.After(now) {
			w = w.later(Wait{PairWait, at})
		}
	}
	w = t.told(w)
	if outside {
		w = w.later(t.circle.wait(wall, contact, t.limits.PerDay))
	}
	return w
}

// Room is the wait that holds for everybody on the channel, the zero Wait when
// the next message may leave now.
func (t *Throttle) Room(now time.Time) Wait {
	now = t.move(now)
	return t.told(t.channel(now))
}

func (t *Throttle) channel(now time.Time) Wait {
	var w Wait
	if until := t.s.Slow.Until; until.After(now) {
		w = w.later(Wait{Throttled, until})
	}
	if t.limits.PerHour > 0 {
		w = w.later(full(&t.s.Hour, now, t.limits.PerHour, HourLimit))
	}
	if t.limits.PerDayCap > 0 {
		w = w.later(full(&t.s.Day, now, t.limits.PerDayCap, WarmUp))
	}
	w = w.later(full(&t.s.Minute, now, t.limits.PerMinute, AtPace))
	// A nanosecond of rounding must not cost a turn.
	if per := t.perSecond(now); t.s.Tokens < 1-1e-6 {
		reason := AtPace
		if t.s.Slow.slowed(now, t.rules) {
			reason = Throttled
		}
		w = w.later(Wait{reason, now.Add(time.Duration(math.Ceil((1 - t.s.Tokens) / per * float64(time.Second))))})
	}
	return w
}

// full is the wait until fewer than limit are in a window.
func full(w *window, now time.Time, limit int, reason WaitReason) Wait {
	if at := w.free(now, limit); at.After(now) {
		return Wait{reason, at}
	}
	return Wait{}
}

// LeftToday is how many more people fit into the portfolio's limit, -1 for any number.
func (t *Throttle) LeftToday(now time.Time) int {
	if t.limits.PerDay < 0 {
		return -1
	}
	return max(0, t.limits.PerDay-t.circle.size(now))
}

// Count notes a message that leaves now, of a campaign that asked or of
// anybody else who does not ask. contact may be 0 where it is not known: then
// neither the pair limit nor the portfolio's hears of it.
func (t *Throttle) Count(wall time.Time, contact int64, outside bool) {
	now := t.move(wall)
	t.s.Minute.add(now, 1)
	t.s.Hour.add(now, 1)
	t.s.Day.add(now, 1)
	t.s.Tokens = max(t.s.Tokens-1, -float64(t.limits.PerMinute)) // replies may run into debt, of a minute at most
	if contact == 0 {
		return
	}
	paid := t.s.Pairs[contact]
	if paid.Before(now) {
		paid = now
	}
	t.s.Pairs[contact] = paid.Add(t.rules.PairEvery.Value.D())
	if outside {
		t.circle.count(contact, wall)
	}
}

// SentIn is how many messages left in the last minute, hour and day.
func (t *Throttle) SentIn(now time.Time) (minute, hour, day int) {
	now = t.move(now)
	return t.s.Minute.in(now), t.s.Hour.in(now), t.s.Day.in(now)
}

// Slow halves the pace after a throttled answer (130429, 429) and rests as
// long as the provider asked. Answers of one burst count once.
func (t *Throttle) Slow(now time.Time, retryAfter time.Duration) {
	now = t.move(now)
	t.s.Slow.hit(now, retryAfter, t.rules)
	t.s.Tokens = min(t.s.Tokens, 0)
}
