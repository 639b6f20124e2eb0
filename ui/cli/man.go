package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bottega/ui/text"
)

func (a *app) man() *cobra.Command {
	return a.command("man", text.CmdMan, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		p := page{w: a.w}
		p.write(cmd.Root(), a.h.Now().Format("2006-01-02"))
		return a.println(strings.TrimSuffix(p.b.String(), "\n"))
	})
}

// page is a manual page in the language of man(7). It is written here and not
// by a library of ours: the one for cobra begins a paragraph at each line of a
// text, and knows neither examples nor both names of an option.
type page struct {
	w *text.Words
	b strings.Builder
}

func (p *page) write(root *cobra.Command, date string) {
	fmt.Fprintf(&p.b, ".TH %s 1 %q %q %q\n", strings.ToUpper(root.Name()), date, root.Name(), escape(root.Short))
	p.section(text.ManName)
	p.b.WriteString(root.Name() + " \\- " + escape(strings.TrimSuffix(root.Short, ".")) + "\n")
	p.section(text.ManSynopsis)
	p.b.WriteString(".B " + root.Name() + "\n" + escape(p.w.T(text.HelpFlagsWord)+" ["+p.w.T(text.HelpCommandWord)+"]") + "\n")
	p.section(text.ManDescription)
	p.prose(cmp.Or(root.Long, root.Short))
	p.section(text.HelpFlags)
	p.flags(root.LocalFlags())
	p.section(text.HelpCommands)
	p.below(root)
	p.section(text.HelpExamples)
	p.literal(root.Example)
}

func (p *page) section(k text.K) { p.b.WriteString(".SH " + escape(p.w.T(k)) + "\n") }

// below writes the commands under c, each with its options and examples.
func (p *page) below(c *cobra.Command) {
	for _, child := range c.Commands() {
		if !child.IsAvailableCommand() {
			continue
		}
		fmt.Fprintf(&p.b, ".SS %s\n", escape(strings.TrimSpace(child.UseLine())))
		p.prose(cmp.Or(child.Long, child.Short))
		p.flags(child.LocalFlags())
		p.literal(child.Example)
		p.below(child)
	}
}

// prose lets paragraphs flow; indented ones stay as they are.
func (p *page) prose(s string) {
	for i, par := range strings.Split(strings.TrimSpace(s), "\n\n") {
		switch {
		case strings.HasPrefix(par, "  "):
			p.literal(par)
			continue
		case i > 0:
			p.b.WriteString(".PP\n")
		}
		for line := range strings.Lines(par) {
			p.b.WriteString(escape(strings.TrimSpace(line)) + "\n")
		}
	}
}

// literal writes lines as they stand.
func (p *page) literal(s string) {
	if strings.TrimSpace(s) == "" {
		return
	}
	p.b.WriteString(".PP\n.RS 2\n.nf\n")
	for line := range strings.Lines(strings.TrimRight(s, "\n")) {
		p.b.WriteString(escape(strings.TrimPrefix(strings.TrimRight(line, "\n"), "  ")) + "\n")
	}
	p.b.WriteString(".fi\n.RE\n")
}

func (p *page) flags(fs *pflag.FlagSet) {
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, what := pflag.UnquoteUsage(f)
		name := "\\fB" + escape("--"+f.Name) + "\\fR"
		if f.Shorthand != "" {
			name = "\\fB" + escape("-"+f.Shorthand) + "\\fR, " + name
		}
		if value != "" {
			name += " \\fI" + escape(value) + "\\fR"
		}
		p.b.WriteString(".TP\n" + name + "\n" + escape(what) + "\n")
	})
}

var roffed = strings.NewReplacer(`\`, `\e`, "-", `\-`)

// escape makes a line of text safe: a backslash, a hyphen that is to stay one,
// and a dot or quote at the beginning, which would be a request.
func escape(s string) string {
	s = roffed.Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
