// Package library keeps the shop's templates: drafts and versions, their way
// through the provider's review, how long they hold, what their use shows, and
// which of a family is sent. The rules of the review are core/template's.
package library
