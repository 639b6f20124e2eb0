package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// home is the channel of a new template: the one named, the only one, or none yet.
func (a *app) home(ctx context.Context, s *Shop, name string) (int64, error) {
	if name != "" {
		return channelID(ctx, s, name)
	}
	chs, err := s.Channels.Channels(ctx)
	if err != nil || len(chs) != 1 {
		return 0, err
	}
	return chs[0].ID, nil
}

func isDraft(t core.StoredTemplate) bool { return t.State == core.TemplateDraft }

func (a *app) templateSubmit() *cobra.Command {
	var m meant
	c := a.command("submit NAME|ID", text.CmdTemplateSubmit, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			t, err := a.find(ctx, s, l, arg[0], m, isDraft)
			if no, ok := errors.AsType[*refusal](err); ok && no.code == core.NotFound {
				t, err = a.find(ctx, s, l, arg[0], m, nil)
			}
			if err != nil {
				return err
			}
			if !isDraft(t) {
				return a.noDraft(&t)
			}
			return a.handIn(ctx, s, l, t)
		})
	})
	a.meantFlags(c, &m)
	return c
}

// noDraft says where a version stands that cannot be handed in any more, and
// how another text of it is.
func (a *app) noDraft(t *core.StoredTemplate) error {
	k := text.SubmitStands
	switch {
	case t.State.Waiting():
		k = text.SubmitWaits
	case t.State == core.TemplatePaused:
		k = text.SubmitPaused
	case t.State == core.TemplateRejected:
		k = text.SubmitRejected
	}
	return refuse(core.Conflict, k, "Name", clip(t.Name), "Language", clip(t.Language), "State", a.w.T(text.K("library.state."+string(t.State))),
		"Why", a.w.Rejection(t.Reason))
}

// handIn submits a draft. What the rules refuse is said with each finding.
func (a *app) handIn(ctx context.Context, s *Shop, l *library.Service, t core.StoredTemplate) error {
	done, _, err := l.Submit(ctx, t.ID, a.g.Agent)
	if no := library.RefusedOf(err); no != nil {
		if a.g.JSON {
			if perr := a.printJSON([]lintJSON{a.lintShape("-", template.Of(no.Template.Template), no.Findings)}); perr != nil {
				return perr
			}
		} else if perr := a.println(strings.Join(a.findingLines(no.Findings), "\n")); perr != nil {
			return perr
		}
		return err
	}
	if err != nil {
		if !a.g.JSON && done.Detail != "" { // the provider's own words say more than its code
			if perr := a.println(kit.CleanLine(done.Detail)); perr != nil {
				return perr
			}
		}
		return err
	}
	if !a.g.JSON && done.Category != done.Wanted {
		if err := a.println(a.w.T(text.LibraryOther, "Wanted", clip(done.Wanted), "Category", clip(done.Category))); err != nil {
			return err
		}
	}
	return a.printTemplate(ctx, s, l, done)
}

type syncedJSON struct {
	Channel string `json:"channel"`
	Total   int    `json:"total"`
	New     int    `json:"new"`
	Changed int    `json:"changed"`
	Gone    int    `json:"gone"`
	Back    int    `json:"back"`
}

func (a *app) templateSync() *cobra.Command {
	var channel string
	c := a.command("sync", text.CmdTemplateSync, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			chs, err := s.Channels.Channels(ctx)
			if err != nil {
				return err
			}
			out := []syncedJSON{}
			for _, ch := range chs {
				if channel != "" && ch.Name != channel {
					continue
				}
				n, err := l.Sync(ctx, ch.ID)
				if err != nil {
					return err
				}
				out = append(out, syncedJSON{ch.Name, n.Total, n.New, n.Changed, n.Gone, n.Back})
			}
			return a.printSynced(out)
		})
	})
	c.Flags().StringVar(&channel, "channel", "", a.w.T(text.FlagChannelOnly))
	return c
}

