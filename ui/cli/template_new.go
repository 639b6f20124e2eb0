package cli

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bottega/assets"
	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/text"
)

// writing is what `template new` and `template edit` were given.
type writing struct {
	from, starter, header, headerFile, body, footer, language, category, channel, family string
	role                                                                                 string
	samples, buttons                                                                     []string
	submit                                                                               bool
	given                                                                                func(flag string) bool // "" takes a part away
}

// wordFlags are those that say what a template's text is.
func (a *app) wordFlags(c *cobra.Command, o *writing) {
	f := c.Flags()
	f.StringVar(&o.from, "from", "", a.w.T(text.FlagTemplateFrom))
	f.StringVar(&o.header, "header", "", a.w.T(text.FlagTemplateHeader))
	f.StringVar(&o.headerFile, "header-file", "", a.w.T(text.FlagTemplateHeaderFile))
	f.StringVar(&o.body, "body", "", a.w.T(text.FlagTemplateBody))
	f.StringVar(&o.footer, "footer", "", a.w.T(text.FlagTemplateFooter))
	f.StringArrayVar(&o.buttons, "button", nil, a.w.T(text.FlagTemplateButton))
	f.StringArrayVar(&o.samples, "sample", nil, a.w.T(text.FlagTemplateSample))
	f.StringVar(&o.category, "category", "", a.w.T(text.FlagTemplateCategory))
	f.BoolVar(&o.submit, "submit", false, a.w.T(text.FlagTemplateSubmit))
	o.given = f.Changed
}

func (a *app) templateNew() *cobra.Command {
	var o writing
	c := a.command("new [NAME]", text.CmdTemplateNew, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		t, err := a.source(o)
		if err != nil {
			return err
		}
		if len(arg) > 0 {
			t.Name = arg[0]
		}
		t.Language = cmp.Or(o.language, t.Language, a.w.Lang())
		return a.withLibrary(cmd, func(ctx context.Context, s *Shop, l *library.Service) error {
			return a.begin(ctx, s, l, t, o)
		})
	})
	a.wordFlags(c, &o)
	f := c.Flags()
	f.StringVar(&o.starter, "starter", "", a.w.T(text.FlagTemplateStarter))
	f.StringVar(&o.language, "language", "", a.w.T(text.FlagTemplateLang))
	f.StringVar(&o.channel, "channel", "", a.w.T(text.FlagChannelSend))
	f.StringVar(&o.family, "family", "", a.w.T(text.FlagFamily))
	f.StringVar(&o.role, "role", "", a.w.T(text.FlagRole))
	return c
}

// source is the text that a new template begins with: of a file, of the
// starter set, or none.
func (a *app) source(o writing) (template.Template, error) {
	var t template.Template
	switch {
	case o.from != "" && o.starter != "":
		return t, usage(text.UseTemplateNew)
	case o.from != "":
		data, err := a.readInput(o.from)
		if err != nil {
			return t, err
		}
		ts, err := a.decoded(o.from, data)
		if err != nil {
			return t, err
		}
		if len(ts) != 1 {
			return t, refuse(core.InvalidInput, text.TemplateOne, "File", clip(o.from))
		}
		t = ts[0]
	case o.starter != "":
		set, err := template.Starter(assets.Templates())
		if err != nil {
			return t, err
		}
		lang := core.LanguageCode(cmp.Or(o.language, a.w.Lang()))
		var names []string
		for _, s := range set {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
			if s.Name == o.starter && (core.LanguageCode(s.Language) == lang || strings.HasPrefix(core.LanguageCode(s.Language), lang+"_")) {
				t = s
			}
		}
		if t.Name == "" {
			return t, refuse(core.NotFound, text.StarterNone, "Name", clip(o.starter), "Lang", clip(lang), "Known", known(names))
		}
	}
	t.ID = ""
	return t, nil
}

// begin writes a draft. Where the library has a template of that name and
// language and no other source was named, it goes on from the newest version.
func (a *app) begin(ctx context.Context, s *Shop, l *library.Service, t template.Template, o writing) error {
	d := library.Draft{Template: t, Family: o.family, Role: core.TemplateRole(o.role), Agent: a.g.Agent}
	var err error
	if d.Channel, err = a.home(ctx, s, o.channel); err != nil {
		return err
	}
	if o.from == "" && o.starter == "" && t.Name != "" {
		vs, err := l.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: d.Channel, Name: t.Name, Language: t.Language})
		if err != nil {
			return err
		}
		if len(vs) > 0 {
			if isDraft(vs[0]) {
				return refuse(core.Conflict, text.TemplateDrafted, "Name", clip(vs[0].Name), "Language", clip(vs[0].Language))
			}
			d.Template = template.Of(vs[0].Template)
			d.ID, d.Template.ID = 0, ""
			d.Family, d.Role = cmp.Or(d.Family, vs[0].Family), cmp.Or(d.Role, vs[0].Role)
		}
	}
	if d.Template, err = a.worded(d.Template, o); err != nil {
		return err
	}
	if d.Name == "" || d.Body == "" {
		return usage(text.UseTemplateNew)
	}
	made, err := l.SaveDraft(ctx, d)
	if err != nil {
		return err
	}
	if o.submit {
		return a.handIn(ctx, s, l, made)
	}
	return a.printTemplate(ctx, s, l, made)
}

