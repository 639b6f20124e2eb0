package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/text"
)

func (a *app) contactsImport() *cobra.Command {
	var o people.Import
	var encoding, channel string
	var rows bool
	c := a.command("import FILE", text.CmdContactsImport, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if err := region(&o.Region); err != nil {
			return err
		}
		for _, t := range o.Tags {
			if _, ok := core.CleanTag(t); !ok {
				return usage(text.UseTag, "Tag", clip(t))
			}
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) (err error) {
			t, end, err := a.h.Table(arg[0], encoding)
			if err != nil {
				return a.openError(arg[0], encoding, err)
			}
			defer func() { err = errors.Join(err, end()) }()
			o.Table, o.File, o.Agent = t, filepath.Base(arg[0]), a.g.Agent
			o.Progress, o.Back = a.rowsDone(), a.rowsDone()
			if channel != "" {
				ch, err := channelNamed(ctx, s, channel)
				if err != nil {
					return err
				}
				o.Channel = ch.ID
			}
			var each []people.Outcome
			if rows {
				o.Each = func(r people.Outcome) { each = append(each, r) }
			}
			got, err := s.Customers.Import(ctx, o)
			var pair *people.BadPair
			if errors.As(err, &pair) {
				return usage(text.UseMap, "Pair", clip(pair.Pair), "Columns", clip(strings.Join(t.Header, ", ")))
			}
			if err != nil {
				return a.fileError(arg[0], err)
			}
			return a.printImport(report{file: o.File, table: &t, dry: o.DryRun, done: text.ImportDone, would: text.ImportDry, rows: each}, &got)
		})
	})
	f := c.Flags()
	f.BoolVar(&o.DryRun, "dry-run", false, a.w.T(text.FlagDryRun))
	f.StringArrayVar(&o.Pairs, "map", nil, a.w.T(text.FlagMap))
	f.StringVar(&o.Region, "region", "", a.w.T(text.FlagRegion))
	f.StringSliceVar(&o.Tags, "tag", nil, a.w.T(text.FlagTagAll))
	f.StringVar(&o.Consent, "consent", "", a.w.T(text.FlagConsent))
	f.StringVar(&encoding, "encoding", "", a.w.T(text.FlagEncoding))
	f.StringVar(&channel, "channel", "", a.w.T(text.FlagImportChannel))
	f.BoolVar(&o.Return, "return", false, a.w.T(text.FlagReturn))
	f.BoolVar(&rows, "rows", false, a.w.T(text.FlagRows))
	return c
}

// region takes a country in two letters, or none.
func region(s *string) error {
	typed := *s
	if *s = strings.ToUpper(strings.TrimSpace(typed)); *s != "" && !contact.IsRegion(*s) {
		return usage(text.UseRegion, "Value", clip(typed))
	}
	return nil
}

// openError says why a table cannot be opened.
func (a *app) openError(name, encoding string, err error) error {
	switch {
	case core.CodeOf(err) != core.InvalidInput:
		return a.fileError(name, err)
	case encoding != "":
		return usage(text.UseEncoding, "Encoding", clip(encoding))
	}
	return refuse(core.NotFound, text.BadFile, "File", clip(name)) // a folder, a device
}

// fileError says what is wrong with a file of people; the general words speak
// of files that are sent.
func (a *app) fileError(name string, err error) error {
	switch core.CodeOf(err) {
	case core.NotFound:
		return refuse(core.NotFound, text.BadFile, "File", clip(name))
	case core.TooLarge:
		return refuse(core.TooLarge, text.TableLarge, "File", clip(name))
	case core.NotATable:
		return refuse(core.NotATable, text.TableNone, "File", clip(name))
	}
	return err
}

