package cli

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// editFlags are those that change a template; --submit alone changes none.
var editFlags = []string{"from", "header", "header-file", "body", "footer", "button", "sample", "category", "editor"}

func (a *app) templateEdit() *cobra.Command {
	var o writing
	var m meant
	var editor bool
	c := a.command("edit NAME|ID", text.CmdTemplateEdit, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		switch {
		case !slices.ContainsFunc(editFlags, cmd.Flags().Changed):
			return usage(text.UseTemplateEdit)
		case editor && a.h.Environ.Get("EDITOR") == "":
			return usage(text.UseEditor)
		case a.g.ReadOnly: // before somebody writes what is not kept
			return core.Fail(core.ReadOnly, "cli.edit", nil)
		}
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			t, err := a.find(ctx, s, l, arg[0], m, nil)
			if err != nil {
				return err
			}
			return a.edit(ctx, s, l, t, o, editor)
		})
	})
	a.wordFlags(c, &o)
	a.meantFlags(c, &m)
	c.Flags().BoolVar(&editor, "editor", false, a.w.T(text.FlagTemplateEditor))
	return c
}

// edit changes a draft, or begins the next version of what was decided on.
// Where nothing comes out changed no version is begun.
func (a *app) edit(ctx context.Context, s *Shop, l *library.Service, t core.StoredTemplate, o writing, editor bool) error {
	d, err := a.reopened(ctx, l, t)
	if err != nil {
		return err
	}
	before := d.Template
	if o.from != "" {
		from, err := a.source(o)
		if err != nil {
			return err
		}
		from.ID, from.Name, from.Language, from.Category = before.ID, before.Name, before.Language, cmp.Or(from.Category, before.Category)
		d.Template = from
	}
	if d.Template, err = a.worded(d.Template, o); err != nil {
		return err
	}
	if editor {
		values := sampled(d.Template)
		if d.Body, err = a.throughEditor(ctx, d.Body); err != nil {
			return err
		}
		d.Template = resampled(d.Template, values)
	}
	made := t
	if !reflect.DeepEqual(d.Core(), before.Core()) {
		if made, err = l.SaveDraft(ctx, d); err != nil {
			return err
		}
	}
	if o.submit && isDraft(made) {
		return a.handIn(ctx, s, l, made)
	}
	return a.printTemplate(ctx, s, l, made)
}

// reopened is what an edit of a version goes on from. What is under review
// cannot be changed, and a version beside which there is a draft is not the
// one that is meant.
func (a *app) reopened(ctx context.Context, l *library.Service, t core.StoredTemplate) (library.Draft, error) {
	d := library.Draft{Channel: t.ChannelID, Template: template.Of(t.Template), Family: t.Family, Role: t.Role, Agent: a.g.Agent}
	if isDraft(t) {
		d.ID, d.Rev = t.ID, t.Rev
		return d, nil
	}
	now, err := l.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: t.ChannelID, Name: t.Name, Language: t.Language})
	if err != nil {
		return d, err
	}
	for _, v := range now {
		switch {
		case isDraft(v):
			return d, refuse(core.Conflict, text.TemplateDrafted, "Name", clip(v.Name), "Language", clip(v.Language))
		case v.State.Waiting():
			return d, refuse(core.Conflict, text.EditWaits, "Name", clip(v.Name), "Language", clip(v.Language), "State", a.w.T(text.K("library.state."+string(v.State))))
		}
	}
	d.Template.ID = "" // the draft's own; the provider's is kept beside it
	return d, nil
}

// throughEditor hands a text to the user's editor and waits for it. With
// --json the output belongs to the answer.
func (a *app) throughEditor(ctx context.Context, said string) (string, error) {
	const op = "cli.editor"
	f, err := kit.NewScratch(a.h.Environ.Get("EDITOR"))
	if err != nil {
		return "", core.Fail(core.ReadOnly, op, err)
	}
	if err := f.Write(said); err != nil {
		return "", core.Fail(core.DiskFull, op, err)
	}
	c := f.Cmd(ctx)
	c.Stdin, c.Stdout, c.Stderr = a.h.In, a.h.Out, a.h.Err
	if a.g.JSON {
		c.Stdout = a.h.Err
	}
	said, err = f.Read(c.Run())
	if err != nil {
		return "", refuse(core.Internal, text.EditorFailed, "Why", clip(strings.TrimSpace(err.Error())))
	}
	return said, nil
}
