package connect

import (
	"context"
	"regexp"
	"slices"
	"time"

	"bottega/core"
)

// Tryout sends a message to the owner's own phone and waits for its tick.
// Fields are required.
type Tryout struct {
	Inbox core.InboxReader
	Feed  *core.Feed
	// Send queues a message to a number; core/inbox.Service.SendTo does it.
	Send     func(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error)
	Gateways core.Gateways
	Policy   Policy
	Now      func() time.Time
}

// Words of a test message: what stands in it.
type Words struct{ Text string }

// Run sends a plain text where the owner has written to the number within the
// window, else the first approved template that needs no values, and tells the
// state of the message each time it changes. The last result is Done with the
// first tick of a delivery, ToDo when none came in time or nothing may be sent,
// Failed when the provider refused. The sender, and whatever takes callbacks,
// must be running beside it.
func (t *Tryout) Run(ctx context.Context, ch core.Channel, to core.Phone, agent string, say Words, tell func(Result)) (Result, error) {
	began := t.Now()
	sub := t.Feed.Subscribe(core.Messages)
	defer sub.Close()
	m, template, err := t.send(ctx, ch, to, agent, say)
	switch {
	case core.CodeOf(err) == core.WindowClosed:
		return told(tell, Result{Step: StepTest, State: ToDo, Why: WhyWrite}), nil
	case err != nil:
		return Result{}, err
	}
	wait, over := context.WithTimeout(ctx, t.Policy.Tick.D())
	defer over()
	last := core.State("")
	for {
		r := Result{Step: StepTest, State: ToDo, Why: WhySent, Test: &Test{Message: m.ID, Template: template, State: m.State, Took: t.Now().Sub(began)}}
		switch m.State {
		case core.Delivered, core.Read:
			r.State, r.Why = Done, ""
			return told(tell, r), nil
		case core.Failed, core.UnsureSent:
			r.State, r.Why = Failed, WhyRefused
			r.Err = core.Fail(core.OutcomeUnsure, "connect.Try", nil)
			if m.Error != nil {
				r.Err = core.Fail(core.ProviderRefused, "connect.Try", m.Error)
			}
			return told(tell, r), nil
		case last:
		default:
			last = m.State
			tell(r)
		}
		if _, err := sub.Wait(wait, time.Second); err != nil || wait.Err() != nil {
			if ctx.Err() != nil {
				return Result{}, ctx.Err()
			}
			if wait.Err() == nil {
				return Result{}, err
			}
			r.Why = WhyNoTick
			return told(tell, r), nil
		}
		if m, err = t.again(ctx, m); err != nil {
			return Result{}, err
		}
	}
}

func told(tell func(Result), r Result) Result {
	tell(r)
	return r
}

// again reads a message as it is now.
func (t *Tryout) again(ctx context.Context, m core.Message) (core.Message, error) {
	ms, err := t.Inbox.Messages(ctx, m.ConversationID, m.ID+1, 1)
	if err != nil {
		return m, err
	}
	if len(ms) == 0 || ms[0].ID != m.ID {
		return m, core.Fail(core.NotFound, "connect.Try", nil)
	}
	return ms[0], nil
}

// send tries a text, which the window may not allow, then a template.
func (t *Tryout) send(ctx context.Context, ch core.Channel, to core.Phone, agent string, say Words) (core.Message, string, error) {
	m, err := t.Send(ctx, ch.ID, to, agent, core.Content{Type: core.TypeText, Text: say.Text})
	if core.CodeOf(err) != core.WindowClosed {
		return m, "", err
	}
	shut := err
	gw, err := t.Gateways.Gateway(ctx, ch)
	if err != nil {
		return m, "", err
	}
	all, err := gw.Templates(ctx)
	if err != nil {
		return m, "", err
	}
	found, ok := plainest(all)
	if !ok {
		return m, "", shut
	}
	m, err = t.Send(ctx, ch.ID, to, agent, core.Content{Type: core.TypeTemplate, Text: found.Body,
		Template: &core.TemplateCall{Name: found.Name, Language: found.Language, Category: found.Category}})
	return m, found.Name, err
}

// approved is how every provider's list writes that a template may be sent.
const approved = "APPROVED"

var variable = regexp.MustCompile(`\{\{[^}]*\}\}`)

// plainest is an approved template that can be sent as it is, and to somebody
// who has agreed to no advertising: Meta's own hello_world, which every new
// account has, before others.
func plainest(ts []core.Template) (core.Template, bool) {
	var fit []core.Template
	for _, t := range ts {
		media := t.Header.Format != "" && t.Header.Format != "TEXT"
		open := slices.ContainsFunc(t.Buttons, func(b core.TemplateButtonDef) bool {
			return variable.MatchString(b.URL) || b.Type == "COPY_CODE" || b.Type == "OTP"
		})
		if t.Status != approved || t.Category != "UTILITY" || media || open || variable.MatchString(t.Header.Text) || variable.MatchString(t.Body) || t.Body == "" {
			continue
		}
		fit = append(fit, t)
	}
	i := slices.IndexFunc(fit, func(t core.Template) bool { return t.Name == "hello_world" })
	switch {
	case i >= 0:
		return fit[i], true
	case len(fit) > 0:
		return fit[0], true
	}
	return core.Template{}, false
}
