package text

// Rejection says why a provider refused a template: in words for those of its
// own words that are known, else by repeating it.
func (w *Words) Rejection(reason string) string {
	k := K("library.reason." + reason)
	switch {
	case reason == "":
		return w.T("library.reason.none")
	case w.Has(k):
		return w.T(k)
	}
	return w.T("library.reason.other", "Reason", reason)
}

// Stopped says why a template may not be sent: why is a core/library.Stop.
func (w *Words) Stopped(why string) string { return w.T(K("library.stop." + why)) }
