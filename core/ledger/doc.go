// Package ledger says what messages cost: rate cards as dated data, what is
// free and why, volume tiers, the month so far with its forecast, and the
// estimate of a campaign before it starts.
//
// All arithmetic is decimal; amounts of different currencies are never added.
// A price from a card is an estimate until a receipt tells the real one (P-78),
// and a destination without a rate is counted as unpriced, never as free.
package ledger
