package library

import (
	"context"

	"bottega/core"
	"bottega/core/template"
)

// Check says whether a template may be sent now with these values: it is in
// force (see Ready), and each value is one that the provider takes. Errors:
// those of Ready; LintFailed (*Refused) with what is wrong with the values,
// the place's number being the value's.
func (s *Service) Check(ctx context.Context, channel int64, name, language string, values []string) error {
	const op = "library.Check"
	t, err := s.Ready(ctx, channel, name, language)
	if err != nil {
		return err
	}
	form := template.Of(t.Template)
	var found []template.Finding
	for i, v := range values {
		for _, f := range s.Linter.Value(v, form, template.Context{Profile: s.profile(), Now: s.Now()}) {
			f.Place.N = i + 1
			found = append(found, f)
		}
	}
	if template.Blocks(found) {
		return core.Fail(core.LintFailed, op, &Refused{t, found})
	}
	return nil
}
