// Package setup is the tab of settings: the shop's numbers with their keys and
// abilities, and the wizard that connects one. It never sees a provider: every
// step is core/connect's, and its words are ui/steps'.
package setup
