package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// dossierJSON is all that is stored on a person (GDPR art. 15 and 20).
type dossierJSON struct {
	At         time.Time         `json:"at"`
	Contact    contactJSON       `json:"contact"`
	Username   string            `json:"username,omitempty"`
	Language   string            `json:"language,omitempty"`
	Zone       string            `json:"time_zone,omitempty"`
	Email      string            `json:"email,omitempty"`
	Birthday   string            `json:"birthday,omitempty"`
	Note       string            `json:"note,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
	Created    *time.Time        `json:"created,omitempty"`
	Addresses  []addressJSON     `json:"addresses"`
	Facts      factsJSON         `json:"facts"`
	Consent    standingJSON      `json:"consent"`
	Reviews    []reviewJSON      `json:"reviews"`
	Purchases  []purchaseJSON    `json:"purchases"`
	Talks      []talkJSON        `json:"conversations"`
	Merges     []string          `json:"merges"`
	Identifier string            `json:"kept_after_erasure"` // what an erasure leaves, in words
}

type addressJSON struct {
	Channel string            `json:"channel,omitempty"`
	Kind    core.IdentityKind `json:"kind"`
	Value   string            `json:"value"`
}

// factsJSON are what is worked out about a person.
type factsJSON struct {
	Heat      string      `json:"heat"`
	LowFreq   bool        `json:"low_frequency"`
	Kept      bool        `json:"kept,omitempty"`
	Country   string      `json:"country,omitempty"`
	LastIn    *time.Time  `json:"last_in,omitempty"`
	LastOut   *time.Time  `json:"last_out,omitempty"`
	Orders    int         `json:"orders"`
	Spend     *core.Money `json:"spend,omitempty"`
	AOV       *core.Money `json:"average_order,omitempty"`
	LTV       *core.Money `json:"per_year,omitempty"`
	Freq      string      `json:"frequency"`
	AOVTier   string      `json:"order_tier"`
	LastOrder *time.Time  `json:"last_order,omitempty"`
}

func factsShape(d *people.Detail) factsJSON {
	f := &d.Facts
	out := factsJSON{Heat: d.Heat, LowFreq: d.LowFreq, Kept: f.Kept, Country: f.Country, LastIn: at(f.LastIn), LastOut: at(f.LastOut), Orders: f.Orders,
		Freq: f.Freq, AOVTier: f.AOVTier, LastOrder: at(f.LastOrder)}
	if f.Orders > 0 || f.Spend != 0 { // refunds alone are no order
		money := func(units int64) *core.Money { return &core.Money{Amount: people.Amount(units), Currency: d.Currency} }
		out.Spend, out.AOV, out.LTV = money(f.Spend), money(f.AOV), money(f.LTV)
	}
	return out
}

type purchaseJSON struct {
	Source   string     `json:"source"`
	Order    string     `json:"order"`
	At       *time.Time `json:"at"`
	Amount   core.Money `json:"amount"`
	Campaign string     `json:"campaign,omitempty"`
}

type talkJSON struct {
	ID       string        `json:"id"`
	Channel  string        `json:"channel"`
	Messages []messageJSON `json:"messages"`
	Events   []eventJSON   `json:"events,omitempty"`
}

type eventJSON struct {
	At     *time.Time        `json:"at"`
	Kind   core.ActivityKind `json:"kind"`
	Actor  string            `json:"actor,omitempty"`
	Detail string            `json:"detail,omitempty"`
}

func (a *app) contactsDossier() *cobra.Command {
	return a.command("dossier ID", text.CmdContactsDossier, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			d, err := s.Customers.Dossier(ctx, n)
			if err != nil {
				return err
			}
			names, err := channelNames(ctx, s)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(a.dossierShape(&d, names))
			}
			return a.println(a.dossierWords(&d, names))
		})
	})
}

func (a *app) dossierShape(d *people.Dossier, names map[int64]string) dossierJSON {
	c, p := &d.Contact, &d.Profile
	out := dossierJSON{At: d.At.UTC(), Contact: contactShape(c), Username: c.Username, Language: c.Language, Zone: c.TimeZone, Email: p.Email, Birthday: p.Birthday,
		Note: p.Note, Fields: p.Custom, Created: at(c.CreatedAt), Facts: factsShape(&d.Detail), Addresses: []addressJSON{}, Reviews: []reviewJSON{},
		Purchases: []purchaseJSON{}, Talks: []talkJSON{}, Merges: []string{}, Identifier: a.w.T(text.DossierKept),
		Consent: standingJSON{Contact: id(c.ID), Marketing: verdictJSON{d.Standing.Marketing.Allowed, d.Standing.Marketing.Reason},
			Utility: verdictJSON{d.Standing.Utility.Allowed, d.Standing.Utility.Reason}, Service: verdictJSON{d.Standing.Service.Allowed, d.Standing.Service.Reason}, Ledger: []entryJSON{}}}
	for _, i := range c.Identities {
		out.Addresses = append(out.Addresses, addressJSON{names[i.ChannelID], i.Kind, i.Value})
	}
	for i := range d.Ledger {
		out.Consent.Ledger = append(out.Consent.Ledger, entryShape(&d.Ledger[i]))
	}
	for _, r := range d.Tray {
		out.Reviews = append(out.Reviews, reviewJSON{id(r.ID), id(r.ContactID), id(r.ConversationID), r.Name, r.Phone, r.Reading, r.Word, r.Text, at(r.At)})
	}
	for _, o := range d.Purchases {
		out.Purchases = append(out.Purchases, purchaseJSON{o.Source, o.Ref, at(o.At), o.Amount, o.Campaign})
	}
	for i := range d.Talks {
		t := &d.Talks[i]
		j := talkJSON{ID: id(t.ID), Channel: names[t.ChannelID], Messages: []messageJSON{}}
		for k := range t.Messages {
			j.Messages = append(j.Messages, messageShape(&t.Messages[k]))
		}
		for _, e := range t.Activities {
			j.Events = append(j.Events, eventJSON{at(e.At), e.Kind, e.Actor, e.Detail})
		}
		out.Talks = append(out.Talks, j)
	}
	for _, m := range d.Merges {
		out.Merges = append(out.Merges, id(m.ID))
	}
	return out
}

// dossierWords is the dossier for the person themselves to read.
func (a *app) dossierWords(d *people.Dossier, names map[int64]string) string {
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	head := func(k text.K) { line("\n" + a.w.T(k)) }
	line(a.contactLine(&d.Contact))
	head(text.DossierNoted)
	for _, l := range a.noted(&d.Contact, &d.Profile) {
		line("  " + l)
	}
	for _, k := range slices.Sorted(maps.Keys(d.Profile.Custom)) { // unmasked: it is the person's own
		line("  " + kit.CleanLine(k) + ": " + kit.CleanLine(d.Profile.Custom[k]))
	}
	for _, l := range a.factLines(&d.Detail) {
		line("  " + l)
	}
	head(text.DossierAddresses)
	for _, i := range d.Contact.Identities {
		line("  " + kit.CleanLine(strings.TrimSpace(names[i.ChannelID]+" "+string(i.Kind)+" "+i.Value)))
	}
	head(text.DossierConsents)
	line("  " + a.w.T(text.K("cli.consent."+string(d.Standing.Marketing.Reason))))
	for i := range d.Ledger {
		line(a.entryLine(&d.Ledger[i]))
	}
	head(text.DossierPurchases)
	for _, o := range d.Purchases {
		line("  " + o.At.UTC().Format(time.DateOnly) + "  " + a.w.Money(o.Amount) + "  " + kit.CleanLine(o.Source+" "+o.Ref+" "+o.Campaign))
	}
	head(text.DossierTalks)
	for i := range d.Talks {
		t := &d.Talks[i]
		line("  " + kit.CleanLine(names[t.ChannelID]))
		for k := range t.Messages {
			line("  " + t.Messages[k].At.UTC().Format(time.DateTime) + "  " + a.said(&t.Messages[k]))
		}
	}
	line("\n" + a.w.T(text.DossierKept))
	return strings.TrimRight(b.String(), "\n")
}
