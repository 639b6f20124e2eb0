package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bottega/ui/text"
)

// Manual is the chapter on commands, in Markdown, written from the command
// tree itself: assets/manual/commands.md.
func Manual(words *text.Words) string {
	a := &app{h: Host{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}, g: Globals{Words: words, Agent: "…", Lang: words.Lang()}, w: words}
	root := a.root()
	var b strings.Builder
	b.WriteString("# " + words.T(text.CommandsTitle) + "\n\n" + words.T(text.CommandsIntro) + "\n")
	chapter(&b, words, root)
	return b.String()
}

// chapter writes a command and all below it.
func chapter(b *strings.Builder, w *text.Words, c *cobra.Command) {
	_, _ = fmt.Fprintf(b, "\n## `%s`\n\n", strings.TrimSpace(c.UseLine()))
	long := c.Long
	if long == "" {
		long = c.Short
	}
	b.WriteString(paragraphs(long) + "\n")
	if flags := c.LocalFlags(); flags.HasAvailableFlags() {
		_, _ = fmt.Fprintf(b, "\n| %s | |\n|---|---|\n", w.T(text.HelpFlags))
		flags.VisitAll(func(f *pflag.Flag) { option(b, f) })
	}
	_, _ = fmt.Fprintf(b, "\n```\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n"))
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() {
			chapter(b, w, child)
		}
	}
}

// paragraphs keeps indented lines as they are and lets others flow.
func paragraphs(s string) string {
	var out []string
	for p := range strings.SplitSeq(s, "\n\n") {
		if strings.HasPrefix(p, "  ") {
			p = "```json\n" + strings.ReplaceAll(strings.TrimPrefix(p, "  "), "\n  ", "\n") + "\n```"
		} else {
			p = strings.ReplaceAll(p, "\n", " ")
		}
		out = append(out, p)
	}
	return strings.Join(out, "\n\n")
}

func option(b *strings.Builder, f *pflag.Flag) {
	if f.Hidden {
		return
	}
	value, what := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if value != "" {
		name += " " + value
	}
	_, _ = fmt.Fprintf(b, "| `%s` | %s |\n", name, strings.ReplaceAll(what, "|", "\\|"))
}
