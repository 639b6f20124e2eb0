package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"time"
)

// folder of the rule files below assets.Rules().
const folder = "lint"

// origin stands in every rule file: who says so, and when it was read.
type origin struct {
	Source string `json:"source"`
	Date   string `json:"date"`
}

func (o origin) check() error {
	if o.Source == "" {
		return errors.New("no source")
	}
	_, err := time.Parse(time.DateOnly, o.Date)
	return err
}

// figure is one number with its source.
type figure struct {
	Value int `json:"value"`
	origin
}

// limits.json.
type limitsFile struct {
	NameMax         figure `json:"name_max"`
	HeaderMax       figure `json:"header_max"`
	HeaderVariables figure `json:"header_variables"`
	BodyMax         figure `json:"body_max"`
	FooterMax       figure `json:"footer_max"`
	ButtonsMax      figure `json:"buttons_max"`
	URLButtonsMax   figure `json:"url_buttons_max"`
	PhoneButtonsMax figure `json:"phone_buttons_max"`
	CopyCodeMax     figure `json:"copy_code_max"`
	LabelMax        figure `json:"label_max"`
	URLMax          figure `json:"url_max"`
	PhoneMax        figure `json:"phone_max"`
	CopyCodeLength  figure `json:"copy_code_length"`
	EmojiMax        figure `json:"emoji_max"`
	SpacesMax       figure `json:"spaces_max"`
	NameLockDays    figure `json:"name_lock_days"`
	RatioError      figure `json:"ratio_error"`
	RatioLow        figure `json:"ratio_low"`
	GenericWords    figure `json:"generic_words"`
	SimilarMax      figure `json:"similar_max"`
	SimilarPercent  figure `json:"similar_percent"`
	ShoutWords      figure `json:"shout_words"`
	ShoutLetters    figure `json:"shout_letters"`
	ShoutPercent    figure `json:"shout_percent"`
	ShoutMin        figure `json:"shout_min"`
	NameWithin      figure `json:"name_within"`
	LengthMin       figure `json:"length_min"`
	LengthMax       figure `json:"length_max"`
	LatinMin        figure `json:"latin_min"`
	LatinMax        figure `json:"latin_max"`
	Window          figure `json:"discount_window"`
	WindowHan       figure `json:"discount_window_han"`
	Sensitive       figure `json:"sensitive_window"`
	SensitiveHan    figure `json:"sensitive_window_han"`
}

