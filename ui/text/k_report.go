package text

// Summaries on the command line.
const (
	CmdReportHealth  K = "cli.cmd.report.health"
	CmdReportLater   K = "cli.cmd.report.later"
	FlagDays         K = "report.flag.days"
	ReportNoMessages K = "report.no_messages"
	ReportCountry    K = "report.country"
	ReportTotal      K = "report.total"
	ReportDelivered  K = "report.delivered"
	ReportRead       K = "report.read"
	ReportLate       K = "report.late"
	ReportFailed     K = "report.failed"
	ReportOpen       K = "report.open"
	ReportAll        K = "report.all"
	ReportTroubled   K = "report.troubled"
	RestoreUnsure    K = "report.restore_unsure"
	ReportKindText   K = "report.kind-text"
	ReportKindMedia  K = "report.kind-media"
	ReportUploads    K = "report.uploads"
	ReportSource     K = "report.source"
)
