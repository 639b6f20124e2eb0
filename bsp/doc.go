// Package bsp decorates a provider's gateway: Meter counts and times its calls,
// Log notes them. Pacing is no decorator: the sender (core/outbox) alone calls
// Send, and claims no more than may leave. Adapters lie in the folders, meta
// among them; bsptest is the suite that all of them pass.
package bsp
