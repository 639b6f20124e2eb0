package ingest

import (
	"strconv"
	"strings"

	"bottega/core"
	"bottega/core/carrier"
)

// template is a change of a template at the provider: whoever shows them reads
// them again.
func (a *applier) template(e *core.Event) error {
	a.tx.Changed(core.Change{Kind: core.Templates, ID: a.ch.ID})
	news := strings.Join(strings.Fields(strings.Join([]string{e.TemplateStatus, e.Category, string(e.Quality), e.Reason}, " ")), " ")
	_, err := a.once(core.Activity{Kind: core.ActChannel, Detail: bound("template "+e.Name+" "+e.Language+" "+news, maxName)},
		e, e.TemplateID, e.Name, e.Language, news)
	return err
}

// numberHealth is news of the number's standing.
func (a *applier) numberHealth(e *core.Event) error {
	first, err := a.once(core.Activity{Kind: core.ActChannel,
		Detail: bound(strings.TrimSpace("number "+e.AccountEvent+" "+e.Value+" "+string(e.Quality)+" "+e.Limit), maxName)},
		e, e.AccountEvent, e.Value, string(e.Quality), e.Limit)
	if err != nil || !first {
		return err
	}
	return a.health(e, "")
}

// health takes over what an event says of the number, unless something newer
// is known. Note is one more hint of the provider's.
func (a *applier) health(e *core.Event, note string) error {
	ch, err := a.tx.Channel(a.ch.ID)
	if err != nil {
		return err
	}
	h, changed := ch.Health.Told(e.Quality, limit(e.Limit), note, a.at(e))
	if !changed {
		return nil
	}
	ch.Health = h
	a.tx.Changed(core.Change{Kind: core.Channels, ID: ch.ID})
	return a.tx.SaveChannel(&ch)
}

// limit reads "2000", "TIER_2K", "TIER_UNLIMITED" and "-1" (unlimited); 0 when
// it says nothing of a limit.
func limit(s string) int {
	s = strings.TrimPrefix(strings.ToUpper(s), "TIER_")
	if s == "UNLIMITED" {
		return -1
	}
	times := 1
	if v, ok := strings.CutSuffix(s, "K"); ok {
		s, times = v, 1000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < -1 || n > 1e9 {
		return 0
	}
	return n * times
}

// standing says what words of an account event mean for sending
// (bsp/meta.md 6.7): a class pauses, "" resumes what that pause stopped.
var standing = map[string]core.Class{
	"RESTRICTED_CUSTOMER_INITIATED_MESSAGING": core.ClassPolicy, // replies too
	"DISABLE":             core.ClassPolicy,
	"ACCOUNT_DELETED":     core.ClassAuth,
	"PARTNER_REMOVED":     core.ClassAuth,
	"ACCOUNT_OFFBOARDED":  core.ClassAuth,
	"REINSTATE":           "",
	"ACCOUNT_RECONNECTED": "",
}

// account is news of the whole account: it may stop all sending of its numbers
// or allow it again.
func (a *applier) account(e *core.Event) error {
	detail := strings.Join(strings.Fields(e.AccountEvent+" "+e.Restriction+" "+e.Value+" "+e.Reason), " ")
	first, err := a.once(core.Activity{Kind: core.ActChannel, Detail: bound("account "+detail, maxName)},
		e, e.AccountEvent, e.Restriction, e.Value, e.Reason)
	if err != nil || !first {
		return err
	}
	if err := a.health(e, bound(detail, maxShort)); err != nil {
		return err
	}
	for _, word := range append(strings.Split(e.Restriction, ","), e.AccountEvent) {
		class, known := standing[strings.TrimSpace(word)]
		switch {
		case !known:
		case class == "":
			err = a.resume(e)
		default:
			err = carrier.Pause(a.tx, a.ch.ID, &core.ProviderError{Code: word, Class: class, Message: word}, a.now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resume lets a channel send again that an account event had stopped; not one
// that a person or a refused key stopped.
func (a *applier) resume(e *core.Event) error {
	ch, err := a.tx.Channel(a.ch.ID)
	if err != nil || ch.State != core.Paused || standing[ch.Detail] != ch.PauseClass || ch.PauseClass == "" {
		return err
	}
	ch.State, ch.PauseClass, ch.Detail = core.Active, "", ""
	if err := a.tx.SaveChannel(&ch); err != nil {
		return err
	}
	a.tx.Changed(core.Change{Kind: core.Channels, ID: ch.ID}, core.Change{Kind: core.Work, ID: ch.ID})
	return a.tx.AddActivity(core.Activity{ChannelID: ch.ID, Kind: core.ActChannel, Detail: string(core.Active), At: a.at(e)})
}
