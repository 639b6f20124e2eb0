package ingest

import (
	"strings"
	"unicode/utf8"

	"bottega/core"
)

// What a row may hold, in bytes. All are far above what WhatsApp carries (4096
// characters of text, 1024 of a caption, bsp/meta.md 2.2) and keep one hostile
// callback from filling a screen or an index. The raw callback stays in the journal.
const (
	maxText  = 64 << 10
	maxName  = 512
	maxShort = 255 // file names, MIME types, titles, usernames
	maxID    = 1024
)

// bound cuts s to n bytes at the border of a character, and takes out what
// cannot be stored: NUL, and bytes that are no UTF-8.
func bound(s string, n int) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// bounded returns the event with every text cut to what a row may hold. It
// reports false when an id is longer than any provider's: cutting it could make
// two messages one.
func bounded(e core.Event) (core.Event, bool) {
	for _, id := range []string{e.ID, e.Target, e.ReplyTo, e.Ref, e.UserID, e.ParentUserID, e.Address, e.Previous,
		string(e.From), string(e.To), string(e.Recipient), string(e.New)} {
		if len(id) > maxID || !utf8.ValidString(id) || strings.IndexByte(id, 0) >= 0 {
			return e, false
		}
	}
	e.Text = bound(e.Text, maxText)
	e.Name, e.Username = bound(e.Name, maxName), bound(e.Username, maxShort)
	e.Emoji, e.Value, e.Reason = bound(e.Emoji, maxShort), bound(e.Value, maxShort), bound(e.Reason, maxShort)
	e.Language, e.Category, e.Correct = bound(e.Language, maxShort), bound(e.Category, maxShort), bound(e.Correct, maxShort)
	e.TemplateID, e.TemplateStatus, e.Quality = bound(e.TemplateID, maxShort), bound(e.TemplateStatus, maxShort), core.Quality(bound(string(e.Quality), maxShort))
	if e.Media != nil {
		m := *e.Media
		m.ID, m.URL, m.SHA256 = bound(m.ID, maxID), bound(m.URL, 8*maxID), bound(m.SHA256, maxShort)
		m.MIME, m.Filename, m.Caption = bound(m.MIME, maxShort), bound(m.Filename, maxShort), bound(m.Caption, maxText)
		e.Media = &m
	}
	if e.Choice != nil {
		e.Choice = &core.Choice{ID: bound(e.Choice.ID, maxID), Title: bound(e.Choice.Title, maxShort)}
	}
	if e.Location != nil {
		l := *e.Location
		l.Name, l.Address = bound(l.Name, maxName), bound(l.Address, maxName)
		e.Location = &l
	}
	if e.Referral != nil {
		e.Referral = &core.Referral{Source: bound(e.Referral.Source, maxShort), ID: bound(e.Referral.ID, maxID),
			Headline: bound(e.Referral.Headline, maxName)}
	}
	if e.Error != nil {
		pe := *e.Error
		pe.Message = bound(pe.Message, maxName)
		e.Error = &pe
	}
	return e, true
}
