package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/text"
)

// exportFormats are the values of --format and the endings of names.
var exportFormats = []string{"csv", "xlsx", "vcf"}

// exportTarget is where an export goes.
type exportTarget struct {
	path    string // "-" is the output
	format  string // of --format; "" goes by the ending of path
	replace bool   // a file that is there may go
}

func (a *app) contactsExport() *cobra.Command {
	var expr string
	var to exportTarget
	c := a.command("export FILE", text.CmdContactsExport, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if to.path = arg[0]; to.format != "" && !slices.Contains(exportFormats, to.format) {
			return usage(text.UseOneOf, "Flag", "--format", "Value", clip(to.format), "Known", strings.Join(exportFormats, ", "))
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			expr, err := segmentOf(ctx, s, expr)
			if err != nil {
				return err
			}
			if _, err := s.Customers.Parse(ctx, expr); err != nil {
				return inExpr(expr, err)
			}
			n, err := a.export(ctx, s, to, expr)
			if err != nil {
				return err
			}
			switch {
			case to.path == "-": // the table is all that the output says
				return nil
			case a.g.JSON:
				return a.printJSON(map[string]any{"file": to.path, "count": n})
			}
			return a.println(a.w.N(text.DidExport, n, "File", clip(to.path)))
		})
	})
	f := c.Flags()
	f.StringVar(&expr, "segment", "", a.w.T(text.FlagSegment))
	f.StringVar(&to.format, "format", "", a.w.T(text.FlagExportFormat, "Formats", strings.Join(exportFormats, ", ")))
	f.BoolVar(&to.replace, "yes", false, a.w.T(text.FlagReplace))
	return c
}

// settle finds the format by the name, and refuses a name that says none and a
// place where something is that may be somebody's work.
func (t *exportTarget) settle() error {
	if t.format == "" {
		switch ext := strings.ToLower(filepath.Ext(t.path)); {
		case t.path == "-":
			t.format = exportFormats[0]
		case ext == ".vcard":
			t.format = "vcf"
		case ext != "" && slices.Contains(exportFormats, ext[1:]):
			t.format = ext[1:]
		default:
			return refuse(core.InvalidInput, text.ExportEnding, "File", clip(t.path))
		}
	}
	if t.path == "-" {
		return nil
	}
	switch info, err := os.Stat(t.path); {
	case err != nil: // nothing there; whether it can be made will be seen
		return nil
	case !info.Mode().IsRegular():
		return refuse(core.InvalidInput, text.ExportPlace, "File", clip(t.path))
	case !t.replace:
		return refuse(core.FileExists, text.ExportTaken, "File", clip(t.path))
	}
	return nil
}

// export writes to a file beside the one asked for and puts it in its place
// when it is whole. Only this user can read it: it is full of people.
func (a *app) export(ctx context.Context, s *Shop, t exportTarget, expr string) (n int, err error) {
	if err := t.settle(); err != nil {
		return 0, err
	}
	if t.path == "-" {
		return a.exportTo(ctx, s, output{a}, t.format, expr)
	}
	f, err := os.CreateTemp(filepath.Dir(t.path), ".export-*")
	if err != nil {
		return 0, refuse(core.NotFound, text.ExportPlace, "File", clip(t.path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	n, err = a.exportTo(ctx, s, f, t.format, expr)
	if err = errors.Join(err, f.Close()); err != nil {
		return n, err
	}
	if os.Rename(f.Name(), t.path) != nil {
		return n, refuse(core.NotFound, text.ExportPlace, "File", clip(t.path))
	}
	return n, nil
}

func (a *app) exportTo(ctx context.Context, s *Shop, w io.Writer, format, expr string) (int, error) {
	header, err := s.Customers.Header(ctx)
	if err != nil {
		return 0, err
	}
	write, end, err := a.h.NewTable(w, "people."+format, header)
	if err != nil {
		return 0, err
	}
	n, err := s.Customers.Export(ctx, expr, header, write)
	return n, errors.Join(err, end())
}
