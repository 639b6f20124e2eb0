package templates

import (
	"context"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// Name is the pane's address for kit.To and frame.ShowTab.
const Name = "templates"

// Work is what the pane asks of the library; core/library.Service does it.
type Work interface {
	Overview(ctx context.Context, q core.TemplateQuery) (library.Overview, error)
	SaveDraft(ctx context.Context, d library.Draft) (core.StoredTemplate, error)
	NewVersion(ctx context.Context, id int64, agent string) (core.StoredTemplate, error)
	Renew(ctx context.Context, id int64, agent string) (core.StoredTemplate, error)
	Submit(ctx context.Context, id int64, agent string) (core.StoredTemplate, []template.Finding, error)
	Sync(ctx context.Context, channel int64) (library.Synced, error)
	SetFamily(ctx context.Context, id int64, family string, role core.TemplateRole) error
	Seen(ctx context.Context, id int64) error
	Reach(ctx context.Context, t core.StoredTemplate) (library.Reach, error)
	Delete(ctx context.Context, id int64) error
	Suspects(t core.StoredTemplate) []template.Finding
}

// Tools are what the library is worked on with. To make them takes a while
// (the linter reads all its rules), so it is done when the pane first loads.
type Tools struct {
	Work    Work
	Linter  *template.Linter
	Cycle   library.Cycle
	Starter []template.Template // to begin from
	Samples []Sample            // variables that are offered
}

// Deps is what the pane works with.
type Deps struct {
	Read     core.TemplateReader
	Channels Channels
	// Glance tells how all templates stand, without what was sent of them.
	Glance func(ctx context.Context) ([]library.Entry, error)
	// Open makes the tools; it is called in a command, once unless it fails.
	Open func(ctx context.Context) (Tools, error)
	// ReadOnly tells that nothing may be changed.
	ReadOnly bool
	// Editor is the user's editor with its arguments, "" for none.
	Editor string
}

// Channels is what the pane needs to know of the shop's numbers.
type Channels interface {
	Channels(ctx context.Context) ([]core.Channel, error)
}
