// Package meta speaks Meta's WhatsApp Cloud API: it sends, moves media, reads
// templates and the number's health, checks the signature of callbacks and
// decodes them. Facts and their sources are in bsp/meta.md; codes and limits
// are data in codes.tsv and limits.json beside this file.
//
// Nothing here repeats a send, follows a redirect with the token, or decides
// what an error means for the queue: an answer becomes a class, and whether
// the message may have left all the same is said in ProviderError.Uncertain.
package meta
