package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"bottega/core"
)

// Every code of core has an exit code of the contract, and those that a rule
// gives are 3.
func TestExitCodes(t *testing.T) {
	provider := func(c core.Class, uncertain bool) error {
		return core.Fail(core.ProviderRefused, "test", &core.ProviderError{Code: "1", Class: c, Uncertain: uncertain})
	}
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitDone},
		{errors.New("anything"), exitFailed},
		{usage("x"), exitUsage},
		{core.Fail(core.BadTime, "test", nil), exitUsage},
		{core.Fail(core.PastTime, "test", nil), exitUsage},
		{core.Fail(core.InvalidInput, "test", nil), exitUsage},
		{core.Fail(core.WindowClosed, "test", nil), exitRefused},
		{core.Fail(core.Locked, "test", nil), exitRefused},
		{core.Fail(core.TooLarge, "test", nil), exitRefused},
		{core.Fail(core.NotFound, "test", nil), exitFailed},
		{core.Fail(core.Damaged, "test", nil), exitFailed},
		{core.Fail(core.NotYet, "test", nil), exitFailed},
		{core.Fail(core.OutcomeUnsure, "test", nil), exitUnsure},
		{provider(core.ClassWindowClosed, false), exitRefused},
		{provider(core.ClassOptedOut, false), exitRefused},
		{provider(core.ClassTemplate, false), exitRefused},
		{provider(core.ClassAuth, false), exitFailed},
		{provider(core.ClassRetry, true), exitUnsure},
		{provider(core.ClassRetry, false), exitFailed},
		{refuse(core.Conflict, "x"), exitFailed},
	} {
		if c.err == nil {
			continue
		}
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
}

// finished runs the end of a command that failed with err.
func finished(t *testing.T, asJSON bool, err error) (string, int) {
	t.Helper()
	var out bytes.Buffer
	a := &app{w: words(t, "en"), g: Globals{JSON: asJSON}}
	a.h.Err = &out
	a.h.Crash = func(_ Globals, err error) (string, bool) {
		_, crashed := errors.AsType[*core.PanicError](err)
		return "/state/crash-1.txt", crashed
	}
	code := a.finish(err)
	return out.String(), code
}

func TestErrorsAreOneSentence(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		want, code string
		exit       int
	}{
		"a code":      {core.Fail(core.WindowClosed, "inbox.Reply", errors.New("secret cause")), "24-hour window is closed", "window_closed", 3},
		"a provider":  {core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}), "131026", "provider", 1},
		"unreachable": {core.Fail(core.Unreachable, "x", &core.ProviderError{Class: core.ClassRetry}), "", "unreachable", 1},
		"a panic":     {&core.PanicError{Where: "job 3", Value: "what Ana wrote"}, "/state/crash-1.txt", "internal", 1},
		"interrupted": {context.Canceled, "Stopped before the end", "interrupted", 1},
		"usage":       {usage("cli.use.send-what"), "exactly one of", "usage", 2},
		"no code":     {errors.New("driver: secret cause"), "Something went wrong", "internal", 1},
	} {
		t.Run(name, func(t *testing.T) {
			plain, exit := finished(t, false, c.err)
			if exit != c.exit || !strings.Contains(plain, c.want) || strings.Count(plain, "\n") != 1 {
				t.Errorf("exit %d: %q", exit, plain)
			}
			if strings.Contains(plain, "secret cause") || strings.Contains(plain, "Ana") {
				t.Errorf("tells what belongs in no terminal: %q", plain)
			}
			text, exit := finished(t, true, c.err)
			var got struct {
				Error struct{ Code, Message, Hint string }
			}
			if err := json.Unmarshal([]byte(text), &got); err != nil || got.Error.Code != c.code || got.Error.Message == "" || exit != c.exit {
				t.Errorf("exit %d, %v: %s", exit, err, text)
			}
		})
	}
	if plain, exit := finished(t, false, quiet(exitFailed)); plain != "" || exit != exitFailed {
		t.Errorf("a quiet end says %q and exits %d", plain, exit)
	}
}

func TestScan(t *testing.T) {
	env := func(kv ...string) func(string) (string, bool) { return Environ(kv).Lookup }
	for name, c := range map[string]struct {
		args []string
		env  []string
		want Globals
	}{
		"nothing":               {nil, nil, Globals{}},
		"the locale":            {nil, []string{"LC_ALL=it_IT.UTF-8"}, Globals{Lang: "it"}},
		"our own variable":      {nil, []string{"LC_ALL=it_IT.UTF-8", "BOTTEGA_LANG=de"}, Globals{Lang: "de"}},
		"the flag wins":         {[]string{"inbox", "--lang", "ru"}, []string{"BOTTEGA_LANG=de"}, Globals{Lang: "ru"}},
		"with an equals sign":   {[]string{"--lang=zh", "--json"}, nil, Globals{Lang: "zh", JSON: true}},
		"not behind the dashes": {[]string{"send", "--", "--json", "--lang=it"}, nil, Globals{}},
		"cut off":               {[]string{"--lang"}, nil, Globals{}},
		"agent and data":        {nil, []string{"BOTTEGA_AGENT=anna", "BOTTEGA_DATA=/srv"}, Globals{Agent: "anna", Data: "/srv"}},
		"empty counts as unset": {nil, []string{"BOTTEGA_AGENT=", "BOTTEGA_DATA="}, Globals{}},
	} {
		if got := scan(c.args, env(c.env...)); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]core.Phone{
		"+393331234567": "+393331234567", "+39 333 123-4567": "+393331234567", "00393331234567": "+393331234567",
		"333 1234567": "", "12": "", "": "", "+39abc": "", "+3933312345678901234": "",
	} {
		got, err := phone(in)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("phone(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestEnviron(t *testing.T) {
	e := Environ{"A=1", "B=", "A=2", "AB=3"}
	if v, ok := e.Lookup("A"); v != "2" || !ok {
		t.Errorf("A is %q, %t", v, ok)
	}
	if v, ok := e.Lookup("B"); v != "" || !ok {
		t.Errorf("B is %q, %t", v, ok)
	}
	if _, ok := e.Lookup("C"); ok || e.Get("C") != "" {
		t.Error("C is set")
	}
}
