package library

import (
	"strings"
	"time"

	"bottega/core"
)

// rewritten is the word for a template whose text was changed elsewhere. It
// stands as its status until Sync has read the text.
const rewritten = "COMPONENTS_UPDATE"

// Apply carries a callback about a template into the library, in the caller's
// transaction; other events are not its business. What the library does not
// know yet gets a row without text, which the next Sync fills. News older than
// what is known changes nothing. deeds may be nil.
func Apply(tx core.Tx, ch core.Channel, e *core.Event, r core.Rules, now time.Time, deeds Deeds) error {
	n := news{at: e.At, rated: e.Kind == core.EvTemplateQuality, quality: string(e.Quality)}
	if n.at.IsZero() {
		n.at = now
	}
	switch e.Kind {
	case core.EvTemplateStatus:
		n.status, n.reason, n.detail, n.category = e.TemplateStatus, e.Reason, e.Text, e.Category
		if n.status == "" && e.AccountEvent == rewritten {
			n.status = rewritten
		}
	case core.EvTemplateCategory:
		n.category, n.correct, n.listed = e.Category, e.Correct, true
	case core.EvTemplateQuality:
	default:
		return nil
	}
	t, err := known(tx, ch.ID, e)
	if err != nil {
		return fail("library.Apply", err)
	}
	if e.Kind == core.EvTemplateStatus && n.at.Before(t.DecidedAt.Truncate(time.Second)) {
		return nil
	}
	if t.ID == 0 && n.status == "" && n.category == "" {
		return nil // nothing to begin a row with
	}
	_, err = effects{rules: r, deeds: deeds, now: now}.move(tx, &t, n)
	return fail("library.Apply", err)
}

// known is the newest version that an event can mean: one that the provider was
// told of. A new row, not saved yet, when there is none.
func known(tx core.Tx, channel int64, e *core.Event) (core.StoredTemplate, error) {
	all, err := tx.TemplatesOf(channel)
	if err != nil {
		return core.StoredTemplate{}, err
	}
	for _, byID := range []bool{true, false} {
		for _, t := range all {
			if !t.State.Submitted() || t.State == core.TemplateReplaced {
				continue
			}
			if byID && e.TemplateID != "" && t.Template.ID == e.TemplateID || !byID && t.Name == e.Name && core.LanguageCode(t.Language) == core.LanguageCode(e.Language) {
				return t, nil
			}
		}
	}
	at := e.At
	return core.StoredTemplate{ChannelID: channel, Version: 1, State: core.TemplatePending, CreatedAt: at,
		Template: core.Template{ID: e.TemplateID, Name: strings.TrimSpace(e.Name), Language: core.LanguageCode(e.Language), Category: e.Category}}, nil
}
