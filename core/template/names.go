package template

// Names lists the variables of a text, each once, in the order in which
// samples stand for them: positional ones by number, named ones by first
// appearance. What stands between double braces counts, well formed or not.
func Names(s string) []string { return distinct(Vars(Braces(valid(s)))) }
