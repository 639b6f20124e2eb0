package people

// RefreshFor brings the facts of some people up to date.
func (s *Service) RefreshFor(tx Tx, ids ...int64) error { return s.refresh(tx, ids, "EUR") }
