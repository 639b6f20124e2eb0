package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/library"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Exit codes of the contract.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3 // by a rule: window, limit, lint, consent
	exitUnsure  = 4 // a send whose outcome is unknown
)

// usageError is a command line that cannot be meant.
type usageError struct {
	key     text.K
	kv      []any
	command string // whose --help shows how it is done
}

func (e *usageError) Error() string { return "usage: " + string(e.key) }

// usage says in words what is wrong with the command line.
func usage(k text.K, kv ...any) error { return &usageError{key: k, kv: kv} }

// refusal is an error that the command can say more of than its code does.
type refusal struct {
	code core.Code
	key  text.K
	kv   []any
	err  error // what it says more of, where that has a class of its own
}

func (e *refusal) Error() string { return "cli: " + string(e.code) }

func (e *refusal) Unwrap() error { return e.err }

// refuse says in words of its own why something cannot be done.
func refuse(c core.Code, k text.K, kv ...any) error { return &refusal{code: c, key: k, kv: kv} }

// quiet ends a command with an exit code when it has said all there is to say.
type quiet int

func (q quiet) Error() string { return "exit " + strconv.Itoa(int(q)) }

// flagError puts pflag's complaints into our words.
func flagError(cmd *cobra.Command, err error) error {
	u := &usageError{key: text.UseFlag, kv: []any{"Flag", ""}, command: cmd.CommandPath()}
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		u.kv = []any{"Flag", dashed(unknown.GetSpecifiedName())}
	case errors.As(err, &missing):
		u.key, u.kv = text.UseFlagValue, []any{"Flag", dashed(missing.GetSpecifiedName())}
	case errors.As(err, &invalid):
		u.key, u.kv = text.UseFlagWrong, []any{"Flag", dashed(invalid.GetFlag().Name), "Value", kit.CleanLine(invalid.GetValue())}
	case errors.As(err, &syntax):
		u.kv = []any{"Flag", kit.CleanLine(syntax.GetSpecifiedFlag())}
	default:
		return err
	}
	return u
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + kit.CleanLine(name)
}

// args wants between least and most arguments (most < 0: any number).
func args(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		switch {
		case len(got) < least:
			return &usageError{key: text.UseTooFew, kv: []any{"Use", cmd.UseLine()}, command: cmd.CommandPath()}
		case most >= 0 && len(got) > most:
			return &usageError{key: text.UseTooMany, kv: []any{"Argument", kit.CleanLine(got[most])}, command: cmd.CommandPath()}
		}
		return nil
	}
}

// group is for commands that only hold others: whatever follows must be one of them.
func group(cmd *cobra.Command, got []string) error {
	if len(got) == 0 {
		return nil
	}
	u := &usageError{key: text.UseCommand, kv: []any{"Command", kit.CleanLine(got[0])}, command: cmd.CommandPath()}
	if near := cmd.SuggestionsFor(got[0]); len(near) > 0 {
		u.key, u.kv = text.UseCommandNear, append(u.kv, "Near", cmd.CommandPath()+" "+near[0])
	}
	return u
}

// errorJSON is an error as --json shows it.
type errorJSON struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Provider string `json:"provider_code,omitempty"`
	Class    string `json:"class,omitempty"`
	At       *int   `json:"at,omitempty"` // rune offset of the wrong word of an expression

	Refusals []refusalJSON `json:"refusals,omitempty"` // rules that forbid a campaign
}

