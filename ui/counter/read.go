package counter

import (
	"context"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/contact"
	"bottega/core/ledger"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/templates"
)

// region is where the shop's first number is from, for numbers that are typed
// or imported without a country code; "" when that is not known.
func (s *Screen) region(ctx context.Context) string {
	chs, err := s.Store.Channels(ctx)
	if err != nil || len(chs) == 0 {
		return "" // national numbers are refused then, with the reason
	}
	return contact.Country(chs[0].Number)
}

// spent is what a campaign has cost so far; nothing when its number is gone.
func (s *Screen) spent(ctx context.Context, c campaign.Campaign) ([]core.Money, error) {
	t, err := s.spending(ctx, c)
	return t.Amounts.List(), err
}

func (s *Screen) spending(ctx context.Context, c campaign.Campaign) (ledger.Spending, error) {
	ch, err := s.Store.Channel(ctx, c.ChannelID)
	if core.CodeOf(err) == core.NotFound {
		return ledger.Spending{}, nil
	}
	if err != nil {
		return ledger.Spending{}, err
	}
	return s.Shop.Ledger.Spent(ctx, ch, c.ID, c.StartedAt, s.Now())
}

// texts is what went by SMS in place of a campaign's messages, and its cost.
func (s *Screen) texts(ctx context.Context, c campaign.Campaign) (campaign.Texts, []core.Money, error) {
	n, err := s.Store.Texts(ctx, c.ID)
	if err != nil || n.Total() == 0 {
		return n, nil, err
	}
	t, err := s.spending(ctx, c)
	return n, t.SMS.Amounts.List(), err
}

// checkForm says whether a template may be sent with these values.
func (s *Screen) checkForm(ctx context.Context, channel int64, name, language string, values []string) error {
	lib, err := s.Shop.Library()
	if err != nil {
		return err
	}
	return lib.Check(ctx, channel, name, language, values)
}

// glance tells how the templates stand.
func (s *Screen) glance(ctx context.Context) ([]library.Entry, error) {
	shelf, err := s.Shelf()
	if err != nil {
		return nil, err
	}
	return shelf.Glance(ctx)
}

// tools are those of the library's pane.
func (s *Screen) tools(context.Context) (templates.Tools, error) {
	lib, err := s.Shop.Library()
	if err != nil {
		return templates.Tools{}, err
	}
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		return templates.Tools{}, err
	}
	samples, err := templates.ReadSamples(assets.Templates())
	return templates.Tools{Work: lib, Linter: lib.Linter, Cycle: lib.Cycle, Starter: starter, Samples: samples}, err
}
