package core

import (
	"context"
	"time"
)

// TemplateState is where a version of a template stands in the shop's library.
// What a provider says is kept in its own words in Template.Status beside it.
type TemplateState string

// Only Approved may be sent. A version goes draft → submitted → pending and
// then wherever the provider moves it.
const (
	TemplateDraft     TemplateState = "draft"     // only here; the review knows nothing of it
	TemplateSubmitted TemplateState = "submitted" // handed over, the provider's answer not known (yet)
	TemplatePending   TemplateState = "pending"   // under review
	TemplateApproved  TemplateState = "approved"
	TemplateRejected  TemplateState = "rejected"
	TemplatePaused    TemplateState = "paused"   // for its quality; comes back by itself or not at all
	TemplateDisabled  TemplateState = "disabled" // for good
	TemplateArchived  TemplateState = "archived" // unused for too long
	TemplateReplaced  TemplateState = "replaced" // a later version of it was approved
	TemplateGone      TemplateState = "gone"     // deleted at the provider; its name is locked for a while
)

// Submitted reports whether the provider has been told of the version.
func (s TemplateState) Submitted() bool { return s != TemplateDraft }

// Waiting reports whether a decision of the provider is awaited.
func (s TemplateState) Waiting() bool { return s == TemplateSubmitted || s == TemplatePending }

// TemplateRole is the place of a template in its family: three texts for one
// occasion, used in rotation, so that one stays when another is paused (S-210).
type TemplateRole string

const (
	RoleNone      TemplateRole = ""
	RoleStandard  TemplateRole = "standard"
	RoleAdvanced  TemplateRole = "advanced"
	RoleEmergency TemplateRole = "emergency" // when something went wrong; never in rotation
)

// StoredTemplate is one version of a template in one language, as the shop
// keeps it. All versions of one language share the provider's id: at the
// provider an edit replaces the text and is reviewed again.
type StoredTemplate struct {
	ID        int64
	ChannelID int64 // whose account; 0 for a draft that no channel has yet
	// Template is what is written, with samples, and what the provider says:
	// ID, Status, Quality, Reason, Category and Correct are its words.
	Template
	Version int // from 1 in each channel, name and language
	State   TemplateState
	Family  string // "" for none
	Role    TemplateRole
	Wanted  string // category as submitted; differs from Category after a drift
	Drift   string // category before the provider changed it, until somebody has seen to it
	Author  string // who wrote it; "" when it came from the provider
	Agent   string // who submitted it
	Detail  string // the provider's words about a pause or a rejection
	// CreatedAt is when the version was begun, UpdatedAt when its text was last
	// changed here; SubmittedAt when it was handed over; DecidedAt when the
	// provider last moved it; ApprovedAt when it was last approved, or first seen
	// approved where we were not told.
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt time.Time
	DecidedAt   time.Time
	ApprovedAt  time.Time
	Rev         int64
}

// TemplateQuery selects versions. The zero value means all that is current:
// of each language the newest version and, while that one is a draft, awaited
// or rejected, the one in force as well.
type TemplateQuery struct {
	Channel  int64           // 0 for any
	Name     string          // exactly; "" for any
	Language string          // "es-CO" and "es_CO" are the same; "" for any
	Family   string          // exactly; "" for any
	States   []TemplateState // none for any
	Words    string          // in name, text, or family, without regard to case; "" for any
	All      bool            // replaced and gone versions too
}

// TemplateUse counts the messages sent with a template in one language since a
// time, by what became of them: who read it was delivered to as well.
type TemplateUse struct {
	ChannelID int64
	Name      string
	Language  string
	Sent      int // accepted by the provider
	Delivered int
	Read      int
	Replied   int // the customer wrote within UseQuery.Replies
	Failed    int
	LastAt    time.Time
}

// UseQuery asks for usage.
type UseQuery struct {
	Channel int64 // 0 for any
	Since   time.Time
	Replies time.Duration // how long after a message an answer counts as one to it
}

// TemplateReader reads the library.
type TemplateReader interface {
	// StoredTemplates returns those that fit by name, language and channel, newest version first.
	StoredTemplates(ctx context.Context, q TemplateQuery) ([]StoredTemplate, error)
	// StoredTemplate returns one version; NotFound when there is none.
	StoredTemplate(ctx context.Context, id int64) (StoredTemplate, error)
	// TemplateUses returns the use of each template that was sent, most sent
	// first, and how many messages of any kind the shop sent in that time.
	TemplateUses(ctx context.Context, q UseQuery) (uses []TemplateUse, all int, err error)
}

// TemplateTx writes the library.
type TemplateTx interface {
	StoredTemplate(id int64) (StoredTemplate, error)
	// TemplateVersions returns all versions of a channel's template in one
	// language, newest first; none is no error.
	TemplateVersions(channel int64, name, language string) ([]StoredTemplate, error)
	// TemplatesOf returns all versions of all templates of a channel.
	TemplatesOf(channel int64) ([]StoredTemplate, error)
	// SaveTemplate inserts (ID 0) or updates a version and raises its Rev. It
	// returns Conflict when (channel, name, language, version) is another's.
	SaveTemplate(t *StoredTemplate) error
	DeleteTemplate(id int64) error
	// QueuedWith returns messages still in line that a template of the channel
	// in that language would send, oldest first.
	QueuedWith(channel int64, name, language string, limit int) ([]Message, error)
}

// TemplateAnswer is what a provider says to a template handed in.
type TemplateAnswer struct {
	ID       string
	Status   string
	Category string // may differ from the one asked for
}

// TemplateGateway hands templates to a provider. What a provider cannot do is
// false in Capabilities; asked all the same it fails with NotYet.
type TemplateGateway interface {
	// CreateTemplate hands a new one in for review. Samples are needed.
	CreateTemplate(ctx context.Context, t Template) (TemplateAnswer, error)
	// EditTemplate replaces the text of the provider's template t.ID, which is
	// reviewed again.
	EditTemplate(ctx context.Context, t Template) (TemplateAnswer, error)
	// DeleteTemplate removes one language of a template.
	DeleteTemplate(ctx context.Context, t Template) error
}
