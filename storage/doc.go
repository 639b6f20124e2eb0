// Package storage keeps the shop in one SQLite file beside a folder of media,
// and fills all of core's store ports.
//
// One connection writes, a small pool reads; the settings of both are in their
// DSN (dsn.go). Whoever calls Write first leads: it runs all writes that wait,
// each behind its own savepoint, in one transaction with one fsync, and then
// hands the lead on (write.go). Changes are published after the commit. No
// goroutine runs unless Run is called; Run moves the log into the database in
// the background and notices what other processes write.
//
// Times are UTC with millisecond precision; finer parts are cut off. Every
// error is a *core.Error, its code taken from the driver's number and never
// from the driver's words. The words of an error may name a file, never what
// a customer wrote.
package storage
