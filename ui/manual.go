package ui

import (
	"strings"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

// KeyContexts lists every situation of the program with its keys: the app's
// own, its dialogs, text fields, then each pane's.
func (a *App) KeyContexts() []frame.KeyContext {
	var everywhere, screens []keys.Binding
	for _, b := range a.ownKeys() {
		b.Off = "" // what is off now is in the book all the same
		if b.Group == text.GroupTabs {
			screens = append(screens, b)
			continue
		}
		everywhere = append(everywhere, b)
	}
	out := []frame.KeyContext{
		{Name: text.GroupEverywhere, Keys: everywhere},
		{Name: text.GroupTabs, Keys: screens},
		{Name: text.PaletteTitle, Keys: (&palette{}).Keys()},
		{Name: text.KeyHelp, Keys: (&help{}).Keys()},
		{Name: text.GroupQuestion, Keys: (&confirm{}).Keys()},
		{Name: text.GroupFields, Keys: fieldKeys()},
	}
	for _, t := range a.tabs {
		if m, ok := t.pane.(frame.Manual); ok {
			out = append(out, m.KeyContexts()...)
		}
	}
	return out
}

// fieldKeys are the keys that kit.Input handles.
func fieldKeys() []keys.Binding {
	return []keys.Binding{
		{Do: "field.line", Keys: []string{"alt+enter", "shift+enter", "ctrl+j"}, Help: text.FieldLine},
		{Do: "field.word", Keys: []string{"ctrl+left", "ctrl+right", "alt+b", "alt+f"}, Help: text.FieldWord},
		{Do: "field.ends", Keys: []string{"home", "end", "ctrl+a"}, Help: text.FieldEnds},
		{Do: "field.all", Keys: []string{"ctrl+home", "ctrl+end"}, Help: text.FieldAll},
		{Do: "field.cut_word", Keys: []string{"ctrl+w", "alt+backspace", "alt+d"}, Help: text.FieldCutWord},
		{Do: "field.cut_line", Keys: []string{"ctrl+u", "alt+k"}, Help: text.FieldCutLine},
		{Do: "field.paste", Keys: []string{"ctrl+y"}, Help: text.FieldPaste},
		{Do: "field.undo", Keys: []string{"ctrl+z", "alt+z"}, Help: text.FieldUndo},
	}
}

// Manual writes the table of all keys as Markdown.
func Manual(w *text.Words, contexts []frame.KeyContext) string {
	var b strings.Builder
	b.WriteString("# " + w.T(text.ManualTitle) + "\n\n" + w.T(text.ManualIntro) + "\n")
	for _, c := range contexts {
		b.WriteString("\n## " + upper(w.T(c.Name)) + "\n\n")
		b.WriteString("| " + w.T(text.ManualKey) + " | " + w.T(text.ManualAction) + " |\n|---|---|\n")
		for _, k := range c.Keys {
			names := make([]string, len(k.Keys))
			for i, n := range k.Keys {
				names[i] = "`" + strings.ReplaceAll(n, "|", `\|`) + "`"
			}
			b.WriteString("| " + strings.Join(names, " ") + " | " + w.T(k.Help) + " |\n")
		}
	}
	return b.String()
}

// upper capitalises a heading.
func upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
