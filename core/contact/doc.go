// Package contact knows people as a shop's files know them: phone numbers in
// every spelling, columns in seven languages, rows that are new, known, double
// or broken. Importing is planning first: what each row would do is decided
// before anything is written, and a second run changes nothing.
package contact
