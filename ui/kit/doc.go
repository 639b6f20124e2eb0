// Package kit has the parts that panes are built from: lists, input, exact
// lines, fetches that cannot overtake each other. It knows no domain.
package kit
