package library

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/template"
)

// Synced counts what a look at the provider's list changed.
type Synced struct {
	Total   int // templates in the list
	New     int // that the library did not know
	Changed int
	Gone    int // that the library knew and the list has not
	Back    int // submissions that were never taken: drafts again
}

// Sync reads the provider's list of a channel into the library (0 for the only
// channel). What callbacks said in the meantime stands where it is newer.
func (s *Service) Sync(ctx context.Context, channel int64) (Synced, error) {
	const op = "library.Sync"
	ch, gw, err := s.gateway(ctx, op, channel)
	if err != nil {
		return Synced{}, err
	}
	asked := s.Now()
	list, err := gw.Templates(ctx)
	if err != nil {
		return Synced{}, fail(op, err)
	}
	var out Synced
	err = s.Store.Write(ctx, func(tx core.Tx) error {
		out = Synced{Total: len(list)}
		return s.reconcile(tx, ch.ID, list, asked, &out)
	})
	if err == nil && s.Notes != nil {
		err = s.Notes.SetSetting(ctx, core.SyncSetting(ch.ID), asked)
	}
	return out, fail(op, err)
}

func (s *Service) reconcile(tx core.Tx, channel int64, list []core.Template, asked time.Time, out *Synced) error {
	all, err := tx.TemplatesOf(channel)
	if err != nil {
		return err
	}
	seen, named := map[int64]bool{}, map[string]bool{}
	for _, p := range livingFirst(list) {
		key := p.Name + "|" + core.LanguageCode(p.Language)
		if p.Name == "" || p.Language == "" || named[key] {
			continue // no template that anybody could name, or a dead one beside its successor
		}
		named[key] = true
		t := heldOf(all, p)
		if t == nil {
			t = &core.StoredTemplate{ChannelID: channel, Version: above(all, channel, p), CreatedAt: asked, UpdatedAt: asked, State: core.TemplatePending}
			t.Name, t.Language, t.Category, t.Wanted = p.Name, core.LanguageCode(p.Language), p.Category, p.Category
			out.New++
		} else {
			seen[t.ID] = true
		}
		if err := s.take(tx, t, p, asked, out); err != nil {
			return err
		}
	}
	return s.missing(tx, all, seen, asked, out)
}

// livingFirst puts templates that are about to be deleted behind all others.
func livingFirst(list []core.Template) []core.Template {
	dead := func(t core.Template) bool { return states[strings.ToUpper(t.Status)] == core.TemplateGone }
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b core.Template) int {
		switch da, db := dead(a), dead(b); {
		case da == db:
			return 0
		case da:
			return 1
		}
		return -1
	})
	return out
}

// heldOf is the newest version that an entry of the list can mean.
func heldOf(all []core.StoredTemplate, p core.Template) *core.StoredTemplate {
	i := slices.IndexFunc(all, func(t core.StoredTemplate) bool {
		return t.State.Submitted() && t.State != core.TemplateReplaced && t.State != core.TemplateGone &&
			(p.ID != "" && t.Template.ID == p.ID || t.Name == p.Name && core.LanguageCode(t.Language) == core.LanguageCode(p.Language))
	})
	if i < 0 {
		return nil
	}
	t := all[i]
	return &t
}

// above is the version number for a template found at the provider.
func above(all []core.StoredTemplate, channel int64, p core.Template) int {
	n := 1
	for _, t := range all {
		if t.SameText(&core.StoredTemplate{ChannelID: channel, Template: p}) && t.Version >= n {
			n = t.Version + 1
		}
	}
	return n
}

// take carries one entry of the list into its version.
func (s *Service) take(tx core.Tx, t *core.StoredTemplate, p core.Template, asked time.Time, out *Synced) error {
	fresh := t.ID == 0
	if t.DecidedAt.After(asked) {
		return nil // a callback came while the list was on its way
	}
	if t.State == core.TemplateSubmitted && !sameWords(t.Template, p) {
		return nil // the list shows the text before the edit: whether that was taken is still open
	}
	reworded := !sameWords(t.Template, p)
	if reworded {
		old := t.Template
		t.Body, t.Footer, t.Header, t.Buttons, t.NamedVars = p.Body, p.Footer, p.Header, p.Buttons, p.NamedVars
		t.Samples, t.UpdatedAt = p.Samples, asked
		lend(&t.Template, old)
	}
	if lent := !reworded && lend(&t.Template, p); (reworded || lent) && !fresh {
		if err := tx.SaveTemplate(t); err != nil {
			return err
		}
		changed(tx, t)
		out.Changed++
	}
	moved, err := s.effects().move(tx, t, news{id: p.ID, status: p.Status, category: p.Category, correct: p.Correct, reason: p.Reason,
		detail: t.Detail, quality: p.Quality, rated: true, listed: true, at: asked})
	if moved && !fresh {
		out.Changed++
	}
	return err
}

