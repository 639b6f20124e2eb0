package inbox

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// picture is what a bubble's drawing depends on beside the message itself.
type picture struct {
	w      int
	chosen bool
	joins  bool
	tail   bool          // the newest of the shop's messages: its state stands in words too
	left   time.Duration // until it leaves and can be taken back; 0 when it cannot
	again  bool          // it failed, and sending it again can succeed
}

// bubbleKey is everything a bubble's picture depends on, by value.
type bubbleKey struct {
	theme, lang, zone string
	contact           string
	id, rev           int64
	state             core.State
	reactions         string
	retried           int64
	path              string
	picture
}

// bubbles draws messages, each once for all that its picture depends on.
type bubbles struct {
	cache map[bubbleKey][]string
	drawn int // for tests
}

func (d *bubbles) message(b *brush, m *core.Message, p picture) []string {
	k := bubbleKey{theme: b.Name, lang: b.words.Lang(), contact: b.contact, zone: b.now.Location().String(), id: m.ID, rev: m.Rev, state: m.State,
		reactions: reactions(m), retried: m.RetriedBy, picture: p}
	if m.Media != nil {
		k.path = m.Media.Path
	}
	if ls, ok := d.cache[k]; ok {
		return ls
	}
	if d.cache == nil || len(d.cache) > maxPictures {
		d.cache = map[bubbleKey][]string{}
	}
	d.drawn++
	ls := b.bubble(m, p)
	d.cache[k] = ls
	return ls
}

func reactions(m *core.Message) string {
	if len(m.Reactions) == 0 {
		return ""
	}
	var s strings.Builder
	for _, r := range m.Reactions {
		s.WriteString(r.Emoji)
		s.WriteByte(byte('0' + r.From))
	}
	return s.String()
}

// widest a bubble may be in a chat of w cells, its own margins included.
func widest(w int) int {
	if w < 48 {
		return max(1, w-2)
	}
	return min(w-2, max(40, w*3/4), 84)
}

// bubble draws a message: what the customer said on the left, what the shop
// said on the right, notes across. Below it stand reactions and, when it
// failed, why and what to do.
func (b *brush) bubble(m *core.Message, p picture) []string {
	if p.w < 6 {
		return []string{kit.Fit(kit.CleanLine(m.Text), p.w)}
	}
	if m.Type == core.TypeSystem {
		return b.quiet(kit.CleanLine(b.summary(m)), p.w)
	}
	note := m.Type == core.TypeNote
	bw := widest(p.w)
	if note {
		bw = p.w - 2
	}
	inner := bw - 2
	body := b.body(m, inner)
	meta := b.meta(m, p)
	n := 0
	for _, l := range body {
		n = max(n, kit.Width(l))
	}
	if note {
		n = inner
	}
	body, n = withMeta(body, meta, n, inner)
	ground := b.In
	switch {
	case p.chosen:
		ground = b.Select
	case note:
		ground = b.Note
	case m.Direction == core.Out:
		ground = b.Out
	}
	var out []string
	if !p.joins {
		out = append(out, kit.Spaces(p.w))
	}
	right := m.Direction == core.Out && !note
	for _, l := range body {
		out = append(out, b.place(ground.Line(" "+kit.Fit(l, n)+" ", n+2), p, right))
	}
	for _, l := range b.below(m, bw, p) {
		out = append(out, b.place(l, p, right))
	}
	return out
}

// place puts a drawn piece at its side of the chat, with the mark of the message cursor.
func (b *brush) place(s string, p picture, right bool) string {
	mark := " "
	if p.chosen {
		mark = b.Accent.Render("▌")
	}
	if !right {
		return mark + kit.Fit(s, p.w-1)
	}
	return mark + kit.Spaces(p.w-2-kit.Width(s)) + s + " "
}

// withMeta puts time and ticks at the end of the last line, or on one of their own.
func withMeta(body []string, meta string, n, inner int) ([]string, int) {
	mw := kit.Width(meta)
	last := 0
	if len(body) > 0 {
		last = kit.Width(body[len(body)-1])
	}
	switch {
	case len(body) > 0 && last+2+mw <= inner:
		n = max(n, last+2+mw)
		body[len(body)-1] += kit.Spaces(n-last-mw) + meta
	default:
		n = min(max(n, mw), inner)
		body = append(body, kit.FitRight(meta, n))
	}
	return body, n
}

