package core

import "strings"

// Forms returns the ways WhatsApp may write one number, p itself first: in
// Brazil the ninth digit, in Mexico the 1 after 52 and in Argentina the 9
// after 54 come and go between what was typed and what callbacks carry
// (bsp/meta.md 12, trap 13). Look a contact up under all of them.
func (p Phone) Forms() []Phone {
	s := string(p)
	switch {
	// Without the ninth digit a mobile number begins with 6 to 9; what begins
	// otherwise is a landline's, and another person's.
	case strings.HasPrefix(s, "+55") && len(s) == len("+5511987654321") && s[5] == '9' && s[6] >= '6':
		return []Phone{p, Phone(s[:5] + s[6:])}
	case strings.HasPrefix(s, "+55") && len(s) == len("+551187654321") && s[5] >= '6':
		return []Phone{p, Phone(s[:5] + "9" + s[5:])}
	case strings.HasPrefix(s, "+521") && len(s) == len("+5215512345678"):
		return []Phone{p, Phone("+52" + s[4:])}
	case strings.HasPrefix(s, "+52") && len(s) == len("+525512345678"):
		return []Phone{p, Phone("+521" + s[3:])}
	case strings.HasPrefix(s, "+549") && len(s) == len("+5491123456789"):
		return []Phone{p, Phone("+54" + s[4:])}
	case strings.HasPrefix(s, "+54") && len(s) == len("+541123456789"):
		return []Phone{p, Phone("+549" + s[3:])}
	}
	return []Phone{p}
}
