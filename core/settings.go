package core

import "time"

// Interval is a stretch of a day in minutes since local midnight, From < To ≤ 1440.
type Interval struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Hours are a shop's business hours: several intervals a day, holidays, one time zone.
type Hours struct {
	TimeZone string                      `json:"time_zone"` // IANA
	Week     map[time.Weekday][]Interval `json:"week"`
	Holidays map[string][]Interval       `json:"holidays"` // "2026-12-25" → intervals, empty = closed
	Always   bool                        `json:"always"`   // open round the clock; Week is ignored
}

// Targets are the SLA thresholds in business time, as data with a source (S-072 to S-074).
type Targets struct {
	First Duration `json:"first"` // answer within: 5 min
	Late  Duration `json:"late"`  // late from: 30 min
	Red   Duration `json:"red"`   // red from: 2 h
	// HeadStart moves a waiting conversation of a value tier ahead in the queue (S-075).
	HeadStart map[ValueTier]Duration `json:"head_start"`
	Source    string                 `json:"source"`
	Date      string                 `json:"date"`
}

// Duration marshals as "5m", "2h".
type Duration time.Duration

func (d Duration) D() time.Duration             { return time.Duration(d) }
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}

// Policy holds the platform's windows as dated data (rules: P-01, P-03, S-032).
type Policy struct {
	Window     Duration `json:"window"`      // service window after the customer's last message
	EntryPoint Duration `json:"entry_point"` // free entry point after an answered ad click
	UndoGrace  Duration `json:"undo_grace"`  // how long an outgoing reply can be taken back
	WindowSoon Duration `json:"window_soon"` // from when the end of the window is worth a mark
	CappedRest Duration `json:"capped_rest"` // how long whom the platform spares marketing is left alone (P-31)
	PromoRest  Duration `json:"promo_rest"`  // how long after one promotion a person gets no other (S-012)
	Source     string   `json:"source"`
	Date       string   `json:"date"`
}

// PromoSince is from when on a promotion that a person had keeps another away at
// now: later than PromoRest before it, in whole milliseconds as times are kept.
func (p Policy) PromoSince(now time.Time) time.Time {
	return now.Add(-p.PromoRest.D()).Add(time.Millisecond)
}

// Limits of one outgoing message in characters, as the platform sets them
// (bsp/meta.md 2.2). Files have limits of their own.
type Limits struct {
	Text        int    // body of a text message
	Caption     int    // of an image, video or document
	Interactive int    // body above buttons
	Buttons     int    // how many
	ButtonTitle int    // of one button
	ButtonID    int    // of one button
	Source      string // where the numbers come from
	Date        string // when they were read
}

// Rules is everything core needs to judge time: passed by value, read once.
type Rules struct {
	Hours   Hours
	Targets Targets
	Policy  Policy
	Limits  Limits
	// Courtesy lists closing courtesies by language, folded; "any" holds for all.
	// The first character of an entry tells its part: none for thanks and farewells
	// ("grazie"), "~" for an agreement ("ok"), "+" for a word that may stand
	// beside one of those ("mille"), "-" for what is never a courtesy (":(").
	Courtesy map[string][]string
}

// StraySetting is the key of a Stray.
const StraySetting = "webhook.stray"

// Stray is the last callback that came to a path which no channel has: most
// often the provider's page names the channel as it was called before.
type Stray struct {
	Path string    `json:"path"` // as it came, at most 80 bytes: a stranger's words
	At   time.Time `json:"at"`
}