// body is the content line by line, each at most inner cells.
func (b *brush) body(m *core.Message, inner int) []string {
	var ls []string
	if l := b.label(m); l != "" {
		ls = append(ls, b.Faint.Render(kit.Fit(l, min(inner, kit.Width(l)))))
	}
	if m.Revoked {
		return append(ls, b.wrap(b.Muted, b.words.T(text.InboxRevoked), inner)...)
	}
	if m.Referral != nil {
		ls = append(ls, b.wrap(b.Faint, b.words.T(text.InboxFromAd, "Title", kit.CleanLine(m.Referral.Headline)), inner)...)
	}
	if q := m.Quote; q != nil {
		ls = append(ls, b.quote(q, inner))
	}
	ls = append(ls, b.attachment(m, inner)...)
	said := kit.Clean(m.Text)
	if said == "" && m.Media != nil {
		said = kit.Clean(m.Media.Caption)
	}
	if said == "" && m.Choice != nil {
		said = kit.Clean(m.Choice.Title)
	}
	if m.Direction == core.In && (m.Type == core.TypeButton || m.Type == core.TypeInteractive) && said != "" {
		said = "▸ " + said
	}
	if said != "" {
		ls = append(ls, b.text(said, inner)...)
	}
	for _, btn := range m.Buttons {
		ls = append(ls, b.Info.Render(kit.Fit("[ "+kit.CleanLine(btn.Title)+" ]", min(inner, kit.Width(kit.CleanLine(btn.Title))+4))))
	}
	return ls
}

// label tells what kind of message it is and who wrote it, where that is not plain.
func (b *brush) label(m *core.Message) string {
	var parts []string
	switch {
	case m.Type == core.TypeNote:
		parts = append(parts, "▪ "+b.words.T(text.InboxNote))
	case m.Type == core.TypeTemplate && m.Template != nil:
		parts = append(parts, "▤ "+b.words.T(text.InboxTemplateNamed, "Name", kit.CleanLine(m.Template.Name)))
	case m.Type == core.TypeTemplate:
		parts = append(parts, "▤ "+b.words.T(text.InboxTypeTemplate))
	case m.Type == core.TypeSMS:
		parts = append(parts, "▤ "+b.words.T(text.InboxTypeSMS))
	case m.Echo:
		parts = append(parts, "☏ "+b.words.T(text.InboxEcho))
	}
	if m.Auto {
		parts = append(parts, "↻ "+b.words.T(text.InboxAuto))
	}
	if m.Author != "" && (m.Author != b.agent || m.Type == core.TypeNote) && !m.Auto {
		parts = append(parts, kit.CleanLine(m.Author))
	}
	if m.RetryOf != 0 {
		parts = append(parts, b.words.T(text.InboxRepeat))
	}
	return strings.Join(parts, " · ")
}

func (b *brush) quote(q *core.Quote, inner int) string {
	who := b.contact
	if who == "" {
		who = b.words.T(text.InboxQuoteCustomer)
	}
	if q.Direction == core.Out {
		who = kit.CleanLine(q.Author)
		if who == "" {
			who = b.words.T(text.InboxQuoteShop)
		}
	}
	said := kit.CleanLine(first(b.summary(&core.Message{Content: core.Content{Type: q.Type, Text: q.Text}})))
	s := b.Accent.Render("┃ ") + b.Faint.Render(who+": ") + b.Muted.Render(said)
	return kit.Fit(s, min(inner, kit.Width(s)))
}

// attachment is the line of whatever is not text: sign, name, size and the key that opens it.
func (b *brush) attachment(m *core.Message, inner int) []string {
	sign, k := typeWords(m)
	if sign == "" || m.Type == core.TypeTemplate && m.Media == nil {
		return nil
	}
	parts := []string{sign + " " + b.words.T(k)}
	switch {
	case m.Media != nil:
		parts = append(parts, b.media(m)...)
	case m.Location != nil:
		parts = append(parts, b.where(m.Location), b.words.T(text.InboxOpenMap))
	case m.Type == core.TypeButton || m.Type == core.TypeInteractive: // the words themselves follow
		return nil
	case m.Type == core.TypeUnsupported:
		parts = append(parts, b.words.T(text.InboxUnsupportedWhy))
	}
	return b.wrap(b.Info, strings.Join(parts, " · "), inner)
}

// where names a place, by its coordinates when it has no name.
func (b *brush) where(l *core.Location) string {
	if n := kit.CleanLine(strings.Trim(l.Name+", "+l.Address, ", ")); n != "" {
		return n
	}
	return b.words.Dec(l.Lat, 5) + "; " + b.words.Dec(l.Lon, 5)
}

