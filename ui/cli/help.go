package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"bottega/ui/text"
)

// command makes a command whose words all hang on one key: its line in the
// list (k), what it does at length (k.long, where there is more to say) and
// examples (k.example).
func (a *app) command(use string, k text.K, argn cobra.PositionalArgs, run func(*cobra.Command, []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: a.w.T(k), Args: argn, RunE: named(run), DisableFlagsInUseLine: true}
	if long := k + ".long"; a.w.Has(long) {
		c.Long = a.w.T(long)
	}
	c.Example = "  " + strings.ReplaceAll(a.w.T(k+".example"), "\n", "\n  ")
	if argn == nil {
		c.Args, c.SuggestionsMinimumDistance = group, 2
	}
	return c
}

// named makes run's complaints about the command line point to its own help.
func named(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, arg []string) error {
		err := run(cmd, arg)
		var u *usageError
		if errors.As(err, &u) && u.command == "" {
			u.command = cmd.CommandPath()
		}
		return err
	}
}

// parent makes a command that holds others and shows them when it stands alone.
func (a *app) parent(use string, k text.K, children ...*cobra.Command) *cobra.Command {
	c := a.command(use, k, nil, func(cmd *cobra.Command, _ []string) error {
		if a.g.JSON { // a script gets no prose on its output
			return &usageError{key: text.UseTooFew, kv: []any{"Use", cmd.CommandPath() + " COMMAND"}, command: cmd.CommandPath()}
		}
		return cmd.Help()
	})
	c.AddCommand(children...)
	return c
}

// style gives help its shape: plain lines of our words, the same on a screen
// and in a file. It is code and not one of cobra's templates: text/template
// looks methods up by name, which makes the linker keep every exported method
// of the program, 4 MB of it.
func (a *app) style(root *cobra.Command) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), a.usage(c))
		return err
	})
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		about := strings.TrimRightFunc(cmp.Or(c.Long, c.Short), unicode.IsSpace)
		if about != "" {
			about += "\n\n"
		}
		_, err := io.WriteString(a.h.Out, about+c.UsageString())
		a.helped = a.printed(err)
	})
}

// help is for those who type it instead of --help; it stays out of the lists.
func (a *app) help() *cobra.Command {
	return &cobra.Command{Use: "help", Hidden: true, RunE: func(cmd *cobra.Command, arg []string) error {
		about, rest, err := cmd.Root().Find(arg)
		if err != nil || len(rest) > 0 {
			return &usageError{key: text.UseCommand, kv: []any{"Command", clip(strings.Join(arg, " "))}}
		}
		return about.Help()
	}}
}

// usage is how a command is called, what it holds and its options.
func (a *app) usage(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString(a.w.T(text.HelpUsage))
	if c.Runnable() {
		b.WriteString("\n  " + c.UseLine())
		if c.HasAvailableFlags() {
			b.WriteString(" " + a.w.T(text.HelpFlagsWord))
		}
	}
	section := func(title text.K, body string) {
		b.WriteString("\n\n" + a.w.T(title) + "\n" + strings.TrimRightFunc(body, unicode.IsSpace))
	}
	subs := c.HasAvailableSubCommands()
	if subs {
		b.WriteString("\n  " + c.CommandPath() + " " + a.w.T(text.HelpCommandWord))
	}
	if c.HasExample() {
		section(text.HelpExamples, c.Example)
	}
	if subs {
		var list strings.Builder
		for _, s := range c.Commands() {
			if s.IsAvailableCommand() {
				fmt.Fprintf(&list, "  %-*s %s\n", s.NamePadding(), s.Name(), s.Short)
			}
		}
		section(text.HelpCommands, list.String())
	}
	if c.HasAvailableLocalFlags() {
		section(text.HelpFlags, c.LocalFlags().FlagUsages())
	}
	if c.HasAvailableInheritedFlags() {
		section(text.HelpGlobal, c.InheritedFlags().FlagUsages())
	}
	if subs {
		b.WriteString("\n\n" + a.w.T(text.HelpMore))
	}
	return b.String() + "\n"
}

// flagSet reports whether the user gave a flag.
func (a *app) flagSet(c *cobra.Command, name string) bool {
	f := c.Flag(name)
	return f != nil && f.Changed
}
