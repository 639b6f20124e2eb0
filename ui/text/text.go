// Package text has every word that people read: messages by typed key,
// plurals, numbers, money, dates and the sentences for core's codes. Locale
// files lie in assets/locale/LANG/AREA.json in go-i18n's format.
package text

// K names a message.
type K string

// Words speaks one language.
type Words struct{}
