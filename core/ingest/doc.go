// Package ingest turns journalled callbacks into people, conversations,
// messages and receipts.
//
// A callback is durable before its provider gets its 200; everything after
// that happens here, from the journal, in batches of one transaction each: a
// row is finished in the transaction that holds what it caused. Rows may come
// any number of times, late, out of order, and again for a newer decoder: what
// was applied before is recognised and changes nothing (messages by their
// provider id, states because they only move forward, everything else by the
// key of its activity).
//
// A row that cannot be read stops nobody. It stays in the journal, raw, as
// "unreadable", and a newer decoder tries it again.
//
// What customers write is stored as they wrote it, except for what no
// database or screen can hold (bound.go); screens clean it when they draw.
package ingest
