// Package webhook receives the providers' callbacks: it bounds them, checks
// their signature over the raw bytes, makes them durable in the journal and
// only then answers 200. Reading what they say is core/ingest's work, later
// and again if need be; a callback that comes twice is journalled twice.
//
// Whatever a stranger sends costs little: bounded bodies, a bounded number of
// requests and bytes at once, and time-outs on every step.
package webhook
