package wire

import "bottega/core"

// What a template may have that some provider's create call has no place for.
// Each has words for people under its name, as a provider's own codes have.
const (
	NamedVariables = "named_variables" // twilio.md 4: approval wants numbers
	SampleLink     = "sample_link"     // the sample of a header's file is fetched from the web
	HeaderKind     = "header_kind"
	MixedButtons   = "mixed_buttons" // quick replies beside others
)

// Unfit is a template that a provider cannot be handed, for one of the reasons
// above. Nothing was sent.
func Unfit(op, why string) error {
	return core.Fail(core.InvalidInput, op, &core.ProviderError{Code: why, Class: core.ClassTemplate, Message: why})
}
