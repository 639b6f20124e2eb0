package core

import (
	"context"
	"slices"
	"strings"
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
// of each language the newest version and, while that one is not in force, the
// one that is.
type TemplateQuery struct {
	Channel  int64           // 0 for any
	Name     string          // exactly; "" for any
	Language string          // "es-CO" and "es_CO" are the same; "" for any
	Family   string          // exactly; "" for any
	States   []TemplateState // none for any
	Words    string          // in name, text, or family, without regard to case; "" for any
	All      bool            // replaced and gone versions too
}

// Pick keeps of rows, which hold all versions of each template in a row, newest
// first, those that the query selects.
func (q *TemplateQuery) Pick(rows []StoredTemplate) []StoredTemplate {
	var out []StoredTemplate
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].SameText(&rows[0]) {
			n++
		}
		group := rows[:n]
		rows = rows[n:]
		if !q.All {
			group = currentOf(group)
		}
		for _, t := range group {
			if q.fits(&t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// currentOf is the newest version, and the one in force below it. Drafts
// without a name are no versions of each other.
func currentOf(group []StoredTemplate) []StoredTemplate {
	if group[0].Name == "" {
		return group
	}
	var out []StoredTemplate
	for i, t := range group {
		switch {
		case t.State == TemplateReplaced || t.State == TemplateGone:
		case i == 0, t.InForce():
			out = append(out, t)
		}
		if t.InForce() {
			break
		}
	}
	return out
}

func (q *TemplateQuery) fits(t *StoredTemplate) bool {
	return (q.Channel == 0 || q.Channel == t.ChannelID) && (q.Name == "" || q.Name == t.Name) &&
		(q.Language == "" || LanguageCode(q.Language) == LanguageCode(t.Language)) && (q.Family == "" || q.Family == t.Family) &&
		(len(q.States) == 0 || slices.Contains(q.States, t.State)) && (q.Words == "" || t.mentions(q.Words))
}

func (t *StoredTemplate) mentions(words string) bool {
	text := strings.ToLower(strings.Join([]string{t.Name, t.Family, t.Header.Text, t.Body, t.Footer}, "\n"))
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// SameText reports whether both are versions of one template in one language.
func (t *StoredTemplate) SameText(o *StoredTemplate) bool {
	return t.ChannelID == o.ChannelID && t.Name == o.Name && LanguageCode(t.Language) == LanguageCode(o.Language)
}

// InForce reports whether the version is the one that the provider holds:
// approved, or approved once and stopped since.
func (t *StoredTemplate) InForce() bool {
	switch t.State {
	case TemplateApproved, TemplatePaused, TemplateDisabled, TemplateArchived:
		return true
	}
	return false
}

// LanguageCode writes a language as the platform's API does: "es_CO" for "es-co".
func LanguageCode(s string) string {
	base, region, ok := strings.Cut(strings.ReplaceAll(strings.TrimSpace(s), "-", "_"), "_")
	if !ok {
		return strings.ToLower(base)
	}
	return strings.ToLower(base) + "_" + strings.ToUpper(region)
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
	// TemplatePeople counts whom a channel's template in one language was sent to
	// since a time, whatever became of it, and those of them who have not agreed
	// to promotion, or have stopped it.
	TemplatePeople(ctx context.Context, channel int64, name, language string, since time.Time) (people, without int, err error)
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
	// in that language would send, in the order in which they would leave.
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