// sameWords compares what the provider keeps of a text.
func sameWords(a, b core.Template) bool {
	return a.Body == b.Body && a.Footer == b.Footer && a.Header.Format == b.Header.Format && a.Header.Text == b.Header.Text &&
		slices.EqualFunc(a.Buttons, b.Buttons, func(x, y core.TemplateButtonDef) bool {
			return x.Type == y.Type && (x.Text == y.Text || x.Type == template.CopyCode) && x.URL == y.URL && x.Phone == y.Phone
		})
}

// lend gives a template the samples that it lacks and another has, and tells
// whether there were any: a template that was written elsewhere can then be
// previewed and renewed, and what a provider does not tell is not lost.
func lend(to *core.Template, from core.Template) bool {
	some := false
	lack := func(have *[]string, other []string) {
		if len(*have) == 0 && len(other) > 0 {
			*have, some = slices.Clone(other), true
		}
	}
	lack(&to.Samples, from.Samples)
	if to.Header.Format == from.Header.Format {
		lack(&to.Header.Samples, from.Header.Samples)
	}
	for i := range min(len(to.Buttons), len(from.Buttons)) {
		b, other := &to.Buttons[i], from.Buttons[i]
		if b.Example == "" && other.Example != "" && b.Type == other.Type && b.URL == other.URL {
			b.Example, some = other.Example, true
		}
	}
	return some
}

// missing looks at what the library has and the list has not.
func (s *Service) missing(tx core.Tx, all []core.StoredTemplate, seen map[int64]bool, asked time.Time, out *Synced) error {
	for i := range all {
		t := &all[i]
		switch {
		case seen[t.ID] || !t.State.Submitted() || t.State == core.TemplateReplaced || t.State == core.TemplateGone:
			continue
		case t.State == core.TemplateSubmitted:
			if asked.Before(t.SubmittedAt.Add(s.Cycle.OpenFor.D())) {
				continue
			}
			if err := takeBack(tx, t); err != nil {
				return err
			}
			out.Back++
		case t.DecidedAt.After(asked), t.SubmittedAt.After(asked):
		default:
			if _, err := s.effects().move(tx, t, news{status: "DELETED", at: asked}); err != nil {
				return err
			}
			out.Gone++
		}
	}
	return nil
}

// Keep reads the providers' lists again and again until ctx ends: seldom, and
// soon after a submission or a callback about a template that is not known. A
// provider in trouble is asked again the next time. hold lets one of several
// processes do it. It returns ctx's error.
func (s *Service) Keep(ctx context.Context, feed *core.Feed, hold *core.Hold, log *slog.Logger) error {
	sub := feed.Subscribe(core.Templates, core.Channels)
	defer sub.Close()
	last := map[int64]time.Time{}
	for {
		wait := s.Cycle.Poll.D()
		if ours, err := hold.Take(ctx); err != nil {
			log.Warn("Templates cannot be read now", "err", core.Trace(err))
		} else if ours {
			wait = s.round(ctx, last, log)
		}
		if err := s.pause(ctx, sub, wait); err != nil {
			return err
		}
	}
}

// pause waits for a change, but no longer than wait.
func (s *Service) pause(ctx context.Context, sub *core.Subscription, wait time.Duration) error {
	if _, err := sub.Wait(ctx, wait); err != nil {
		return err
	}
	return ctx.Err()
}

// round syncs the channels whose time has come and says when the next one is due.
func (s *Service) round(ctx context.Context, last map[int64]time.Time, log *slog.Logger) time.Duration {
	wait := s.Cycle.Poll.D()
	chs, err := s.Channels.Channels(ctx)
	if err != nil {
		log.Warn("Templates cannot be read now", "err", core.Trace(err))
		return s.Cycle.PollSoon.D()
	}
	for _, ch := range chs {
		every := s.every(ctx, ch.ID)
		if now := s.Now(); now.Sub(last[ch.ID]) >= every || last[ch.ID].IsZero() {
			last[ch.ID] = now
			if _, err := s.Sync(ctx, ch.ID); err != nil && ctx.Err() == nil {
				log.Warn("library: not synced", "channel", ch.ID, "err", core.Trace(err))
			}
			every = s.every(ctx, ch.ID)
		}
		wait = min(wait, max(last[ch.ID].Add(every).Sub(s.Now()), time.Second))
	}
	return wait
}

// every is how often a channel's list is worth reading.
func (s *Service) every(ctx context.Context, channel int64) time.Duration {
	ts, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: channel})
	if err != nil {
		return s.Cycle.Poll.D()
	}
	for _, t := range ts {
		if t.State.Waiting() || t.State.Submitted() && t.Body == "" || t.Status == rewritten {
			return s.Cycle.PollSoon.D()
		}
	}
	return s.Cycle.Poll.D()
}
