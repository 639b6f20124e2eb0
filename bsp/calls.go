package bsp

import (
	"context"
	"io"

	"bottega/core"
)

// Op names one of a gateway's calls.
type Op string

// The calls of core.Gateway.
const (
	OpSend      Op = "send"
	OpMarkRead  Op = "mark_read"
	OpUpload    Op = "upload"
	OpDownload  Op = "download"
	OpTemplates Op = "templates"
	OpHealth    Op = "health"
	OpCreate    Op = "create_template"
	OpEdit      Op = "edit_template"
	OpDelete    Op = "delete_template"
)

// call is one finished call as a decorator sees it. ref and id are ours and the
// provider's name of a message, for sends and marks.
type call struct {
	op  Op
	ref string
	id  string
	err error
}

// watched tells a decorator of every call: begin is asked before it and returns
// what is told of its end.
type watched struct {
	gw    core.Gateway
	begin func() (end func(call))
}

// Unwrap shows the gateway itself, for the ports that only some providers have.
func (w watched) Unwrap() core.Gateway { return w.gw }

func (w watched) Capabilities() core.Capabilities { return w.gw.Capabilities() }

func (w watched) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	end := w.begin()
	a, err := w.gw.Send(ctx, m)
	end(call{op: OpSend, ref: m.Ref, id: a.ProviderID, err: err})
	return a, err
}

func (w watched) MarkRead(ctx context.Context, id string, typing bool) error {
	end := w.begin()
	err := w.gw.MarkRead(ctx, id, typing)
	end(call{op: OpMarkRead, id: id, err: err})
	return err
}

func (w watched) Upload(ctx context.Context, f core.MediaFile) (string, error) {
	end := w.begin()
	id, err := w.gw.Upload(ctx, f)
	end(call{op: OpUpload, id: id, err: err})
	return id, err
}

func (w watched) Download(ctx context.Context, id string, max int64, out io.Writer) (core.Media, error) {
	end := w.begin()
	m, err := w.gw.Download(ctx, id, max, out)
	end(call{op: OpDownload, id: id, err: err})
	return m, err
}

func (w watched) Templates(ctx context.Context) ([]core.Template, error) {
	end := w.begin()
	ts, err := w.gw.Templates(ctx)
	end(call{op: OpTemplates, err: err})
	return ts, err
}

func (w watched) CreateTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	end := w.begin()
	a, err := w.gw.CreateTemplate(ctx, t)
	end(call{op: OpCreate, id: a.ID, err: err})
	return a, err
}

func (w watched) EditTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	end := w.begin()
	a, err := w.gw.EditTemplate(ctx, t)
	end(call{op: OpEdit, id: t.ID, err: err})
	return a, err
}

func (w watched) DeleteTemplate(ctx context.Context, t core.Template) error {
	end := w.begin()
	err := w.gw.DeleteTemplate(ctx, t)
	end(call{op: OpDelete, id: t.ID, err: err})
	return err
}

func (w watched) Health(ctx context.Context) (core.Health, error) {
	end := w.begin()
	h, err := w.gw.Health(ctx)
	end(call{op: OpHealth, err: err})
	return h, err
}
