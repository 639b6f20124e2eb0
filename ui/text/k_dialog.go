package text

// Keys of the boxes that panes share: assets/locale/LANG/dialog.json.
const (
	DialogKeyAccept   K = "dialog.key.accept"
	DialogKeyChoose   K = "dialog.key.choose"
	DialogKeyClose    K = "dialog.key.close"
	DialogKeyComplete K = "dialog.key.complete"
	DialogKeyMove     K = "dialog.key.move"
	DialogNew         K = "dialog.new"
	DialogNone        K = "dialog.none"
)