// check wants a positive value, a source and a date from each figure.
func (l limitsFile) check() error {
	v := reflect.ValueOf(l)
	for i := range v.NumField() {
		f, name := v.Field(i).Interface().(figure), v.Type().Field(i).Tag.Get("json")
		if f.Value <= 0 {
			return fmt.Errorf("%s: no value", name)
		}
		if err := f.check(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// rules.json.
type rulesFile struct {
	Date    string            `json:"date"`
	Sources map[string]string `json:"sources"`
	Rules   []struct {
		ID       Rule     `json:"id"`
		Group    string   `json:"group"`
		Strict   Severity `json:"strict"`
		Official Severity `json:"official"`
		Source   string   `json:"source"`
		// Risk is in how many of a hundred cases such a text was seen to be
		// refused, 0 where nobody counted.
		Risk int `json:"risk"`
	} `json:"rules"`
}

func (r rulesFile) check() error {
	seen := map[Rule]bool{}
	for _, rule := range r.Rules {
		switch {
		case seen[rule.ID]:
			return fmt.Errorf("%s stands twice", rule.ID)
		case rule.Source == "":
			return fmt.Errorf("%s: no source", rule.ID)
		case rule.Risk < 0 || rule.Risk > 100:
			return fmt.Errorf("%s: risk of %d %%", rule.ID, rule.Risk)
		case !known(rule.Strict) || !known(rule.Official):
			return fmt.Errorf("%s: no such severity", rule.ID)
		}
		seen[rule.ID] = true
	}
	_, err := time.Parse(time.DateOnly, r.Date)
	return err
}

func known(s Severity) bool { return s == SevError || s == SevWarning || s == SevHint }

// Languages and what is said in them.
type byLang = map[string][]string

// price.json.
type priceFile struct {
	origin
	Symbols             []string            `json:"symbols"`
	Prefix              []string            `json:"prefix"`
	PrefixNeedsDecimals []string            `json:"prefix_needs_decimals"`
	Suffix              []string            `json:"suffix"`
	SuffixLangs         map[string][]string `json:"suffix_langs"`
	SuffixNotBefore     map[string][]string `json:"suffix_not_before"`
	Codes               []string            `json:"codes"`
	CodesAnyCase        []string            `json:"codes_any_case"`
	CodesSuffix         []string            `json:"codes_suffix"`
	DashCents           []string            `json:"dash_cents"`
	Multipliers         []string            `json:"multipliers"`
	Words               byLang              `json:"words"`
	NotVariableWords    []string            `json:"not_variable_words"`
	SuffixMinDigits     map[string]int      `json:"suffix_min_digits"`
	// Whole are amounts in one word. CuedWords mean money only beside a cue.
	Whole       byLang   `json:"whole"`
	CuedWords   byLang   `json:"cued_words"`
	CuesBefore  byLang   `json:"cues_before"`
	CuesAfter   byLang   `json:"cues_after"`
	CuedExcept  []string `json:"cued_except"`
	WholeExcept []string `json:"whole_except"`
}

// discount.json.
type discountFile struct {
	origin
	PercentNames     []string `json:"percent_names"`
	Near             byLang   `json:"near"`
	NearExcept       []string `json:"near_except"`
	AmountNearExcept []string `json:"amount_near_except"`
	Fixed            byLang   `json:"fixed"`
	FixedExcept      []string `json:"fixed_except"`
	Words            byLang   `json:"words"`
	// Sales are words for a sale. In a message that is no marketing the category
	// says what is wrong with them.
	Sales        byLang   `json:"sales"`
	WordsExcept  []string `json:"words_except"`
	Vague        byLang   `json:"vague"`
	ZheNotBefore []string `json:"zhe_not_before"`
}

// deals.json.
type dealsFile struct {
	origin
	Sets           wordSets `json:"sets"`
	Patterns       []string `json:"patterns"`
	ExceptPatterns []string `json:"except_patterns"`
	// WordPatterns speak of less money without saying how much. Near a figure
	// the words of NearExceptPatterns do not speak of money.
	WordPatterns       []string `json:"word_patterns"`
	NearExceptPatterns []string `json:"near_except_patterns"`
	// AfterPercent stand right behind a percentage: 20 % less.
	AfterPercent       []string `json:"after_percent"`
	AfterPercentExcept []string `json:"after_percent_except"`
	// AfterPercentMarketing do so in marketing: 10 % on your first order.
	AfterPercentMarketing []string `json:"after_percent_marketing"`
	// NearMarketing make a figure a discount in marketing: on your next order.
	NearMarketing byLang `json:"near_marketing"`
	// PercentNear make a percentage a discount, but no amount: 5 % back.
	PercentNear byLang `json:"percent_near"`
	// PercentBefore stand before their number: 百分之. Instead stand before the
	// price that held till now; Was do so only where one after Now follows.
	PercentBefore []string `json:"percent_before"`
	Instead       byLang   `json:"instead"`
	Was           byLang   `json:"was"`
	Now           byLang   `json:"now"`
	// From and To stand before the higher and the lower price: from 80 to €55.
	From byLang `json:"from"`
	To   byLang `json:"to"`
}

// urgency.json, threat.json, restricted.json, share.json and cta.json.
type phraseFile struct {
	origin
	Phrases  byLang   `json:"phrases"`
	Sets     wordSets `json:"sets"`
	Patterns []string `json:"patterns"`
	// Marketing and MarketingPatterns press or spread in marketing; elsewhere
	// they are mostly facts: please do not be late.
	Marketing         byLang   `json:"marketing"`
	MarketingPatterns []string `json:"marketing_patterns"`
	Except            []string `json:"except"`
	Negators          []string `json:"negators"`
	Later             byLang   `json:"negators_after"`
}

// optout.json.
type optoutFile struct {
	origin
	Verbs     byLang            `json:"verbs"`
	Keywords  []string          `json:"keywords"`
	Uppercase []string          `json:"uppercase"`
	Phrases   byLang            `json:"phrases"`
	Buttons   []string          `json:"buttons"`
	NotAfter  []string          `json:"not_after"`
	Footer    map[string]string `json:"footer"`
}

// category.json.
type categoryFile struct {
	origin
	Categories    []string          `json:"categories"`
	Old           map[string]string `json:"old"`
	Promo         byLang            `json:"promo"`
	PromoExcept   []string          `json:"promo_except"`
	OTP           byLang            `json:"otp"`
	OTPExcept     []string          `json:"otp_except"`
	Presets       map[string]preset `json:"presets"`
	PresetsSource string            `json:"presets_source"`
	PresetsNote   string            `json:"presets_note"`
}

// preset is the platform's own text of a one-time code in one language.
type preset struct {
	Body     string   `json:"body"`
	Security []string `json:"security"`
	Expiry   string   `json:"expiry"`
}

// sensitive.json.
type sensitiveFile struct {
	origin
	Verbs  byLang   `json:"verbs"`
	Nouns  byLang   `json:"nouns"`
	Except []string `json:"except"`
	Breaks byLang   `json:"breaks"`
}

// links.json.
type linksFile struct {
	origin
	Shorteners      map[string][]string `json:"shorteners"`
	Branded         []string            `json:"branded"`
	WhatsApp        []string            `json:"whatsapp"`
	WhatsAppButtons []string            `json:"whatsapp_buttons"`
	Lookalikes      map[string]string   `json:"lookalikes"`
}

// languages.json.
type languagesFile struct {
	origin
	Codes         []string          `json:"codes"`
	Scripts       map[string]string `json:"scripts"`
	FunctionWords byLang            `json:"function_words"`
	MinWords      int               `json:"min_words"`
	MinHits       int               `json:"min_hits"`
	Times         int               `json:"times"`
	ScriptLetters int               `json:"script_letters"`
	ScriptPercent int               `json:"script_percent"`
	LatinPercent  int               `json:"latin_percent"`
}

// samples.json.
type samplesFile struct {
	origin
	Dummies []string `json:"dummies"`
}

// rewrites.json.
type rewritesFile struct {
	origin
	Greetings map[string]string `json:"greetings"`
	Closings  map[string]string `json:"closings"`
	// Prices lead in a variable that would begin the body; Ask stands where a
	// price may not and no variable can.
	Prices map[string]string `json:"prices"`
	Ask    map[string]string `json:"ask"`
}

// read decodes one rule file strictly and checks its source and date.
func read(fsys fs.FS, name string, into interface{ check() error }) error {
	f, err := fsys.Open(folder + "/" + name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := into.check(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
