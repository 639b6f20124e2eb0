package text

// Keys of the frame: assets/locale/LANG/app.json.
const (
	UnitSeconds K = "unit.seconds"
	UnitMinutes K = "unit.minutes"
	UnitHours   K = "unit.hours"
	UnitDays    K = "unit.days"
	TinyMinutes K = "tiny.minutes"
	TinyHours   K = "tiny.hours"
	TinyDays    K = "tiny.days"

	Today     K = "day.today"
	Yesterday K = "day.yesterday"
	Tomorrow  K = "day.tomorrow"
	DateDay   K = "date.day"

	Sunday    K = "weekday.0"
	Monday    K = "weekday.1"
	Tuesday   K = "weekday.2"
	Wednesday K = "weekday.3"
	Thursday  K = "weekday.4"
	Friday    K = "weekday.5"
	Saturday  K = "weekday.6"

	January   K = "month.1"
	February  K = "month.2"
	March     K = "month.3"
	April     K = "month.4"
	May       K = "month.5"
	June      K = "month.6"
	July      K = "month.7"
	August    K = "month.8"
	September K = "month.9"
	October   K = "month.10"
	November  K = "month.11"
	December  K = "month.12"
)
