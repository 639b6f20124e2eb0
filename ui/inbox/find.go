package inbox

import (
	"context"
	"errors"
	"strings"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// Find offers conversations to the command palette. It runs off the app's
// goroutine and touches nothing of the pane that changes.
func (p *Pane) Find(ctx context.Context, words string, n int) ([]frame.Entry, error) {
	if words = strings.TrimSpace(words); words == "" || n <= 0 {
		return nil, nil
	}
	hits, err := p.d.Find.Search(ctx, core.SearchQuery{Words: words, Limit: 4 * n})
	if err != nil {
		return nil, err
	}
	var out []frame.Entry
	seen := map[int64]bool{}
	for _, h := range hits {
		if h.ConversationID == 0 || seen[h.ConversationID] || len(out) == n {
			continue
		}
		seen[h.ConversationID] = true
		name := h.Name
		if name == "" {
			name = string(h.Phone)
		}
		out = append(out, frame.Entry{Title: kit.CleanLine(name), Detail: kit.CleanLine(first(h.Snippet)),
			Msg: frame.OpenConversation{Conversation: h.ConversationID, Message: h.MessageID}})
	}
	return out, nil
}

// Close saves what is being written and leaves the conversation: for the end
// of the program, after the app has stopped.
func (p *Pane) Close(ctx context.Context) error {
	var err error
	if p.comp.dirty() {
		err = p.d.Work.SaveDraft(ctx, p.comp.conv, p.env.Agent, p.comp.in.Value())
	}
	if p.mine.conv != 0 {
		err = errors.Join(err, p.d.Presence.ClearPresence(ctx, p.d.Process))
	}
	return err
}
