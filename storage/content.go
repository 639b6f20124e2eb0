package storage

import (
	"encoding/json"
	"strings"
	"time"

	"bottega/core"
)

// Bits of messages.flags.
const (
	flagAuto = 1 << iota
	flagEcho
	flagRevoked
	flagCourtesy
	flagPromo // a marketing template of ours; the index messages_promo knows it as 16
)

// extra is what a plain text message does not have; as JSON in messages.extra.
type extra struct {
	Media    *media             `json:"media,omitempty"`
	Choice   *core.Choice       `json:"choice,omitempty"`
	Location *core.Location     `json:"location,omitempty"`
	Referral *core.Referral     `json:"referral,omitempty"`
	Buttons  []core.Button      `json:"buttons,omitempty"`
	Template *core.TemplateCall `json:"template,omitempty"`
	Header   *media             `json:"header,omitempty"` // the template's, with what JSON of core leaves out
	Reaction *reaction          `json:"reaction,omitempty"`
	Pricing  *core.Pricing      `json:"pricing,omitempty"`
	Cost     *core.Money        `json:"cost,omitempty"`
}

// media is core.Media with the facts that its JSON for the outside leaves out;
// of a message's own file the path has a column.
type media struct {
	core.Media
	Bytes int64     `json:"size,omitempty"`
	File  string    `json:"path,omitempty"`
	Gone  core.Code `json:"lost,omitempty"`
}

func packMedia(m *core.Media) *media {
	if m == nil {
		return nil
	}
	return &media{Media: *m, Bytes: m.Size, File: m.Path, Gone: m.Lost}
}

func (m *media) unpack() *core.Media {
	if m == nil {
		return nil
	}
	out := m.Media
	out.Size, out.Path, out.Lost = m.Bytes, m.File, m.Gone
	return &out
}

// reaction is core.Reaction in the file.
type reaction struct {
	Target string         `json:"target,omitempty"`
	Emoji  string         `json:"emoji,omitempty"`
	From   core.Direction `json:"from,omitempty"`
	At     int64          `json:"at,omitempty"`
	Before string         `json:"before,omitempty"`
}

func packReaction(r core.Reaction) reaction {
	return reaction{r.Target, r.Emoji, r.From, ms(r.At), r.Before}
}
func (r reaction) unpack() core.Reaction {
	return core.Reaction{Target: r.Target, Emoji: r.Emoji, From: r.From, At: at(r.At), Before: r.Before}
}

// packExtra returns nil for a message that is plain text.
func packExtra(m *core.Message) (any, error) {
	c := &m.Content
	if c.Media == nil && c.Choice == nil && c.Location == nil && c.Referral == nil && len(c.Buttons) == 0 &&
		c.Template == nil && c.Reaction == nil && m.Pricing == nil && m.Cost == nil {
		return nil, nil
	}
	e := extra{Media: packMedia(c.Media), Choice: c.Choice, Location: c.Location, Referral: c.Referral,
		Buttons: c.Buttons, Template: c.Template, Pricing: m.Pricing, Cost: m.Cost}
	if c.Template != nil && c.Template.HeaderMedia != nil {
		e.Header = packMedia(c.Template.HeaderMedia)
	}
	if c.Reaction != nil {
		r := packReaction(*c.Reaction)
		e.Reaction = &r
	}
	b, err := json.Marshal(e)
	return string(b), err
}

func unpackExtra(s string, m *core.Message) error {
	var e extra
	if err := json.Unmarshal([]byte(s), &e); err != nil {
		return err
	}
	m.Media, m.Choice, m.Location, m.Referral = e.Media.unpack(), e.Choice, e.Location, e.Referral
	m.Buttons, m.Template, m.Pricing, m.Cost = e.Buttons, e.Template, e.Pricing, e.Cost
	if m.Template != nil && e.Header != nil {
		m.Template.HeaderMedia = e.Header.unpack()
	}
	if e.Reaction != nil {
		r := e.Reaction.unpack()
		m.Reaction = &r
	}
	return nil
}

// problem is core.ProviderError in the file, whole.
type problem struct {
	Code      string        `json:"code,omitempty"`
	Class     core.Class    `json:"class,omitempty"`
	Message   string        `json:"message,omitempty"`
	After     time.Duration `json:"retry_after,omitempty"`
	Uncertain bool          `json:"uncertain,omitempty"`
}

func packError(e *core.ProviderError) (any, error) {
	if e == nil {
		return nil, nil
	}
	b, err := json.Marshal(problem{e.Code, e.Class, e.Message, e.RetryAfter, e.Uncertain})
	return string(b), err
}

func unpackError(s string) (*core.ProviderError, error) {
	var p problem
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		return nil, err
	}
	return &core.ProviderError{Code: p.Code, Class: p.Class, Message: p.Message, RetryAfter: p.After, Uncertain: p.Uncertain}, nil
}

func packReactions(rs []core.Reaction) (any, error) {
	if len(rs) == 0 {
		return nil, nil
	}
	out := make([]reaction, len(rs))
	for i, r := range rs {
		out[i] = packReaction(r)
		out[i].Target = "" // the message itself
	}
	b, err := json.Marshal(out)
	return string(b), err
}

func unpackReactions(s, target string) ([]core.Reaction, error) {
	var in []reaction
	if err := json.Unmarshal([]byte(s), &in); err != nil {
		return nil, err
	}
	out := make([]core.Reaction, len(in))
	for i, r := range in {
		out[i] = r.unpack()
		out[i].Target = target
	}
	return out, nil
}

func flags(m *core.Message) int64 {
	promo := m.Direction == core.Out && m.Template != nil && strings.EqualFold(m.Template.Category, "MARKETING")
	return number(m.Auto)*flagAuto | number(m.Echo)*flagEcho | number(m.Revoked)*flagRevoked | number(m.Courtesy)*flagCourtesy | number(promo)*flagPromo
}

// wanted reports whether the file of a received message is still to be fetched.
func wanted(m *core.Message) bool {
	f := m.Media
	return m.Direction == core.In && f != nil && f.Path == "" && f.Lost == "" && (f.ID != "" || f.URL != "")
}

// words is the text of a message that search looks through: what it says and
// what its file is called.
func words(m *core.Message) string {
	if m.Revoked || m.Type == core.TypeReaction {
		return ""
	}
	s := m.Text
	if m.Media != nil && m.Media.Filename != "" {
		if s != "" {
			s += "\n"
		}
		s += m.Media.Filename
	}
	return s
}
