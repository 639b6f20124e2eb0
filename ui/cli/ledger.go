package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// entryJSON is a line of a ledger.
type entryJSON struct {
	ID     string         `json:"id"`
	Kind   consent.Kind   `json:"kind"`
	Scope  consent.Scope  `json:"scope"`
	At     *time.Time     `json:"at"`
	Source consent.Source `json:"source"`
	Words  string         `json:"words,omitempty"`
	Place  string         `json:"place,omitempty"`
	Agent  string         `json:"agent,omitempty"`
	Undoes string         `json:"undoes,omitempty"`
}

type verdictJSON struct {
	Allowed bool           `json:"allowed"`
	Reason  consent.Reason `json:"reason"`
}

type standingJSON struct {
	Contact   string      `json:"contact"`
	Marketing verdictJSON `json:"marketing"`
	Utility   verdictJSON `json:"utility"`
	Service   verdictJSON `json:"service"`
	Ledger    []entryJSON `json:"ledger"`
}

func entryShape(e *consent.Entry) entryJSON {
	j := entryJSON{ID: id(e.ID), Kind: e.Kind, Scope: e.Scope, At: at(e.At), Source: e.Source, Words: e.Words, Place: e.Place, Agent: e.Agent}
	if e.Undoes != 0 {
		j.Undoes = id(e.Undoes)
	}
	return j
}

// contactsConsent shows what a person allows with its proofs, and enters more.
func (a *app) contactsConsent() *cobra.Command {
	var in, out, undo string
	var all, yes bool
	c := a.command("consent ID", text.CmdContactsConsent, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		mistake := int64(0)
		if undo != "" {
			if mistake, err = number(undo, text.UseEntry); err != nil {
				return err
			}
		}
		agrees, stops := cmd.Flags().Changed("in"), cmd.Flags().Changed("out") || all
		switch in = strings.TrimSpace(in); {
		case agrees && stops:
			return usage(text.UseInOut)
		case agrees && in == "":
			return usage(text.UseWords)
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			if mistake != 0 {
				if err := s.Customers.Mistake(ctx, n, mistake, a.g.Agent); err != nil {
					return err
				}
			}
			e := consent.Entry{Kind: consent.OptOut, Scope: consent.Marketing, Words: in + strings.TrimSpace(out), Agent: a.g.Agent}
			if agrees {
				e.Kind = consent.OptIn
				if err := a.mayLift(ctx, s, n, yes); err != nil {
					return err
				}
			}
			if all {
				e.Scope = consent.Everything
			}
			if agrees || stops {
				if _, _, err := s.Customers.Record(ctx, []int64{n}, e, nil); err != nil {
					return err
				}
			}
			return a.printStanding(ctx, s, n)
		})
	})
	f := c.Flags()
	f.StringVar(&in, "in", "", a.w.T(text.FlagOptIn))
	f.StringVar(&out, "out", "", a.w.T(text.FlagOptOut))
	f.BoolVar(&all, "all", false, a.w.T(text.FlagOptOutAll))
	f.StringVar(&undo, "undo", "", a.w.T(text.FlagMistake))
	f.BoolVar(&yes, "yes", false, a.w.T(text.FlagLift))
	return c
}

// mayLift refuses an agreement of somebody who said stop, unless it is said that
// they changed their mind themselves: nothing else may lift a stop (P-122).
func (a *app) mayLift(ctx context.Context, s *Shop, n int64, yes bool) error {
	es, err := s.Customers.Store.Consents(ctx, n)
	if err != nil || yes || !consent.Of(es, false).Marketing.Reason.Out() {
		return err
	}
	return &refusal{code: core.NoConsent, key: text.LiftStop, err: core.Fail(core.NoConsent, "cli.consent", nil)}
}

