package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"bottega/assets"
	"bottega/core"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// linting is what `template lint` was asked for.
type linting struct {
	language, category, profile string
}

// extensions of files that lint reads in a folder.
var extensions = []string{".json", ".jsonl", ".ndjson", ".txt"}

// maxFiles bounds a folder that nobody meant, such as the root.
const maxFiles = 10_000

func (a *app) templateLint() *cobra.Command {
	o := linting{profile: string(template.Strict)}
	c := a.command("lint [FILE|FOLDER|-]…", text.CmdTemplateLint, args(0, -1), func(cmd *cobra.Command, arg []string) error {
		p := template.Profile(o.profile)
		if p != template.Strict && p != template.Official {
			return usage(text.UseOneOf, "Flag", "--profile", "Value", clip(o.profile), "Known", known([]template.Profile{template.Strict, template.Official}))
		}
		category, err := categoryOf(o.category)
		if err != nil {
			return err
		}
		o.category = category
		if len(arg) == 0 {
			arg = []string{"-"}
		}
		files, err := filesOf(arg)
		if err != nil {
			return err
		}
		return a.lint(cmd.Context(), files, o)
	})
	f := c.Flags()
	f.StringVar(&o.language, "lang", "", a.w.T(text.FlagLintLang))
	f.StringVar(&o.category, "category", "", a.w.T(text.FlagLintCategory))
	f.StringVar(&o.profile, "profile", o.profile, a.w.T(text.FlagLintProfile))
	return c
}

// filesOf lists the files that are meant: those named, and of folders those
// with a known extension, in order of their names.
func filesOf(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		if st, err := os.Stat(name); name == "-" || err != nil || !st.IsDir() { // one that is not there is reported among the others
			out = append(out, name)
			continue
		}
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && slices.Contains(extensions, strings.ToLower(filepath.Ext(path))) {
				out = append(out, path)
			}
			if len(out) > maxFiles {
				return core.Fail(core.TooLarge, "cli.filesOf", nil)
			}
			return err
		})
		if core.CodeOf(err) == core.TooLarge {
			return nil, err
		} else if err != nil {
			return nil, refuse(core.NotFound, text.BadFile, "File", clip(name))
		}
	}
	return out, nil
}

// tally counts what was found.
type tally struct{ templates, errors, warnings, hints int }

func (t *tally) add(fs []template.Finding) {
	t.templates++
	for _, f := range fs {
		switch f.Severity {
		case template.SevError:
			t.errors++
		case template.SevWarning:
			t.warnings++
		default:
			t.hints++
		}
	}
}

func (a *app) lint(ctx context.Context, files []string, o linting) error {
	l, err := template.NewLinter(assets.Rules())
	if err != nil {
		return err
	}
	var n tally
	var broken error
	results := []lintJSON{}
	for _, file := range files {
		ts, data, err := a.readTemplates(file)
		if err != nil {
			if broken == nil {
				broken = err
			}
			j, perr := a.unreadable(file, err, len(files) > 1)
			if perr != nil {
				return perr
			}
			results = append(results, j...)
			continue
		}
		var where *template.Source
		if !a.g.JSON {
			where = template.Locate(data)
		}
		for i, t := range ts {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			t.Language, t.Category = cmp.Or(t.Language, o.language), cmp.Or(t.Category, o.category)
			found := l.Lint(t, template.Context{Profile: template.Profile(o.profile), Now: a.h.Now()})
			n.add(found)
			if a.g.JSON {
				results = append(results, a.lintShape(file, t, found))
			} else if err := a.printFindings(file, i, where, found); err != nil {
				return err
			}
		}
	}
	if broken == nil && n.templates == 0 {
		broken = refuse(core.InvalidInput, text.LintNothing)
	}
	return a.linted(results, n, broken)
}

// readTemplates reads what a file holds.
func (a *app) readTemplates(file string) ([]template.Template, []byte, error) {
	data, err := a.readInput(file)
	if err != nil {
		return nil, nil, err
	}
	ts, err := a.decoded(file, data)
	return ts, data, err
}

// decoded reads the templates of a file. One that is not UTF-8 is refused: its
// letters would reach the review, and the customers, as question marks.
func (a *app) decoded(file string, data []byte) ([]template.Template, error) {
	if line, ok := foreign(data); ok {
		return nil, refuse(core.InvalidInput, text.LintEncoding, "File", clip(file), "Line", a.w.Num(line))
	}
	ts, err := template.Decode(data)
	if err != nil {
		err = refuse(core.InvalidInput, text.LintUnreadable, "File", clip(file), "Why", kit.CleanLine(rootCause(err).Error()))
	}
	return ts, err
}

// foreign finds the first line that is not UTF-8, counted from 1.
func foreign(data []byte) (line int, ok bool) {
	if utf8.Valid(data) {
		return 0, false
	}
	for l := range bytes.Lines(data) {
		line++
		if !utf8.Valid(l) {
			break
		}
	}
	return line, true
}

