package library

import (
	"context"
	"errors"
	"slices"

	"bottega/core"
	"bottega/core/template"
)

// OpenSample opens a file of this computer that is the sample of a header of
// this format; close ends the reading. NotFound when it cannot be read,
// BadMedia when the review takes no such file.
type OpenSample func(format, name string) (f core.MediaFile, close func() error, err error)

// sampled gives the provider the sample file of a template's header and puts
// its handle in the file's place. The shop keeps the file's name, so that a
// later version can be handed in again: handles do not live for ever.
// Unchanged where the header is no file, or the provider takes links.
func (s *Service) sampled(ctx context.Context, gw core.Gateway, t core.Template) (core.Template, error) {
	const op = "library.sampled"
	if template.HeaderKind(t.Header.Format) == "" {
		return t, nil
	}
	if len(t.Header.Samples) == 0 || t.Header.Samples[0] == "" {
		return t, core.Fail(core.InvalidInput, op, errors.New("a header with a file needs a sample file"))
	}
	name := t.Header.Samples[0]
	far, wants := core.Port[core.SampleTaker](gw)
	switch {
	case !wants, template.IsHandle(name):
		return t, nil
	case s.Sample == nil, template.IsLink(name):
		return t, core.Fail(core.BadMedia, op, errors.New("the sample is no file of this computer"))
	}
	f, done, err := s.Sample(t.Header.Format, name)
	if err != nil {
		return t, err
	}
	handle, err := far.UploadSample(ctx, f)
	if err = errors.Join(err, done()); err != nil {
		return t, core.Fail(core.CodeOf(err), op, err)
	}
	t.Header.Samples = slices.Clone(t.Header.Samples)
	t.Header.Samples[0] = handle
	return t, nil
}