type problemJSON struct {
	Row     int    `json:"row"`
	Column  string `json:"column,omitempty"`
	Value   string `json:"value,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Left    bool   `json:"left_out,omitempty"` // the row was taken without this value
}

type importJSON struct {
	Import    string            `json:"import,omitempty"` // for `contacts unimport`
	File      string            `json:"file"`
	Format    string            `json:"format,omitempty"` // csv, xlsx, vcard: what is in the file, whatever its name says
	Encoding  string            `json:"encoding,omitempty"`
	Separator string            `json:"separator,omitempty"`
	Columns   map[string]string `json:"columns"`
	Ignored   []string          `json:"ignored,omitempty"` // columns that were left out
	Rows      int               `json:"rows"`
	New       int               `json:"new"`
	Updated   int               `json:"updated"`
	Same      int               `json:"same"`
	Duplicate int               `json:"duplicate"`
	Refused   int               `json:"refused"`
	LeftOut   int               `json:"left_out,omitempty"` // rows that were taken without some of their values
	DryRun    bool              `json:"dry_run"`
	Problems  []problemJSON     `json:"problems"`
	Outcomes  []outcomeJSON     `json:"outcomes,omitempty"` // of each row, with --rows
}

// outcomeJSON is what becomes of one row.
type outcomeJSON struct {
	Row       int         `json:"row"`
	Fate      people.Fate `json:"fate"` // new, updated, same, duplicate, refused
	Contact   string      `json:"contact,omitempty"`
	Name      string      `json:"name,omitempty"`
	Phone     core.Phone  `json:"phone,omitempty"`
	What      []string    `json:"what,omitempty"`         // fields that change
	Duplicate int         `json:"duplicate_of,omitempty"` // the row that spoke of this person before
	Code      string      `json:"code,omitempty"`
	Message   string      `json:"message,omitempty"`
}

// report is how an import is told.
type report struct {
	file        string
	table       *people.Table
	dry         bool
	done, would text.K
	rows        []people.Outcome
}

// printImport reports; an import that could read no row at all has failed.
func (a *app) printImport(r report, got *people.Imported) error {
	ps := make([]problemJSON, len(got.Problems))
	for i, p := range got.Problems {
		ps[i] = problemJSON{p.Row, p.Column, p.Value, p.Code, a.problem(p.Code), p.Left}
	}
	var err error
	if a.g.JSON {
		out := importJSON{File: r.file, Format: r.table.Format, Encoding: r.table.Encoding, Separator: r.table.Separator, Columns: got.Columns, Rows: got.Rows, New: got.New, Updated: got.Updated,
			Same: got.Same, Duplicate: got.Duplicate, Refused: got.Refused, LeftOut: got.LeftOut, DryRun: r.dry, Problems: ps,
			Ignored: ignored(r.table.Header, got)}
		if got.ID != 0 {
			out.Import = id(got.ID)
		}
		for _, o := range r.rows {
			out.Outcomes = append(out.Outcomes, a.outcomeShape(o))
		}
		err = a.printJSON(out)
	} else {
		err = a.importWords(r, got, ps)
	}
	if err == nil && got.Refused == got.Rows {
		return quiet(exitFailed)
	}
	return err
}

func (a *app) problem(code string) string { return a.w.T(text.K("cli.problem." + code)) }

func (a *app) outcomeShape(o people.Outcome) outcomeJSON {
	out := outcomeJSON{Row: o.Row, Fate: o.Fate, Name: o.Name, Phone: o.Phone, What: o.What, Duplicate: o.Duplicate, Code: o.Problem.Code}
	if o.Contact != 0 {
		out.Contact = id(o.Contact)
	}
	if o.Problem.Code != "" {
		out.Message = a.problem(o.Problem.Code)
	}
	return out
}

// ignored are the columns that nothing was read from.
func ignored(header []string, got *people.Imported) (out []string) {
	for _, h := range header {
		if got.Columns[h] == "" && !slices.Contains(got.Blank, h) && strings.TrimSpace(h) != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// shownProblems is how many refused rows and values are told in words.
const shownProblems = 50

func (a *app) importWords(r report, got *people.Imported, ps []problemJSON) error {
	k := r.done
	if r.dry {
		k = r.would
	}
	lines := []string{a.w.N(k, got.Rows, "File", clip(r.file), "New", a.w.Num(got.New), "Updated", a.w.Num(got.Updated),
		"Same", a.w.Num(got.Same), "Duplicate", a.w.Num(got.Duplicate), "Refused", a.w.Num(got.Refused))}
	if n := r.table.Named; n != "" {
		lines = append(lines, a.w.T(text.ImportOther, "File", clip(r.file), "Format", tableName(r.table.Format), "Named", tableName(n)))
	}
	if got.Rows == 0 {
		lines = append(lines, a.w.T(text.ImportNoRows))
	}
	if out := ignored(r.table.Header, got); len(out) > 0 {
		lines = append(lines, a.w.T(text.ImportIgnored, "Columns", clip(strings.Join(out, ", "))))
	}
	for _, p := range ps[:min(len(ps), shownProblems)] {
		k := text.ImportProblem
		if p.Left {
			k = text.ImportLeft
		}
		lines = append(lines, strings.TrimRight(a.w.T(k, "Row", p.Row, "Column", clip(p.Column), "Message", p.Message, "Value", clip(p.Value)), " "))
	}
	if more := len(ps) - shownProblems; more > 0 {
		lines = append(lines, a.w.N(text.ImportMore, more))
	}
	for _, o := range r.rows {
		if o.Fate != people.FateRefused {
			lines = append(lines, strings.TrimRight(a.w.T(text.ImportRow, "Row", o.Row, "Fate", a.w.T(text.K("cli.fate."+string(o.Fate))),
				"Name", a.nameOf(&core.Contact{Name: o.Name, Phone: o.Phone}), "What", outcomeWhat(o)), " "))
		}
	}
	if got.ID != 0 && got.New+got.Updated > 0 {
		lines = append(lines, a.w.T(text.ImportUndo, "ID", id(got.ID)))
	}
	return a.println(strings.Join(lines, "\n"))
}

// tableName writes a format as people know it.
func tableName(format string) string {
	if format == "vcard" {
		return "vCard"
	}
	return strings.ToUpper(format)
}

func outcomeWhat(o people.Outcome) string {
	if o.Duplicate != 0 {
		return "= " + strconv.Itoa(o.Duplicate)
	}
	return strings.Join(o.What, ", ")
}

// rowsDone shows on a terminal how far an import is, and nothing anywhere else.
func (a *app) rowsDone() func(rows int) {
	if a.g.JSON || a.g.Plain || !a.h.Terminal.Screen {
		return nil
	}
	return func(rows int) { _, _ = fmt.Fprintf(a.h.Err, "\r%s", a.w.N(text.RowsDone, rows)) } // a line that is overwritten: nobody misses it
}

// contactsUnimport takes the last import back.
func (a *app) contactsUnimport() *cobra.Command {
	return a.command("unimport IMPORT", text.CmdContactsUnimport, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := number(arg[0], text.UseImport)
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			got, err := s.Customers.UndoImport(ctx, n, a.rowsDone())
			if core.CodeOf(err) == core.NotFound {
				return refuse(core.NotFound, text.UnimportNone, "ID", id(n))
			}
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"import": id(n), "undone": true, "removed": got.Removed, "restored": got.Restored,
					"stayed": got.Stayed, "partly": got.Partly, "missing": got.Missing})
			}
			return a.println(a.takenBack(&got))
		})
	})
}

// takenBack says what became of the people of an import.
func (a *app) takenBack(t *people.TakenBack) string {
	said := []string{a.w.T(text.DidUnimport)}
	for _, c := range []struct {
		k text.K
		n int
	}{{text.UnimportRemoved, t.Removed}, {text.UnimportRestored, t.Restored}, {text.UnimportStayed, t.Stayed}, {text.UnimportPartly, t.Partly}, {text.UnimportMissing, t.Missing}} {
		if c.n > 0 {
			said = append(said, a.w.N(c.k, c.n))
		}
	}
	return strings.Join(said, " ")
}
