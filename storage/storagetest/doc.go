// Package storagetest holds the suite that every store passes, a shop to test
// with, and a generator of large synthetic shops.
package storagetest
