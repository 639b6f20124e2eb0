package ui

import (
	"context"
	"net/url"
	"os/exec"
	"runtime"
	"time"

	"bottega/core"
	"bottega/ui/frame"
)

// openLimit is how long the desktop may take to start a program.
const openLimit = 10 * time.Second

// OpenTarget shows a received file or an address with the desktop's program
// for it. Of addresses only those of the web, of places and of people are let
// through, since they come from customers; anything else names a file of the
// shop, and file finds where it lies. It returns once the desktop took over;
// NoOpener, an *Unopened with what can be opened by hand, when it did not.
func OpenTarget(target string, file func(string) (string, error)) error {
	const op = "ui.OpenTarget"
	u, err := url.Parse(target)
	if err == nil && u.Scheme != "" {
		switch u.Scheme {
		case "http", "https", "geo", "tel", "mailto":
		default:
			return core.Fail(core.InvalidInput, op, nil)
		}
	} else if target, err = file(target); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openLimit)
	defer cancel()
	name, args := opener(runtime.GOOS, target)
	if err := exec.CommandContext(ctx, name, args...).Run(); err != nil {
		return core.Fail(core.NoOpener, op, &frame.Unopened{Target: target, Err: err})
	}
	return nil
}

// opener is the desktop's command for a target.
func opener(goos, target string) (string, []string) {
	switch goos {
	case "darwin":
		return "open", []string{target}
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler", target}
	}
	return "xdg-open", []string{target}
}
