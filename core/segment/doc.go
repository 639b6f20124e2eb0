// Package segment is the one small language that picks people: in the filter
// box, in saved segments, for campaigns, exports and scripts.
//
//	tag:vip and spend>200 and heat:7d and not optout
//	(lang:it or lang:es) last_order<90d orders>=3
//	shoe_size=38 "maria rossi"
//
// Terms side by side mean "and"; "or" binds weaker, "not" (or "-") stronger.
// A term is a flag (optout), a field with a comparison (spend>200, tag:vip), or
// a bare word, which is looked for in name, phone, user name and tags. Ages
// compare as ages: last_order<90d is "ordered within the last 90 days". A fact
// that is missing matches no comparison; "not" turns that round, so
// not last_order<90d includes people who never ordered.
//
// Parse checks words, operators and values against a Schema and gives an *Error
// with the place of the first wrong word. A Query is then judged in memory by
// Match or compiled to SQL by the store; both mean the same, and a property
// test holds them to it.
package segment