func (a *app) printStanding(ctx context.Context, s *Shop, n int64) error {
	d, err := s.Customers.Detail(ctx, n)
	if err != nil {
		return err
	}
	st := d.Standing
	if a.g.JSON {
		out := standingJSON{Contact: id(n), Marketing: verdictJSON{st.Marketing.Allowed, st.Marketing.Reason}, Utility: verdictJSON{st.Utility.Allowed, st.Utility.Reason},
			Service: verdictJSON{st.Service.Allowed, st.Service.Reason}, Ledger: make([]entryJSON, len(d.Ledger))}
		for i := range d.Ledger {
			out.Ledger[i] = entryShape(&d.Ledger[i])
		}
		return a.printJSON(out)
	}
	if err := a.println(a.contactLine(&d.Contact) + "\n" + a.w.T(text.K("cli.consent."+string(st.Marketing.Reason))) + "\n" + a.mayBeSent(&st)); err != nil {
		return err
	}
	for i := range d.Ledger {
		if err := a.println(a.entryLine(&d.Ledger[i])); err != nil {
			return err
		}
	}
	return nil
}

// mayBeSent tells for each purpose whether it may be written now, and why.
func (a *app) mayBeSent(st *consent.Standing) string {
	var lines []string
	for _, p := range []struct {
		k text.K
		v consent.Verdict
	}{{text.ContactsMarketing, st.Marketing}, {text.ContactsUtility, st.Utility}, {text.ContactsService, st.Service}} {
		sign := "✗"
		if p.v.Allowed {
			sign = "✓"
		}
		lines = append(lines, "  "+sign+" "+a.w.T(p.k)+": "+a.w.T(text.K("contacts.reason."+string(p.v.Reason))))
	}
	return strings.Join(lines, "\n")
}

func (a *app) entryLine(e *consent.Entry) string {
	return "  " + kit.Fit(id(e.ID), 5) + "  " + e.At.UTC().Format(time.DateOnly) + "  " + kit.Fit(a.w.T(text.K("cli.entry."+string(e.Kind))), 18) + "  " +
		kit.CleanLine(e.Words+" "+e.Place+" "+e.Agent)
}

// reviewJSON is a message that may mean stop.
type reviewJSON struct {
	ID           string          `json:"id"`
	Contact      string          `json:"contact"`
	Conversation string          `json:"conversation"`
	Name         string          `json:"name,omitempty"`
	Phone        core.Phone      `json:"phone,omitempty"`
	Reading      consent.Reading `json:"reading"` // ask, propose; opt_out stands and may be undone
	Word         string          `json:"word"`
	Text         string          `json:"text"`
	At           *time.Time      `json:"at"`
}

func (a *app) contactsTray() *cobra.Command {
	var limit int
	c := a.command("tray", text.CmdContactsTray, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if limit < 1 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", limit)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			rs, err := s.Customers.Tray(ctx, limit)
			if err != nil {
				return err
			}
			return a.printTray(rs)
		})
	})
	c.Flags().IntVar(&limit, "limit", 100, a.w.T(text.FlagLimit))
	return c
}

func (a *app) printTray(rs []people.Review) error {
	if a.g.JSON {
		out := make([]reviewJSON, len(rs))
		for i, r := range rs {
			out[i] = reviewJSON{id(r.ID), id(r.ContactID), id(r.ConversationID), r.Name, r.Phone, r.Reading, r.Word, r.Text, at(r.At)}
		}
		return a.printJSON(out)
	}
	if len(rs) == 0 {
		return a.println(a.w.T(text.TrayEmpty))
	}
	for _, r := range rs {
		if err := a.println(kit.Fit(id(r.ID), 5) + "  " + kit.Fit(a.nameOf(&core.Contact{Name: r.Name, Phone: r.Phone}), 24) + "  " +
			kit.Fit(a.w.T(text.K("cli.reading."+string(r.Reading))), 12) + "  " + clip(r.Text)); err != nil {
			return err
		}
	}
	return nil
}

// contactsDecide ends a review: stop, or no when the words meant something else.
func (a *app) contactsDecide() *cobra.Command {
	c := a.command("decide REVIEW stop|no", text.CmdContactsDecide, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		n, err := number(arg[0], text.UseReview)
		if err != nil {
			return err
		}
		if arg[1] != "stop" && arg[1] != "no" {
			return usage(text.UseTooMany, "Argument", clip(arg[1]))
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if _, err := s.Customers.Decide(ctx, n, a.g.Agent, arg[1] == "stop"); err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"id": id(n), "stop": arg[1] == "stop"})
			}
			return a.println(a.w.T(text.DidDecide))
		})
	})
	return c
}