// unreadable reports a file of several that cannot be read, as a finding is
// reported: the others are still linted. Of one file alone the error says it.
func (a *app) unreadable(file string, err error, several bool) ([]lintJSON, error) {
	words := ""
	if no, ok := errors.AsType[*refusal](err); ok {
		words = a.w.T(no.key, no.kv...)
	} else {
		words, _ = a.w.Error(err)
	}
	switch {
	case a.g.JSON:
		return []lintJSON{{File: file, Findings: []findingJSON{}, Unreadable: words}}, nil
	case !several:
		return nil, nil
	}
	return nil, a.println(kit.CleanLine(file) + ":1:1: " + string(template.SevError) + " unreadable " + words)
}

// rootCause is the innermost error: what a reader of JSON had to complain of.
func rootCause(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		err = u.Unwrap()
	}
}

// linted ends the command: the summary, and exit code 3 while an error stands;
// else what was the matter with a file, so that nothing read is not all well.
func (a *app) linted(results []lintJSON, n tally, broken error) error {
	if a.g.JSON {
		if err := a.printJSON(results); err != nil {
			return err
		}
	} else if err := a.println(a.w.N(text.LintSummary, n.templates, "Errors", a.w.Num(n.errors), "Warnings", a.w.Num(n.warnings), "Hints", a.w.Num(n.hints))); err != nil {
		return err
	}
	if n.errors > 0 {
		return quiet(exitRefused)
	}
	return broken
}

// mostLines of one template's findings are printed; --json has them all.
const mostLines = 100

// printFindings writes "file:line:col: severity rule message", as compilers do.
func (a *app) printFindings(file string, n int, where *template.Source, found []template.Finding) error {
	for i, f := range found {
		if i == mostLines {
			return a.println(a.w.T(text.LintMore, "File", file, "Count", a.w.Num(len(found)-i)))
		}
		line, col := where.Position(n, f.Place, f.Start)
		message, hint := a.w.Finding(string(f.Rule), f.Params)
		if err := a.println(kit.CleanLine(file) + ":" + decimal(line) + ":" + decimal(col) + ": " + string(f.Severity) + " " + string(f.Rule) + " " +
			kit.CleanLine(strings.TrimSpace(message+" "+hint))); err != nil {
			return err
		}
	}
	return nil
}

// findingJSON is a finding of the contract.
type findingJSON struct {
	Rule      template.Rule     `json:"rule"`
	Severity  template.Severity `json:"severity"`
	Component template.Part     `json:"component"`
	Index     int               `json:"index,omitempty"` // of a button or sample, from 1
	Field     string            `json:"field,omitempty"` // of a button: url, phone, example; of a sample: header
	Start     int               `json:"start"`
	End       int               `json:"end"`
	Text      string            `json:"text"`
	Message   string            `json:"message"`
	Hint      string            `json:"hint,omitempty"`
	Source    string            `json:"source"`
	Fix       *fixJSON          `json:"fix,omitempty"`
}

// fixJSON is a rewrite that needs no thinking: the texts as they would be.
type fixJSON struct {
	Edits   []editJSON `json:"edits,omitempty"`
	Buttons []int      `json:"buttons,omitempty"` // new order, old indexes from 0
}

type editJSON struct {
	Component template.Part `json:"component"`
	Index     int           `json:"index,omitempty"`
	Field     string        `json:"field,omitempty"`
	Start     int           `json:"start"`
	End       int           `json:"end"`
	With      string        `json:"with"`
}

type lintJSON struct {
	ID       string        `json:"id,omitempty"`
	Name     string        `json:"name,omitempty"`
	Language string        `json:"language,omitempty"`
	Category string        `json:"category,omitempty"`
	File     string        `json:"file,omitempty"`
	OK       bool          `json:"ok"`
	Findings []findingJSON `json:"findings"`
	// Unreadable says why a file holds no templates; "" where it does.
	Unreadable string `json:"unreadable,omitempty"`
}

func (a *app) lintShape(file string, t template.Template, found []template.Finding) lintJSON {
	out := lintJSON{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, OK: !template.Blocks(found), Findings: a.findingShapes(found)}
	if file != "-" {
		out.File = file
	}
	return out
}

func (a *app) findingShapes(found []template.Finding) []findingJSON {
	out := make([]findingJSON, len(found))
	for i, f := range found {
		message, hint := a.w.Finding(string(f.Rule), f.Params)
		out[i] = findingJSON{f.Rule, f.Severity, f.Place.Part, f.Place.N, f.Place.Field, f.Start, f.End, f.Text, message, hint, f.Source, fixShape(f.Fix)}
	}
	return out
}

func fixShape(f *template.Fix) *fixJSON {
	if f == nil {
		return nil
	}
	out := &fixJSON{Buttons: f.Buttons}
	for _, e := range f.Edits {
		out.Edits = append(out.Edits, editJSON{e.Place.Part, e.Place.N, e.Place.Field, e.Start, e.End, e.With})
	}
	return out
}