func (a *app) printSynced(out []syncedJSON) error {
	if len(out) == 0 {
		return core.Fail(core.NoChannel, "cli.sync", nil)
	}
	if a.g.JSON {
		return a.printJSON(out)
	}
	for _, n := range out {
		if err := a.println(a.w.N(text.LibrarySynced, n.Total, "Channel", clip(n.Channel), "New", a.w.Num(n.New), "Changed", a.w.Num(n.Changed), "Gone", a.w.Num(n.Gone))); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) templateRenew() *cobra.Command {
	var m meant
	var submit bool
	c := a.command("renew [NAME|ID]", text.CmdTemplateRenew, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			var ids []int64
			if len(arg) > 0 {
				t, err := a.find(ctx, s, l, arg[0], m, func(t core.StoredTemplate) bool { return t.InForce() })
				if err != nil {
					return err
				}
				ids = append(ids, t.ID)
			} else {
				o, err := l.Overview(ctx, core.TemplateQuery{Language: m.language})
				if err != nil {
					return err
				}
				for _, e := range o.Entries {
					if e.Validity == library.DueSoon || e.Validity == library.DueOver {
						ids = append(ids, e.ID)
					}
				}
			}
			return a.renew(ctx, s, l, ids, submit)
		})
	})
	a.meantFlags(c, &m)
	c.Flags().BoolVar(&submit, "submit", false, a.w.T(text.FlagTemplateSubmit))
	return c
}

// renew prepares the next version of each template.
func (a *app) renew(ctx context.Context, s *Shop, l *library.Service, ids []int64, submit bool) error {
	names, err := channelNames(ctx, s)
	if err != nil {
		return err
	}
	var o library.Overview
	for _, id := range ids {
		t, err := l.Renew(ctx, id, a.g.Agent)
		if err != nil {
			return err
		}
		if submit {
			if t, _, err = l.Submit(ctx, t.ID, a.g.Agent); err != nil {
				return err
			}
		}
		one, err := l.Overview(ctx, core.TemplateQuery{Channel: t.ChannelID, Name: t.Name, Language: t.Language})
		if err != nil {
			return err
		}
		for _, e := range one.Entries {
			if e.ID == t.ID {
				o.Entries = append(o.Entries, e)
			}
		}
	}
	if len(ids) == 0 && !a.g.JSON {
		return a.println(a.w.T(text.LibraryNothingDue))
	}
	if a.g.JSON {
		return a.printLibrary(&o, names, text.LibraryEmpty)
	}
	for i := range o.Entries {
		e := &o.Entries[i]
		found, err := l.Lint(ctx, e.StoredTemplate)
		if err != nil {
			return err
		}
		lines := append([]string{clip(e.Name) + "  " + clip(e.Language) + "  " + strings.Join(a.entryFacts(e), " · ")}, a.findingLines(found)...)
		if err := a.println(strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) templateFamily() *cobra.Command {
	var m meant
	var role string
	c := a.command("family NAME|ID [FAMILY]", text.CmdTemplateFamily, args(1, 2), func(cmd *cobra.Command, arg []string) error {
		family := ""
		if len(arg) > 1 {
			family = arg[1]
		}
		return a.change(cmd, arg[0], m, func(ctx context.Context, l *library.Service, t core.StoredTemplate) error {
			return l.SetFamily(ctx, t.ID, family, core.TemplateRole(role))
		})
	})
	a.meantFlags(c, &m)
	c.Flags().StringVar(&role, "role", "", a.w.T(text.FlagRole))
	return c
}

func (a *app) templateAccept() *cobra.Command {
	var m meant
	c := a.command("accept NAME|ID", text.CmdTemplateAccept, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.change(cmd, arg[0], m, func(ctx context.Context, l *library.Service, t core.StoredTemplate) error { return l.Seen(ctx, t.ID) })
	})
	a.meantFlags(c, &m)
	return c
}

// change does something to a template and shows it.
func (a *app) change(cmd *cobra.Command, arg string, m meant, do func(context.Context, *library.Service, core.StoredTemplate) error) error {
	return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
		t, err := a.find(ctx, s, l, arg, m, nil)
		if err != nil {
			return err
		}
		if err := do(ctx, l, t); err != nil {
			return err
		}
		if t, err = l.Read.StoredTemplate(ctx, t.ID); err != nil {
			return err
		}
		return a.printTemplate(ctx, s, l, t)
	})
}

func (a *app) templateDelete() *cobra.Command {
	var m meant
	c := a.command("delete NAME|ID", text.CmdTemplateDelete, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			t, err := a.find(ctx, s, l, arg[0], m, nil)
			if err != nil {
				return err
			}
			if err := l.Delete(ctx, t.ID); err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]string{"deleted": id(t.ID)})
			}
			return a.println(a.w.T(text.LibraryDeleted, "Name", clip(t.Name), "Language", clip(t.Language)))
		})
	})
	a.meantFlags(c, &m)
	return c
}