// finish tells the user what went wrong, in one plain sentence with what to do
// next, and turns the error into the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return exitDone
	}
	var q quiet
	if errors.As(err, &q) {
		return int(q)
	}
	j := errorJSON{Code: string(core.CodeOf(err))}
	code := exitCode(err)
	if a.g.ReadOnly && core.CodeOf(err) == core.ReadOnly {
		code = exitRefused // by a rule of the user's own; a folder that cannot be written is a failure
	}
	var use *usageError
	var no *refusal
	var bad *exprError
	file, crashed := a.h.Crash(a.g, err)
	switch {
	case errors.As(err, &use):
		j.Code = "usage"
		j.Message, j.Hint = a.w.T(use.key, use.kv...), a.w.T(text.UseHelp, "Command", orDefault(use.command, "bottega"))
	case errors.As(err, &bad):
		j.Code, j.Message, j.Hint, j.At = "segment_syntax", a.segmentWords(bad.err), "", &bad.err.At
	case errors.As(err, &no):
		j.Code, j.Message = string(no.code), a.w.T(no.key, no.kv...)
		if hint := no.key + ".hint"; a.w.Has(hint) {
			j.Hint = a.w.T(hint)
		}
		if pe := core.ProviderErrorOf(no.err); pe != nil {
			j.Provider, j.Class = pe.Code, string(pe.Class)
		}
	case crashed:
		j.Code = string(core.Internal)
		j.Message, j.Hint = a.w.Error(core.Fail(core.Internal, "cli", nil))
		if file != "" {
			j.Hint = a.w.T(text.CrashFile, "File", file)
		}
	case errors.Is(err, context.Canceled):
		j.Code, j.Message = "interrupted", a.w.T(text.Interrupted)
	case core.CodeOf(err) == core.Unreachable: // says more than the class of an answer that never came
		j.Message, j.Hint = a.w.Error(core.Fail(core.Unreachable, "cli", nil))
	case campaign.RefusalsOf(err) != nil:
		j.Message, j.Refusals = a.refusedWords(campaign.RefusalsOf(err)), a.refusals(campaign.RefusalsOf(err))
	case ledger.MistakesOf(err) != nil:
		j.Message, j.Hint = a.mistakes(ledger.MistakesOf(err)), a.w.T(text.RatesHint)
	case library.StoppedOf(err) != nil:
		j.Message = a.w.Stopped(string(library.StoppedOf(err).Why))
	default:
		j.Message, j.Hint = a.w.Error(err)
		if pe := core.ProviderErrorOf(err); pe != nil {
			j.Code, j.Provider, j.Class = string(core.ProviderRefused), pe.Code, string(pe.Class)
		}
	}
	if a.g.JSON {
		enc := json.NewEncoder(a.h.Err)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(map[string]errorJSON{"error": j}) // nobody is left to tell when stderr is gone
		return code
	}
	_, _ = fmt.Fprintln(a.h.Err, strings.TrimSpace(j.Message+" "+j.Hint))
	if bad != nil {
		_, _ = fmt.Fprintln(a.h.Err, bad.caret())
	}
	return code
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// exitCode sorts errors into the contract's exit codes.
func exitCode(err error) int {
	var use *usageError
	var bad *exprError
	if errors.As(err, &use) || errors.As(err, &bad) {
		return exitUsage
	}
	if ledger.MistakesOf(err) != nil { // of a file, not of the command line
		return exitFailed
	}
	var no *refusal
	if errors.As(err, &no) && no.err == nil {
		if no.code == core.InvalidInput {
			return exitUsage
		}
		return exitFailed
	}
	if pe := core.ProviderErrorOf(err); pe != nil {
		switch pe.Class {
		case core.ClassWindowClosed, core.ClassOptedOut, core.ClassBlocked, core.ClassMarketingCapped,
			core.ClassPairLimit, core.ClassThrottle, core.ClassTemplate:
			return exitRefused
		}
		if pe.Uncertain {
			return exitUnsure
		}
		return exitFailed
	}
	switch core.CodeOf(err) {
	case core.InvalidInput, core.BadTime, core.PastTime, core.BadAddress:
		return exitUsage
	case core.WindowClosed, core.RateLimited, core.Locked, core.TooLate, core.TooLarge, core.BadMedia,
		core.TextTooLong, core.EmptyMessage, core.ChannelPaused, core.NoRecipient, core.LintFailed, core.TemplateStopped, core.Refused, core.NoConsent, core.PromoRest:
		return exitRefused
	case core.OutcomeUnsure:
		return exitUnsure
	}
	return exitFailed
}
