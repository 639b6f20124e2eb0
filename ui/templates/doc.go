// Package templates is the third tab: the shop's library of message
// templates, and the editor in which they are written.
//
// The library is small (an account has some hundred at most), so it is loaded
// whole, judged by the linter in the same command, and filtered here. The
// editor's state is in package editor; here it is drawn, its draft is kept at
// each pause in typing, and what it holds is handed in for review. The pane
// asks and acts through the ports in deps.go and never waits for them.
package templates
