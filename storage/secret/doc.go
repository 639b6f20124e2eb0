// Package secret keeps API keys and tokens outside the database: in the
// keyring of the operating system, in an encrypted file where there is none,
// in the environment for containers, and in memory for tests and the demo.
//
// Each place is a core.Keyring; Ladder asks several in order. No error of
// this package carries a secret, and nothing is cached longer than the file's
// key needs. Errors have one of two codes that callers act on: NotFound (the
// place answers and has no such secret) and NoKeyring (the place itself
// cannot be used: absent, locked, silent; WrongPassphrase where that is why).
package secret
