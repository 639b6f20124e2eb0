// Package wire is what the providers' adapters share of HTTP: one request with
// credentials that no redirect carries on, how far it came when no answer
// followed, the judgement of an answer by a table of codes, and JSON read as
// far as it fits.
package wire
