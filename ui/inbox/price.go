package inbox

import (
	"context"
	"slices"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/ledger"
	"bottega/core/template"
	"bottega/ui/text"
)

// stand is what is known of a person before a template is sent to them.
type stand struct {
	asked    bool // the ledger was; without one nothing is forbidden here
	consent  consent.Standing
	promoted bool // a promotion reached them within Policy.PromoRest
	prices   *prices
}

// prices are the rates of a channel.
type prices struct {
	book    *ledger.Book
	account ledger.Account
}

// standing asks the ledger and the messages about a person.
func (p *Pane) standing(ctx context.Context, contact int64, open bool) (stand, error) {
	var st stand
	if p.d.Consents != nil {
		es, err := p.d.Consents(ctx, contact)
		if err != nil {
			return st, err
		}
		st.asked, st.consent = true, consent.Of(es, open)
	}
	if p.d.Promoted != nil {
		at, err := p.d.Promoted(ctx, contact, p.d.Rules().Policy.PromoSince(p.now()))
		if err != nil {
			return st, err
		}
		st.promoted = !at.IsZero()
	}
	return st, nil
}

// forbids is why a template of a category may not go to the person: the last
// part of a key of the words, "" when it may.
func (st stand) forbids(category string) string {
	v := st.consent.Utility
	if category == template.Marketing {
		v = st.consent.Marketing
	}
	switch {
	case st.asked && !v.Allowed:
		return string(v.Reason)
	case category == template.Marketing && st.promoted:
		return string(core.PromoRest)
	}
	return ""
}

// prices reads what a channel's account is charged; nil where nobody knows. A
// mistake in the shop's own prices must not keep a message from going: then
// they are not known, and report rates names it.
func (p *Pane) prices(ctx context.Context, channel int64) (*prices, error) {
	if p.d.Prices == nil {
		return nil, nil
	}
	chs, err := p.d.Channels.Channels(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(chs, func(c core.Channel) bool { return c.ID == channel })
	if i < 0 {
		return nil, nil
	}
	b, a, err := p.d.Prices(chs[i])
	switch {
	case core.CodeOf(err) == core.InvalidInput:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &prices{b, a}, nil
}

// country is where a person's number is from, or the letters of their user id.
func country(c *core.Contact) string {
	user := slices.IndexFunc(c.Identities, func(id core.Identity) bool { return id.Kind == core.IdentityUser })
	if user < 0 {
		return contact.Country(c.Phone)
	}
	return contact.CountryOf(c.Phone, c.Identities[user].Value)
}

// quote is the price of a template of a category in this conversation now; ok
// is false where prices are not known at all.
func (p *Pane) quote(category string, st stand) (q ledger.Quote, ok bool) {
	if st.prices == nil {
		return q, false
	}
	now, as := p.now(), campaign.CategoryOf(core.Template{Category: category})
	return st.prices.book.Quote(st.prices.account, now, as, country(&p.conv.Contact), p.conv.WindowOpen(now), now.Before(p.conv.FreeUntil)), true
}

// formDetail is the category of a template and, where it is known, its price.
func (p *Pane) formDetail(t *core.StoredTemplate, st stand) string {
	w := p.env.Words
	s := categoryWord(w, t.Category)
	switch q, ok := p.quote(t.Category, st); {
	case !ok:
	case q.Free:
		s += " · " + w.T(text.TplCostNothing)
	case q.Known:
		s += " · " + w.Money(q.Price)
	}
	return s
}

// formCost says what a template of a category costs in this conversation:
// nothing inside a free entry point (P-75) or where the rules give it away,
// else by the rate card with its day; and that it is not known where it is not.
func (p *Pane) formCost(category string, st stand) string {
	w := p.env.Words
	q, ok := p.quote(category, st)
	switch {
	case p.now().Before(p.conv.FreeUntil) && (!ok || q.Free):
		return w.T(text.TplCostFree, "Until", w.When(p.conv.FreeUntil, p.now()))
	case ok && q.Free:
		return w.T(text.TplCostWindow)
	case ok && q.Known && q.Stale:
		return w.T(text.TplCostStale, "Cost", w.Money(q.Price), "Date", q.From)
	case ok && q.Known:
		return w.T(text.TplCostPrice, "Cost", w.Money(q.Price), "Date", q.From)
	}
	for i := len(p.th.msgs) - 1; i >= 0; i-- {
		if m := &p.th.msgs[i]; m.Cost != nil && m.Template != nil && m.Template.Category == category {
			return w.T(text.TplCostLast, "Cost", w.Money(*m.Cost))
		}
	}
	if ok {
		return w.T(text.TplCostUnknown)
	}
	return w.T(text.TplCostOwn)
}
