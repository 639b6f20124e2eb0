package inbox

import (
	"slices"
	"strings"
	"time"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

const (
	rowLines = 2
	maxTags  = 2
)

// brush is what drawing needs: it changes with theme, language and minute, and
// every cache of drawn text has its stamp in the key.
type brush struct {
	*theme.Styles
	words   *text.Words
	now     time.Time // cut to the minute: nothing on screen moves between two minutes
	rules   core.Rules
	agent   string
	contact string // name of the open conversation's customer, cleaned
}

// stamp is the part of a brush that pictures depend on.
type stamp struct {
	theme, lang string
	minute      int64
}

func (b *brush) stamp() stamp {
	return stamp{b.Name, b.words.Lang(), b.now.Unix() / 60}
}

// others says who else is in a conversation, and how far one is there oneself.
type others struct {
	names  string // "Anna, Luca"
	typing bool
	typers string // those of them who type
	loose  bool   // one's own words there are a draft that nobody has confirmed as held
}

// rowKey is everything a row's picture depends on, by value.
type rowKey struct {
	stamp
	id, rev, person int64 // revisions of conversation and contact
	last            int64
	state, out      core.State
	draft           string
	who             others
	w               int
	chosen, focus   bool
}

// rows draws list rows, each once for all that its picture depends on.
type rows struct {
	cache map[rowKey][]string
	drawn int // for tests
}

// maxPictures bounds a cache of drawn text; past it the cache starts anew.
const maxPictures = 2048

func (r *rows) row(b *brush, c *core.Conversation, who others, w int, chosen, focus bool) []string {
	k := rowKey{stamp: b.stamp(), id: c.ID, rev: c.Rev, person: c.Contact.Rev, last: c.Last.ID, state: c.Last.State, out: c.LastOut,
		draft: c.Draft, who: who, w: w, chosen: chosen, focus: focus}
	if ls, ok := r.cache[k]; ok {
		return ls
	}
	if r.cache == nil || len(r.cache) > maxPictures {
		r.cache = map[rowKey][]string{}
	}
	r.drawn++
	ls := b.row(c, who, w, chosen, focus)
	r.cache[k] = ls
	return ls
}

// row draws the two lines of a conversation.
func (b *brush) row(c *core.Conversation, who others, w int, chosen, focus bool) []string {
	mark := "  "
	if chosen {
		mark = b.Accent.Render("▌ ")
	}
	name := b.Text
	if c.Unread > 0 {
		name = b.Strong
	}
	if w < 4 {
		return []string{kit.Fit(mark, w), kit.Spaces(w)}
	}
	inner := w - 3 // marker on the left, one cell of air on the right
	chip := b.chip(c)
	top := fitTags(b, name.Render(kit.CleanLine(title(&c.Contact, b.words))), c, who, inner-kit.Width(chip)-1)
	ls := []string{
		mark + kit.Ends(top, chip, inner) + " ",
		mark + kit.Ends(b.snippet(c, who), b.counts(c), inner) + " ",
	}
	if mark != "  " {
		ground := b.Panel
		if focus {
			ground = b.Select
		}
		for i := range ls {
			ls[i] = ground.Line(ls[i], w)
		}
		return ls
	}
	for i := range ls {
		ls[i] = kit.Fit(ls[i], w)
	}
	return ls
}

// title is how a contact is called: name, else @username, else phone.
func title(c *core.Contact, w *text.Words) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Username != "":
		return "@" + c.Username
	case c.Phone != "":
		return string(c.Phone)
	}
	return w.T(text.InboxNoName)
}

// fitTags puts presence and tags behind the name as far as there is room; the name goes first.
func fitTags(b *brush, name string, c *core.Conversation, who others, room int) string {
	s := name
	add := func(part string) bool {
		fits := kit.Width(s)+1+kit.Width(part) <= room
		if fits {
			s += " " + part
		}
		return fits
	}
	if who.names != "" {
		add(b.Info.Render(presenceMark(who)))
	}
	tags, shown := c.Contact.Tags, 0
	for _, t := range tags[:min(maxTags, len(tags))] {
		if add(b.Tag.Render("#" + kit.CleanLine(t))) {
			shown++
		}
	}
	if more := len(tags) - shown; shown > 0 && more > 0 {
		add(b.Faint.Render("+" + b.words.Num(more)))
	}
	return s
}

// presenceMark has a shape for looking and another for typing.
func presenceMark(who others) string {
	if who.typing {
		return "✎ " + kit.CleanLine(who.names)
	}
	return "◉ " + kit.CleanLine(who.names)
}

// chip is the SLA chip: a shape and a word or time for each level.
func (b *brush) chip(c *core.Conversation) string {
	s := queue.SLAOf(c, b.rules, b.now)
	switch c.State {
	case core.Snoozed:
		return b.Muted.Render(b.words.T(text.InboxChipSnoozed, "When", b.words.When(c.SnoozeUntil, b.now)))
	case core.Done:
		return b.Faint.Render(b.words.T(text.InboxChipDone))
	}
	return b.level(c, s)
}

func (b *brush) level(c *core.Conversation, s queue.SLA) string {
	age := b.words.Tiny(max(0, s.Elapsed))
	switch {
	case s.Level == queue.LevelNone && s.Courtesy:
		return b.Good.Render(b.words.T(text.InboxChipThanks))
	case s.Level == queue.LevelNone:
		if c.LastAt.IsZero() {
			return ""
		}
		return b.Faint.Render(b.words.Stamp(c.LastAt, b.now))
	case !s.ClosedUntil.IsZero():
		return b.Muted.Render(b.words.T(text.InboxChipClosed, "When", b.words.When(s.ClosedUntil, b.now)))
	case s.Level == queue.LevelRed:
		return b.Bad.Render("● " + age)
	case s.Level == queue.LevelLate:
		return b.Late.Render("◑ " + age)
	case s.Level == queue.LevelSoon:
		return b.Soon.Render("◔ " + age)
	}
	return b.Good.Render("○ " + age)
}

