package core

import (
	"errors"
	"time"
)

// Code is the machine-readable reason of a failure. ui/text has a sentence
// and a next step for each; a test finds one that is missing.
type Code string

const (
	Internal        Code = "internal"         // a bug of ours
	NotFound        Code = "not_found"        // no such row
	InvalidInput    Code = "invalid"          // input that breaks a rule of form
	Conflict        Code = "conflict"         // somebody else changed or took it meanwhile
	WindowClosed    Code = "window_closed"    // more than 24 h since the customer wrote (S-032)
	RateLimited     Code = "rate_limited"     // the channel's throttle or the provider's
	Locked          Code = "locked"           // another agent is answering this conversation
	TooLate         Code = "too_late"         // undo or cancel after the message left
	TooLarge        Code = "too_large"        // a file or body over its limit
	BadMedia        Code = "bad_media"        // a file type the provider does not take
	ReadOnly        Code = "read_only"        // --read-only, or the folder cannot be written
	DiskFull        Code = "disk_full"        // nothing was written
	Damaged         Code = "damaged"          // the database file fails its integrity check
	TooNew          Code = "too_new"          // the database was written by a newer bottega
	Busy            Code = "busy"             // another program holds the database too long
	NoKeyring       Code = "no_keyring"       // no OS keyring, or it is locked or silent
	WrongPassphrase Code = "wrong_passphrase" // the encrypted file of keys does not open under this pass phrase
	NoSecret        Code = "no_secret"        // the keyring has no such key
	NoChannel       Code = "no_channel"       // no number is connected yet
	ChannelPaused   Code = "channel_paused"   // sending is stopped on this channel
	OutcomeUnsure   Code = "unsure"           // the outcome of a send is not known
	ProviderRefused Code = "provider"         // the provider refused; see ProviderError
	Unreachable     Code = "unreachable"      // no connection to the provider
	BadSignature    Code = "bad_signature"    // a callback that the provider did not sign
	BadArchive      Code = "bad_archive"      // a backup that fails its check
	NotEmpty        Code = "not_empty"        // restore into a place that holds data
	NoHome          Code = "no_home"          // no folder to keep data in
	NotYet          Code = "not_yet"          // announced, not built
	BadAddress      Code = "bad_address"      // no address that can be listened on
	AddressInUse    Code = "address_in_use"   // another program listens there
	NoRecipient     Code = "no_recipient"     // the contact has no address on this channel
	EmptyMessage    Code = "empty_message"    // nothing to send
	TextTooLong     Code = "text_too_long"    // over the provider's limit for one message
	BadTime         Code = "bad_time"         // "tomorrow 9" could not be read
	PastTime        Code = "past_time"        // a time that was read and is past
	FileExists      Code = "file_exists"      // a file of that name is not overwritten
	EmptyFile       Code = "empty_file"       // nothing in it
	TooManyColumns  Code = "too_many_columns" // a table wider than any list of people
	NotATable       Code = "not_a_table"      // a file that is not what it should be
	OutputFailed    Code = "output"           // whatever the output goes to takes no more
	AlreadyRunning  Code = "already_running"  // the same job runs in another process
	LintFailed      Code = "lint"             // a template breaks a rule that is an error
	Unsupported     Code = "unsupported"      // the provider cannot do that
	TemplateStopped Code = "template_stopped" // the template may not be sent now
	NoConsent       Code = "no_consent"       // the person's consent does not allow it (policy.md 3)
	PromoRest       Code = "promo_rest"       // the person had a promotion less than a day ago (S-012)
	Refused         Code = "refused"          // a rule forbids it; the cause says which
	NoOpener        Code = "no_opener"        // no program of the desktop showed the file or address
)

// BadMethod is a request by a method that its address does not take.
const BadMethod Code = "bad_method"

// Class says what the sender does about a provider's error. The list is the
// contract's; each adapter maps its provider's codes by its document's table.
type Class string

const (
	ClassRetry           Class = "retry"            // same message again, with backoff
	ClassThrottle        Class = "throttle"         // lower this channel's rate, then retry
	ClassPairLimit       Class = "pair_limit"       // wait for this recipient only
	ClassWindowClosed    Class = "window_closed"    // offer a template
	ClassUndeliverable   Class = "undeliverable"    // this recipient cannot be reached
	ClassBlocked         Class = "blocked"          // the person blocked the shop, or the shop them: nothing until they write
	ClassMarketingCapped Class = "marketing_capped" // not before 24 h
	ClassOptedOut        Class = "opted_out"        // suppress marketing
	ClassTemplate        Class = "template"         // stop what uses the template
	ClassMedia           Class = "media"            // the file was refused
	ClassAuth            Class = "auth"             // stop the channel until the key is renewed
	ClassPolicy          Class = "policy"           // stop all sending of the number
	ClassPayment         Class = "payment"          // stop until the bill is settled
	ClassInvalid         Class = "invalid"          // our request is wrong; never retried
	ClassUnknown         Class = "unknown"          // not in the table
)

// StopsChannel reports whether sending on the whole channel must pause.
func (c Class) StopsChannel() bool {
	return c == ClassAuth || c == ClassPolicy || c == ClassPayment
}

// ProviderError is what a provider answered.
type ProviderError struct {
	Code    string `json:"code,omitempty"` // the provider's own, e.g. "131047"
	Class   Class  `json:"class"`
	Message string `json:"message,omitempty"` // the provider's words, cleaned of secrets
	// RetryAfter is the wait the provider asked for; zero when it named none.
	RetryAfter time.Duration `json:"-"`
	// Uncertain is true when the provider may have taken the message all the
	// same: a time-out or reset after the request was written, a 5xx without
	// the provider's JSON. Such a send is never repeated by itself.
	Uncertain bool `json:"-"`
}

func (e *ProviderError) Error() string { return e.Code + " " + string(e.Class) + ": " + e.Message }

// Error is a failure with its code, the operation that met it, and its cause.
type Error struct {
	Code Code
	Op   string // package and function: "inbox.Reply"
	Err  error  // cause, for the log only
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Op + ": " + string(e.Code)
	}
	return e.Op + ": " + string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Fail builds an *Error; err may be nil.
func Fail(code Code, op string, err error) error { return &Error{Code: code, Op: op, Err: err} }

// CodeOf finds the outermost code in err: "" for nil, Internal when there is none.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// ProviderErrorOf returns the provider's answer inside err, or nil.
func ProviderErrorOf(err error) *ProviderError {
	if e, ok := errors.AsType[*ProviderError](err); ok {
		return e
	}
	return nil
}
