package library_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"bottega/core"
	"bottega/core/library"
)

// taker is a gateway that wants sample files first.
type taker struct {
	core.Gateway
	got    []string
	handed []core.Template
	err    error
}

func (g *taker) CreateTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	g.handed = append(g.handed, t)
	return g.Gateway.CreateTemplate(ctx, t)
}

func (g *taker) UploadSample(_ context.Context, f core.MediaFile) (string, error) {
	b, err := io.ReadAll(f.Body)
	g.got = append(g.got, f.MIME+" "+string(b))
	if g.err != nil {
		err = g.err
	}
	return "4::handle", err
}

// oneGateway serves every channel.
type oneGateway struct{ gw core.Gateway }

func (o oneGateway) Gateway(context.Context, core.Channel) (core.Gateway, error) { return o.gw, nil }

// TestSampleFile: the file above a text goes to the provider before the text,
// which names it by its handle; the shop keeps the file's name for next time.
func TestSampleFile(t *testing.T) {
	d := newDesk(t)
	far := &taker{Gateway: d.gw}
	d.Gateways = oneGateway{far}
	d.Sample = func(format, name string) (core.MediaFile, func() error, error) {
		if !strings.HasSuffix(name, ".jpg") {
			return core.MediaFile{}, nil, core.Fail(core.NotFound, "test", nil)
		}
		return core.MediaFile{MIME: "image/jpeg", Size: 4, Body: strings.NewReader("cake")}, func() error { return nil }, nil
	}
	picture := func(name, sample string) core.StoredTemplate {
		f := form(name)
		f.Body = strings.Replace(f.Body, ",", ", "+name+",", 1)
		f.Header.Format = "IMAGE"
		if sample != "" {
			f.Header.Samples = []string{sample}
		}
		return d.draft(f)
	}
	v := d.submit(picture("ready", "/photos/cake.jpg").ID)
	if !slices.Equal(far.got, []string{"image/jpeg cake"}) || v.Header.Samples[0] != "/photos/cake.jpg" || v.State != core.TemplatePending {
		t.Errorf("%q, kept %q, %s", far.got, v.Header.Samples, v.State)
	}
	if len(far.handed) != 1 || far.handed[0].Header.Samples[0] != "4::handle" {
		t.Errorf("handed in %+v", far.handed)
	}
	d.submit(picture("again", "4::old").ID)
	if len(far.got) != 1 {
		t.Errorf("a handle was handed over as a file: %q", far.got)
	}
	for name, c := range map[string]struct {
		sample string
		err    error
		want   core.Code
	}{
		"nothing":          {"", nil, core.InvalidInput},
		"a link":           {"https://cdn.example.com/cake.jpg", nil, core.BadMedia},
		"no such file":     {"/photos/gone.png", nil, core.NotFound},
		"the upload fails": {"/photos/cake.jpg", core.Fail(core.Unreachable, "test", nil), core.Unreachable},
	} {
		far.err = c.err
		v := picture("p"+strings.ReplaceAll(name, " ", "_"), c.sample)
		_, _, err := d.Submit(t.Context(), v.ID, "ana")
		if core.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		d.standing(v.ID, core.TemplateDraft)
	}
	d.Gateways = d.gw // a provider that takes links
	d.submit(picture("linked", "https://cdn.example.com/cake.jpg").ID)
	d.Gateways, d.Sample = oneGateway{far}, nil
	_, _, err := d.Submit(t.Context(), picture("blind", "/photos/cake.jpg").ID, "ana")
	d.code(err, core.BadMedia)
	var _ library.OpenSample = d.Sample
}
