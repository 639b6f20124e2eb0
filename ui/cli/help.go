package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"bottega/ui/text"
)

// command makes a command whose words all hang on one key: its line in the
// list (k), what it does at length (k.long, where there is more to say) and
// examples (k.example).
func (a *app) command(use string, k text.K, argn cobra.PositionalArgs, run func(*cobra.Command, []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, Short: a.w.T(k), Args: argn, RunE: run, DisableFlagsInUseLine: true}
	if long := k + ".long"; a.w.Has(long) {
		c.Long = a.w.T(long)
	}
	c.Example = "  " + strings.ReplaceAll(a.w.T(k+".example"), "\n", "\n  ")
	if argn == nil {
		c.Args, c.SuggestionsMinimumDistance = group, 2
	}
	return c
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
// and in a file.
func (a *app) style(root *cobra.Command) {
	t := func(k text.K) string { return a.w.T(k) }
	root.SetUsageTemplate(t(text.HelpUsage) + `{{if .Runnable}}
  {{.UseLine}}{{if .HasAvailableFlags}} ` + t(text.HelpFlagsWord) + `{{end}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} ` + t(text.HelpCommandWord) + `{{end}}{{if .HasExample}}

` + t(text.HelpExamples) + `
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

` + t(text.HelpCommands) + `{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

` + t(text.HelpFlags) + `
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

` + t(text.HelpGlobal) + `
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

` + t(text.HelpMore) + `{{end}}
`)
	root.SetHelpTemplate(`{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`)
}

// flagSet reports whether the user gave a flag.
func (a *app) flagSet(c *cobra.Command, name string) bool {
	f := c.Flag(name)
	return f != nil && f.Changed
}
