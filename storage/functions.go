package storage

import (
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"

	"bottega/core"
	people "bottega/core/contact"
	"bottega/core/fold"
)

// Functions that statements use beside SQLite's own. No table, index or
// trigger depends on them, so that other programs can open the file.
func init() {
	sqlite.MustRegisterDeterministicScalarFunction("fold", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		return fold.String(fmt.Sprint(args[0])), nil
	})
	sqlite.MustRegisterDeterministicScalarFunction("country_of", 2, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		return countryOf(core.Phone(fmt.Sprint(args[0])), fmt.Sprint(args[1])), nil
	})
}

// countryOf is the ISO 3166 code of a person's number, else of their user id.
func countryOf(p core.Phone, user string) string {
	if c := people.Country(p); c != "" {
		return c
	}
	return people.CountryOfUser(user)
}
