package cli

import (
	"io"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/text"
)

func (a *app) backup() *cobra.Command {
	c := a.command("backup FILE", text.CmdBackup, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		ar, err := a.h.Archives.Backup(cmd.Context(), a.g, arg[0], a.progress())
		if core.CodeOf(err) == core.NotFound {
			return refuse(core.NotFound, text.NoFolder, "Dir", clip(filepath.Dir(arg[0])))
		}
		if err != nil {
			return err
		}
		return a.printArchive(ar, text.DidBackup)
	})
	c.AddCommand(a.command("verify FILE", text.CmdBackupVerify, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		ar, err := a.h.Archives.Verify(cmd.Context(), arg[0])
		if err != nil {
			return noFile(err, arg[0])
		}
		return a.printArchive(ar, text.DidVerify)
	}))
	return c
}

func (a *app) restore() *cobra.Command {
	return a.command("restore FILE", text.CmdRestore, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if a.g.ReadOnly {
			return core.Fail(core.ReadOnly, "cli.restore", nil)
		}
		ar, err := a.h.Archives.Restore(cmd.Context(), a.g, arg[0])
		if err != nil {
			return noFile(err, arg[0])
		}
		return a.printArchive(ar, text.DidRestore)
	})
}

// noFile says which file there is not.
func noFile(err error, file string) error {
	if core.CodeOf(err) == core.NotFound {
		return refuse(core.NotFound, text.BadFile, "File", clip(file))
	}
	return err
}

// progress shows on a terminal how far a copy is, and nothing anywhere else.
func (a *app) progress() func(done, total int) {
	if a.g.JSON || a.g.Plain || !a.h.Terminal.Screen {
		return nil
	}
	last := -1
	return func(done, total int) {
		if total <= 0 {
			return
		}
		if p := done * 100 / total; p != last {
			last = p
			end := ""
			if p == 100 {
				end = "\n"
			}
			_, _ = io.WriteString(a.h.Err, "\r"+strconv.Itoa(p)+" %"+end) // decoration only
		}
	}
}

func (a *app) printArchive(ar Archive, k text.K) error {
	if a.g.JSON {
		return a.printJSON(ar)
	}
	line := a.w.T(k, "File", ar.File, "Dir", ar.Dir, "Size", a.w.Bytes(ar.Bytes),
		"Messages", a.w.Num(ar.Rows["messages"]), "Contacts", a.w.Num(ar.Rows["contacts"]))
	if ar.Unsure > 0 {
		line += "\n" + a.w.N(text.RestoreUnsure, ar.Unsure)
	}
	return a.println(line)
}
