package campaigns

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/people"
	"bottega/core/segment"
)

// Name is the pane's address for kit.To and frame.ShowTab.
const Name = "campaigns"

// Read is what the tab shows; core/campaign.Store gives it.
type Read interface {
	Campaigns(ctx context.Context, states ...campaign.State) ([]campaign.Campaign, error)
	Counts(ctx context.Context, id int64) (campaign.Counts, error)
	Recipients(ctx context.Context, q campaign.RecipientQuery) ([]campaign.Recipient, error)
}

// Desk is what people do with campaigns; core/campaign.Desk does it.
type Desk interface {
	Create(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error)
	Revise(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error)
	Pause(ctx context.Context, id int64) (campaign.Campaign, error)
	Resume(ctx context.Context, id int64, agent string, here bool) (campaign.Campaign, error)
	Cancel(ctx context.Context, id int64) (campaign.Campaign, error)
	Retry(ctx context.Context, id int64, class core.Class) (int, error)
	Settle(ctx context.Context, recipient int64, arrived bool) error
}

// Office is what needs the whole shop: its people, templates, prices and
// limits; core/campaign.Office does it.
type Office interface {
	// Plan decides about everybody and changes nothing.
	Plan(ctx context.Context, id int64) (*campaign.Report, error)
	// Launch plans anew and sets the campaign going; Refused, with the rules in
	// campaign.RefusalsOf, when one forbids it.
	Launch(ctx context.Context, id int64, agent string) (campaign.Campaign, *campaign.Report, error)
	// Review tells what would happen if a stopped campaign went on.
	Review(ctx context.Context, id int64) (campaign.Recheck, error)
	// Hitch is what keeps a campaign's messages beside its own wait.
	Hitch(ctx context.Context, c campaign.Campaign) (campaign.Hitch, error)
	// Lift is what a campaign brought beyond those held back; false for nobody.
	Lift(ctx context.Context, c *campaign.Campaign) (campaign.Lift, bool, error)
	// Test sends one message of the campaign to a number of the shop's own.
	Test(ctx context.Context, id int64, to core.Phone, language, agent string) (core.Message, error)
}

// People are whom campaigns are for; core/people.Service gives them.
type People interface {
	Rows(ctx context.Context, ids []int64) ([]people.Listed, error)
	Count(ctx context.Context, expr string) (int, error)
	Segments(ctx context.Context) ([]people.Counted, error)
	Tags(ctx context.Context) ([]people.Tag, error)
	Schema(ctx context.Context) (segment.Schema, error)
	Import(ctx context.Context, o people.Import) (people.Imported, error)
}

// Forms are the templates as the shop keeps them; core.TemplateReader.
type Forms interface {
	StoredTemplates(ctx context.Context, q core.TemplateQuery) ([]core.StoredTemplate, error)
}

// Channels are the shop's numbers.
type Channels interface {
	Channels(ctx context.Context) ([]core.Channel, error)
}

// Notes keep what was begun and has no template yet; core.SettingsStore.
type Notes interface {
	Setting(ctx context.Context, key string, v any) (bool, error)
	SetSetting(ctx context.Context, key string, v any) error
}

// Opener opens a file of people; "" guesses its encoding. The caller closes it.
type Opener func(path, encoding string) (people.Table, func() error, error)

// Saver writes a table to a file that takes its place when it is whole.
type Saver func(path string, header []string, fill func(write func(cells []string) error) error) error

// Deps is what the pane works with.
type Deps struct {
	Read     Read
	Desk     Desk
	Office   Office
	People   People
	Forms    Forms
	Channels Channels
	Notes    Notes
	Rules    *campaign.Rules
	// OpenTable reads a file of people as an audience, SaveTable writes what
	// became of one; without them those keys are off.
	OpenTable Opener
	SaveTable Saver
	// When reads a time as people type it.
	When func(words string, now time.Time) (time.Time, error)
	// Spent is what a campaign has cost so far, by currency; nil when nobody counts.
	Spent func(ctx context.Context, c campaign.Campaign) ([]core.Money, error)
	// Texts is what went by SMS and what that cost, by currency; nil when nobody counts.
	Texts func(ctx context.Context, c campaign.Campaign) (campaign.Texts, []core.Money, error)
	// Region reads national phone numbers, ISO 3166; "" refuses them.
	Region string
}
