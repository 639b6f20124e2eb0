// Package theme turns about twenty colour tokens into styles. Panes name
// meanings, never colours; state is never told by colour alone.
package theme

// Styles are the ready-made lipgloss styles, by meaning.
type Styles struct{}
