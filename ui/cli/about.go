package cli

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/text"
)

// Build says which program this is.
type Build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// ThisBuild is the running program, as the go command stamped it.
func ThisBuild() Build {
	b := Build{Version: "dev", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value[:min(12, len(s.Value))]
		}
	}
	return b
}

func (a *app) version() *cobra.Command {
	return a.command("version", text.CmdVersion, args(0, 0), func(*cobra.Command, []string) error {
		b := a.h.Build
		if a.g.JSON {
			return a.printJSON(b)
		}
		commit := ""
		if b.Commit != "" {
			commit = " (" + b.Commit + ")"
		}
		return a.println("bottega " + b.Version + commit + " " + b.Go + " " + b.OS + "/" + b.Arch)
	})
}

// shells whose completion scripts cobra can write.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (a *app) completion() *cobra.Command {
	c := a.command("completion SHELL", text.CmdCompletion, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		root, out := cmd.Root(), a.h.Out
		switch arg[0] {
		case "bash":
			return a.printed(root.GenBashCompletionV2(out, true))
		case "zsh":
			return a.printed(root.GenZshCompletion(out))
		case "fish":
			return a.printed(root.GenFishCompletion(out, true))
		case "powershell":
			return a.printed(root.GenPowerShellCompletionWithDesc(out))
		}
		return usage(text.UseShell, "Shell", clip(arg[0]), "Known", strings.Join(shells, ", "))
	})
	c.ValidArgs = shells
	return c
}

// announced are the commands of the contract whose issues have not landed.
var announced = []struct {
	use string
	key text.K
}{
	{"rules", text.CmdRules}, {"replies", text.CmdReplies},
}

// later makes the announced commands: they take any arguments, so that a
// script learns the same thing whatever it asked for, and say so plainly.
func (a *app) later() []*cobra.Command {
	cs := make([]*cobra.Command, len(announced))
	for i, l := range announced {
		cs[i] = a.command(l.use, l.key, args(0, -1), func(*cobra.Command, []string) error {
			return core.Fail(core.NotYet, "cli."+l.use, nil)
		})
		cs[i].FParseErrWhitelist.UnknownFlags = true
	}
	return cs
}