func (b *brush) media(m *core.Message) (parts []string) {
	f := m.Media
	if n := kit.CleanLine(f.Filename); n != "" {
		parts = append(parts, n)
	}
	if f.Size > 0 {
		parts = append(parts, b.words.Bytes(f.Size))
	}
	switch {
	case f.Path != "":
		parts = append(parts, b.words.T(text.InboxOpenKey))
	case m.Direction == core.In:
		parts = append(parts, b.words.T(text.InboxLoadingFile))
	}
	return parts
}

func (b *brush) wrap(ink kit.Ink, s string, w int) []string {
	ls := kit.Wrap(s, w)
	for i := range ls {
		ls[i] = ink.Render(ls[i])
	}
	return ls
}

// meta is time, "edited" and ticks; the newest answer's state stands in words.
func (b *brush) meta(m *core.Message, p picture) string {
	s := b.words.Clock(m.At.In(b.now.Location()))
	if !m.EditedAt.IsZero() {
		s = b.words.T(text.InboxEdited) + " " + s
	}
	if m.Direction == core.In || m.Type == core.TypeNote {
		return b.Faint.Render(s)
	}
	t := b.Faint.Render(s+" ") + b.tick(m.State)
	switch {
	case p.left > 0:
		t += b.Soon.Render(" " + b.words.T(text.InboxLeavesIn, "In", b.words.Short(p.left)))
	case p.tail:
		t += b.Faint.Render(" " + b.words.T(stateWord(m.State)))
	}
	return t
}

func stateWord(s core.State) text.K {
	switch s {
	case core.Sending:
		return text.InboxStateSending
	case core.Accepted:
		return text.InboxStateAccepted
	case core.Sent:
		return text.InboxStateSent
	case core.Delivered:
		return text.InboxStateDelivered
	case core.Read:
		return text.InboxStateRead
	case core.Failed:
		return text.InboxStateFailed
	case core.UnsureSent:
		return text.InboxStateUnsure
	}
	return text.InboxStateQueued
}

// below are the reactions and the reason of a failure with what to do.
func (b *brush) below(m *core.Message, w int, p picture) []string {
	var ls []string
	if len(m.Reactions) > 0 {
		var parts []string
		for _, r := range m.Reactions {
			if e := kit.CleanLine(r.Emoji); e != "" {
				parts = append(parts, e)
			}
		}
		s := " " + strings.Join(parts, " ") + " "
		ls = append(ls, b.Panel.Line(s, min(w, kit.Width(s))))
	}
	switch {
	case m.State == core.Failed && m.RetriedBy != 0:
		ls = append(ls, b.wrap(b.Faint, b.words.T(text.InboxRepeated), w)...)
	case m.State == core.Failed:
		pe := m.Error
		if pe == nil {
			pe = &core.ProviderError{Class: core.ClassUnknown}
		}
		why, hint := b.words.Reason(pe)
		ls = append(ls, b.wrap(b.Bad, "✗ "+why, w)...)
		switch {
		case p.again && passing(pe.Class): // the program itself has given up on it
			hint = b.words.T(text.InboxRetryKey)
		case p.again:
			hint += " " + b.words.T(text.InboxRetryKey)
		}
		ls = append(ls, b.wrap(b.Muted, hint, w)...)
	case m.State == core.Queued && m.Error != nil:
		ls = append(ls, b.wrap(b.Late, "✗ "+b.words.Waits(m.Error), w)...)
	case m.State == core.UnsureSent:
		ls = append(ls, b.wrap(b.Bad, "? "+b.words.T(text.InboxUnsureWhy), w)...)
		ls = append(ls, b.wrap(b.Muted, b.words.T(text.InboxUnsureKeys), w)...)
	}
	return ls
}

// passing reports classes of failure that go by with time.
func passing(c core.Class) bool {
	return c == core.ClassRetry || c == core.ClassThrottle || c == core.ClassPairLimit
}

// quiet is a centred line of small print.
func (b *brush) quiet(s string, w int) []string {
	var ls []string
	for _, l := range kit.Wrap(s, max(1, w-4)) {
		ls = append(ls, kit.Center(b.Faint.Render(l), w))
	}
	return ls
}

// ruleSide is how far a rule reaches on each side of its word.
const ruleSide = 8

// rule is a word in the middle of the chat with a short line on both sides.
func (b *brush) rule(s string, w int, ink kit.Ink) string {
	s = " " + s + " "
	side := min(ruleSide, (w-kit.Width(s))/2)
	if side < 1 {
		return kit.Fit(ink.Render(s), w)
	}
	l := b.Line.Render(strings.Repeat("─", side))
	return kit.Center(l+ink.Render(s)+l, w)
}