// snippet is the second line: what one is writing, else what was said last.
func (b *brush) snippet(c *core.Conversation, who others) string {
	if c.Draft != "" {
		k := text.InboxDraft
		if !c.WindowOpen(b.now) && !who.loose {
			k = text.InboxHeld
		}
		return b.missed(c.LastOut) + b.Late.Render(b.words.T(k)) + " " + b.Muted.Render(first(kit.CleanLine(c.Draft)))
	}
	return b.othersDraft(c) + b.newest(c)
}

// othersDraft names the agents who have begun an answer, "" when none has.
// What they have written so far is theirs.
func (b *brush) othersDraft(c *core.Conversation) string {
	names := drafters(c, b.agent)
	if names == "" {
		return ""
	}
	return b.Info.Render(b.words.T(text.InboxDraftOf, "Who", names)) + " "
}

// drafters are the agents but one who have a draft, in the order of their names.
func drafters(c *core.Conversation, but string) string {
	var names []string
	for _, d := range c.Drafts {
		if d.Agent != but {
			names = append(names, kit.CleanLine(d.Agent))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// newest is what was said last, with a mark for what needs a hand.
func (b *brush) newest(c *core.Conversation) string {
	m := &c.Last
	if m.ID == 0 {
		return b.Faint.Render(b.words.T(text.InboxNoMessages))
	}
	said := b.Muted.Render(first(kit.CleanLine(b.summary(m))))
	switch {
	case m.Type == core.TypeNote:
		return b.missed(c.LastOut) + b.Late.Render("▪ ") + said
	case m.Direction == core.In:
		return b.missed(c.LastOut) + said
	case m.State == core.Failed:
		return b.Bad.Render(b.words.T(text.InboxFailed)) + " " + said
	case m.State == core.UnsureSent:
		return b.Bad.Render(b.words.T(text.InboxUnsure)) + " " + said
	}
	return b.tick(m.State) + " " + said
}

// missed is the mark of an answer that did not arrive, or may not have, for as
// long as the shop has sent no other: what the customer writes after it must
// not hide it.
func (b *brush) missed(s core.State) string {
	switch s {
	case core.Failed:
		return b.Bad.Render("✗") + " "
	case core.UnsureSent:
		return b.Bad.Render("?") + " "
	}
	return ""
}

// first keeps drawing cheap when a message is very long.
func first(s string) string {
	const enough = 400
	if len(s) <= enough {
		return s
	}
	for i := range s {
		if i >= enough {
			return s[:i]
		}
	}
	return s
}

// tick is the state of an outbound message as a shape.
func (b *brush) tick(s core.State) string {
	switch s {
	case core.Accepted, core.Sent:
		return b.Faint.Render("✓")
	case core.Delivered:
		return b.Faint.Render("✓✓")
	case core.Read:
		return b.Accent.Render("✓✓")
	case core.Failed:
		return b.Bad.Render("✗")
	case core.UnsureSent:
		return b.Bad.Render("?")
	}
	return b.Faint.Render("·")
}

// counts are the unread badge and, when the window ends soon, its chip.
func (b *brush) counts(c *core.Conversation) string {
	s := ""
	if left := c.WindowEnds().Sub(b.now); left > 0 && left < b.rules.Policy.WindowSoon.D() && c.State == core.Open {
		s = b.Late.Render("◷ " + b.words.Tiny(left))
	}
	if c.Unread > 0 {
		if s != "" {
			s += " "
		}
		s += b.Badge.Render(" " + b.words.Num(c.Unread) + " ")
	}
	return s
}

// summary says in one line what a message is about when it has no text.
func (b *brush) summary(m *core.Message) string {
	if m.Revoked {
		return b.words.T(text.InboxRevoked)
	}
	sign, k := typeWords(m)
	switch {
	case sign == "":
		return m.Text
	case m.Text == "":
		return sign + " " + b.words.T(k)
	}
	return sign + " " + m.Text
}

// typeWords gives each type that is not plain text a sign and a name.
func typeWords(m *core.Message) (sign string, k text.K) {
	switch m.Type {
	case core.TypeImage:
		return "▣", text.InboxTypeImage
	case core.TypeVideo:
		return "▶", text.InboxTypeVideo
	case core.TypeAudio:
		if m.Media != nil && m.Media.Voice {
			return "♪", text.InboxTypeVoice
		}
		return "♪", text.InboxTypeAudio
	case core.TypeDocument:
		return "▤", text.InboxTypeDocument
	case core.TypeSticker:
		return "◆", text.InboxTypeSticker
	case core.TypeLocation:
		return "◎", text.InboxTypeLocation
	case core.TypeContacts:
		return "☺", text.InboxTypeContacts
	case core.TypeButton, core.TypeInteractive:
		return "▸", text.InboxTypeChoice
	case core.TypeFlow:
		return "▸", text.InboxTypeForm
	case core.TypeOrder:
		return "▦", text.InboxTypeOrder
	case core.TypeSystem:
		return "·", text.InboxTypeSystem
	case core.TypeUnsupported:
		return "▢", text.InboxTypeUnsupported
	case core.TypeTemplate:
		return "▤", text.InboxTypeTemplate
	case core.TypeSMS:
		return "▤", text.InboxTypeSMS
	}
	return "", ""
}
