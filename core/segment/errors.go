package segment

import "fmt"

// ErrorCode says what is wrong with an expression; ui/text has the sentence.
type ErrorCode string

const (
	BadCharacter ErrorCode = "bad_character"
	OpenQuote    ErrorCode = "open_quote"
	OpenBracket  ErrorCode = "open_bracket"
	StrayBracket ErrorCode = "stray_bracket"
	MissingTerm  ErrorCode = "missing_term"  // "tag:vip and"
	UnknownField ErrorCode = "unknown_field" // Suggest has the nearest one
	NeedsValue   ErrorCode = "needs_value"   // "spend>"
	NeedsOp      ErrorCode = "needs_op"      // a field that is no flag stands alone
	WrongOp      ErrorCode = "wrong_op"      // "tag<vip"
	FlagHasValue ErrorCode = "flag_has_value"
	BadNumber    ErrorCode = "bad_number"
	BadDate      ErrorCode = "bad_date"
	BadChoice    ErrorCode = "bad_choice" // Allowed has the values
	TooLong      ErrorCode = "too_long"
	TooDeep      ErrorCode = "too_deep"
)

// Error is the first wrong word of an expression. At and End are rune offsets;
// a caret belongs under them.
type Error struct {
	Code    ErrorCode
	At, End int
	Found   string   // the wrong word
	Field   string   // the field it belongs to
	Suggest string   // nearest known word, "" when none is near
	Allowed []string // what could stand there
}

func (e *Error) Error() string {
	return fmt.Sprintf("segment: %s at %d: %q", e.Code, e.At, e.Found)
}