// worded puts what the flags say into a template. Samples of variables that
// are still there stay; a header, footer or button "" is taken away.
func (a *app) worded(t template.Template, o writing) (template.Template, error) {
	values := sampled(t)
	if o.category != "" {
		t.Category = o.category
	}
	category, err := categoryOf(t.Category)
	if err != nil {
		return t, err
	}
	if o.body == "-" {
		said, err := a.readInput("-")
		if err != nil {
			return t, err
		}
		o.body = strings.TrimRight(string(said), "\r\n")
	}
	t.Category, t.Body = category, cmp.Or(o.body, t.Body)
	if o.given("footer") {
		t.Footer = o.footer
	}
	switch {
	case o.header != "":
		t.Header = template.Header{Format: template.HeaderText, Text: o.header}
	case o.given("header"):
		t.Header = template.Header{}
	}
	if o.headerFile != "" {
		path, err := filepath.Abs(o.headerFile) // it is read when the template is handed in, from wherever that is
		format := template.HeaderOf(path)
		if err != nil || format == "" || o.header != "" {
			return t, usage(text.UseHeaderFile, "File", clip(o.headerFile))
		}
		t.Header = template.Header{Format: format, Samples: []string{path}}
	}
	if len(o.buttons) > 0 {
		t.Buttons = nil
	}
	for _, b := range o.buttons {
		if b == "" {
			continue
		}
		made, err := buttonOf(b)
		if err != nil {
			return t, err
		}
		t.Buttons = append(t.Buttons, made)
	}
	for _, given := range o.samples {
		name, value, ok := strings.Cut(given, "=")
		if !ok || name == "" {
			return t, usage(text.UseSample, "Sample", clip(given))
		}
		values[name] = value
		if known := sampleNames(t); !slices.Contains(known, name) {
			return t, usage(text.UseSampleName, "Name", clip(name), "Known", clip(cmp.Or(strings.Join(known, ", "), "–")))
		}
	}
	return resampled(t, values), nil
}

// categoryOf reads the name of a category in any case; "" stays "".
func categoryOf(s string) (string, error) {
	known := []string{template.Marketing, template.Utility, template.Authentication}
	c := strings.ToUpper(strings.TrimSpace(s))
	if c != "" && !slices.Contains(known, c) {
		return "", usage(text.UseOneOf, "Flag", "--category", "Value", clip(s), "Known", strings.Join(known, ", "))
	}
	return c, nil
}

// buttonOf reads quick:TEXT, url:TEXT=ADDRESS, phone:TEXT=NUMBER or copy:CODE.
func buttonOf(s string) (template.Button, error) {
	kind, rest, _ := strings.Cut(s, ":")
	label, target, two := strings.Cut(rest, "=")
	switch b := (template.Button{Text: label}); {
	case label == "":
	case kind == "quick" && !two:
		b.Type = template.QuickReply
		return b, nil
	case kind == "url" && target != "":
		b.Type, b.URL = template.URLButton, target
		return b, nil
	case kind == "phone" && target != "":
		b.Type, b.Phone = template.PhoneButton, target
		return b, nil
	case kind == "copy" && !two:
		return template.Button{Type: template.CopyCode, Example: label}, nil
	}
	return template.Button{}, usage(text.UseButton, "Button", clip(s))
}

// Samples go by the names under which a message is filled: 1, first_name,
// header.1 where the header's differs from the body's, button.2.
const ofHeader = "header."

// sampleNames are those that a template has.
func sampleNames(t template.Template) []string {
	names := template.Placeholders(t.Body)
	for _, v := range template.Placeholders(t.Header.Text) {
		names = append(names, ofHeader+v)
		if !slices.Contains(names, v) {
			names = append(names, v)
		}
	}
	for i, b := range t.Buttons {
		if b.Type == template.CopyCode || len(template.Placeholders(b.URL)) > 0 {
			names = append(names, template.ButtonValue(i+1))
		}
	}
	return names
}

// sampled are a template's samples by name.
func sampled(t template.Template) map[string]string {
	values := map[string]string{}
	keep := func(names, samples []string, before string) {
		for i, n := range names {
			if i < len(samples) && samples[i] != "" {
				values[before+n] = samples[i]
			}
		}
	}
	keep(template.Placeholders(t.Body), t.Samples, "")
	keep(template.Placeholders(t.Header.Text), t.Header.Samples, ofHeader)
	for i, b := range t.Buttons {
		if b.Example != "" {
			values[template.ButtonValue(i+1)] = b.Example
		}
	}
	return values
}

// resampled puts samples by name back into a template, "" where one is missing.
func resampled(t template.Template, values map[string]string) template.Template {
	list := func(names []string, before string) []string {
		out, some := make([]string, len(names)), false
		for i, n := range names {
			out[i] = cmp.Or(values[before+n], values[n])
			some = some || out[i] != ""
		}
		if !some {
			return nil
		}
		return out
	}
	t.Samples = list(template.Placeholders(t.Body), "")
	if !t.Header.File() {
		t.Header.Samples = list(template.Placeholders(t.Header.Text), ofHeader)
	}
	t.Buttons = slices.Clone(t.Buttons)
	for i := range t.Buttons {
		if len(template.Placeholders(t.Buttons[i].URL)) > 0 || t.Buttons[i].Type == template.CopyCode {
			t.Buttons[i].Example = values["button."+strconv.Itoa(i+1)]
		}
	}
	return t
}
