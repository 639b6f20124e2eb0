package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Tokens are the colours of a theme, by meaning. nil means the terminal's own
// colour; where a token alone tells two things apart, New adds an attribute.
type Tokens struct {
	Name string
	Dark bool
	// Attrs allows bold, underline and reverse.
	Attrs bool

	Base   color.Color // what we take the terminal's background for; never painted
	Panel  color.Color // a row or strip that stands out a little
	Select color.Color // the row under the cursor
	In     color.Color // bubble of the customer
	Out    color.Color // bubble of the shop
	Note   color.Color // private note

	Text   color.Color
	Muted  color.Color // second in rank
	Faint  color.Color // third in rank, still readable
	Line   color.Color // separators, decoration only
	Accent color.Color
	OnAcc  color.Color // text on an Accent background
	Brand  color.Color // the other end of the brand line's colours

	Good color.Color
	Soon color.Color
	Late color.Color
	Bad  color.Color
	Info color.Color

	Mark   color.Color // background of a search match
	OnMark color.Color
}

// Dark is the theme for dark terminals with many colours. Its tints are exact;
// what is written on them is named by its number among the 256 wherever that
// is as good: such a colour takes half the bytes, and a page has a hundred.
func Dark() Tokens {
	h := lipgloss.Color
	return Tokens{
		Name: "dark", Dark: true, Attrs: true,
		Base: h("#17151f"), Panel: h("#221f2d"), Select: h("#322b4d"),
		In: h("#282534"), Out: h("#292549"), Note: h("#372f1c"),
		Text: h("255"), Muted: h("146"), Faint: h("247"), Line: h("238"),
		Accent: h("147"), OnAcc: h("234"), Brand: h("212"),
		Good: h("79"), Soon: h("222"), Late: h("215"), Bad: h("210"), Info: h("117"),
		Mark: h("222"), OnMark: h("234"),
	}
}

// Light is the theme for light terminals with many colours.
func Light() Tokens {
	h := lipgloss.Color
	return Tokens{
		Name: "light", Attrs: true,
		Base: h("#ffffff"), Panel: h("#f4f2f9"), Select: h("#e4deff"),
		In: h("#f1eff6"), Out: h("#e8e3ff"), Note: h("#fff2cf"),
		Text: h("234"), Muted: h("239"), Faint: h("241"), Line: h("252"),
		Accent: h("#5a3ed4"), OnAcc: h("#ffffff"), Brand: h("#b3267d"),
		Good: h("#0a663e"), Soon: h("#6f5200"), Late: h("#8f4100"), Bad: h("#b0162a"), Info: h("#0a5892"),
		Mark: h("#ffd75e"), OnMark: h("#1f1b2e"),
	}
}

// Dark256 is for dark terminals with 256 colours, as tmux shows them: what is
// near to Dark's tints there is glaring, so grounds are grey.
func Dark256() Tokens {
	c := lipgloss.Color
	return Tokens{
		Name: "dark256", Dark: true, Attrs: true,
		Base: c("234"), Panel: c("235"), Select: c("237"), In: c("235"), Out: c("237"), Note: c("236"),
		Text: c("255"), Muted: c("251"), Faint: c("248"), Line: c("240"),
		Accent: c("147"), OnAcc: c("234"), Brand: c("212"),
		Good: c("114"), Soon: c("221"), Late: c("215"), Bad: c("210"), Info: c("117"),
		Mark: c("221"), OnMark: c("234"),
	}
}

// Light256 is for light terminals with 256 colours.
func Light256() Tokens {
	c := lipgloss.Color
	return Tokens{
		Name: "light256", Attrs: true,
		Base: c("231"), Panel: c("255"), Select: c("189"), In: c("255"), Out: c("254"), Note: c("230"),
		Text: c("234"), Muted: c("238"), Faint: c("240"), Line: c("250"),
		Accent: c("56"), OnAcc: c("231"), Brand: c("126"),
		Good: c("22"), Soon: c("58"), Late: c("89"), Bad: c("124"), Info: c("24"),
		Mark: c("221"), OnMark: c("234"),
	}
}

// Dark16 is for dark terminals with sixteen colours.
func Dark16() Tokens {
	return Tokens{
		Name: "dark16", Dark: true, Attrs: true,
		Base: lipgloss.Black, Select: lipgloss.Blue,
		Text: lipgloss.BrightWhite, Muted: lipgloss.White, Faint: lipgloss.White, Line: lipgloss.BrightBlack,
		Accent: lipgloss.BrightMagenta, OnAcc: lipgloss.Black, Brand: lipgloss.BrightMagenta,
		Good: lipgloss.BrightGreen, Soon: lipgloss.BrightYellow, Late: lipgloss.BrightYellow,
		Bad: lipgloss.BrightRed, Info: lipgloss.BrightCyan,
		Mark: lipgloss.BrightYellow, OnMark: lipgloss.Black,
	}
}

// Light16 is for light terminals with sixteen colours.
func Light16() Tokens {
	return Tokens{
		Name: "light16", Attrs: true,
		Base: lipgloss.BrightWhite, Select: lipgloss.White,
		Text: lipgloss.Black, Muted: lipgloss.Black, Faint: lipgloss.Black, Line: lipgloss.BrightBlack,
		Accent: lipgloss.Blue, OnAcc: lipgloss.BrightWhite, Brand: lipgloss.Magenta,
		Good: lipgloss.Black, Soon: lipgloss.Magenta, Late: lipgloss.Magenta, Bad: lipgloss.Red, Info: lipgloss.Blue,
		Mark: lipgloss.BrightYellow, OnMark: lipgloss.Black,
	}
}

// Mono has no colour, only bold, underline and reverse: NO_COLOR and old terminals.
func Mono() Tokens { return Tokens{Name: "mono", Dark: true, Attrs: true} }

// Plain has no colour and no attribute: --plain, TERM=dumb, logs.
func Plain() Tokens { return Tokens{Name: "plain", Dark: true} }

// Pick chooses the theme for a terminal's background and what it can show.
func Pick(dark bool, p colorprofile.Profile) Tokens {
	switch {
	case p <= colorprofile.NoTTY:
		return Plain()
	case p <= colorprofile.ASCII:
		return Mono()
	case p <= colorprofile.ANSI && dark:
		return Dark16()
	case p <= colorprofile.ANSI:
		return Light16()
	case p <= colorprofile.ANSI256 && dark:
		return Dark256()
	case p <= colorprofile.ANSI256:
		return Light256()
	case dark:
		return Dark()
	}
	return Light()
}
