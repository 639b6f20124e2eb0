package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"bottega/core"
)

// form is what is written in a template, as JSON in templates.form.
type form struct {
	NamedVars bool                     `json:"named,omitempty"`
	Header    core.TemplateHeader      `json:"header,omitzero"`
	Body      string                   `json:"body"`
	Samples   []string                 `json:"samples,omitempty"`
	Footer    string                   `json:"footer,omitempty"`
	Buttons   []core.TemplateButtonDef `json:"buttons,omitempty"`
}

const templateFrom = `SELECT id, channel_id, name, language, version, state, provider_id, status, category, wanted, drift, correct, quality, reason,
	detail, family, role, author, agent, form, created_at, updated_at, submitted_at, decided_at, approved_at, rev FROM templates `

// templateOrder puts the versions of one template in a row, newest first.
const templateOrder = " ORDER BY name, language, channel_id, version DESC"

func scanTemplate(rows *sql.Rows, t *core.StoredTemplate) error {
	var text string
	var created, updated, submitted, decided, approved int64
	if err := rows.Scan(&t.ID, &t.ChannelID, &t.Name, &t.Language, &t.Version, &t.State, &t.Template.ID, &t.Status, &t.Category, &t.Wanted,
		&t.Drift, &t.Correct, &t.Quality, &t.Reason, &t.Detail, &t.Family, &t.Role, &t.Author, &t.Agent, &text,
		&created, &updated, &submitted, &decided, &approved, &t.Rev); err != nil {
		return err
	}
	t.CreatedAt, t.UpdatedAt, t.SubmittedAt, t.DecidedAt, t.ApprovedAt = at(created), at(updated), at(submitted), at(decided), at(approved)
	var f form
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return err
	}
	t.NamedVars, t.Header, t.Body, t.Samples, t.Footer, t.Buttons = f.NamedVars, f.Header, f.Body, f.Samples, f.Footer, f.Buttons
	return nil
}

// StoredTemplates implements core.TemplateReader. A library has some hundred
// rows; what the query asks of them is looked at here, not in SQL.
func (db *DB) StoredTemplates(ctx context.Context, q core.TemplateQuery) ([]core.StoredTemplate, error) {
	rows, err := all(reading{ctx, db}, scanTemplate, templateFrom+"WHERE (?1 = 0 OR channel_id = ?1) AND (?2 = '' OR name = ?2)"+templateOrder, q.Channel, q.Name)
	return q.Pick(rows), db.fail("storage.StoredTemplates", err)
}

// StoredTemplate implements core.TemplateReader.
func (db *DB) StoredTemplate(ctx context.Context, id int64) (core.StoredTemplate, error) {
	t, err := one(reading{ctx, db}, scanTemplate, templateFrom+"WHERE id = ?", id)
	return t, db.fail("storage.StoredTemplate", err)
}

// TemplateUses implements core.TemplateReader. An answer is what the customer
// writes after the message within the time asked for; a reaction is none.
func (db *DB) TemplateUses(ctx context.Context, q core.UseQuery) ([]core.TemplateUse, int, error) {
	const op = "storage.TemplateUses"
	uses, err := all(reading{ctx, db}, scanUse, `SELECT channel_id, name, language, sum(state IN ('accepted', 'sent', 'delivered', 'read')),
			sum(state IN ('delivered', 'read')), sum(state = 'read'), sum(replied), sum(state = 'failed'), max(at)
		FROM (SELECT m.channel_id, m.extra ->> '$.template.name' AS name, replace(m.extra ->> '$.template.language', '-', '_') AS language, m.state, m.at,
			EXISTS (SELECT 1 FROM messages r WHERE r.conversation_id = m.conversation_id AND r.id > m.id AND r.direction = 0
				AND r.type NOT IN ('reaction', 'system') AND r.at <= m.at + ?3) AS replied
			FROM messages m INDEXED BY messages_out
			WHERE m.direction = 1 AND m.type = 'template' AND m.at >= ?1 AND (?2 = 0 OR m.channel_id = ?2) AND m.extra IS NOT NULL)
		GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2, 3, 1`, ms(q.Since), q.Channel, q.Replies.Milliseconds())
	if err != nil {
		return nil, 0, db.fail(op, err)
	}
	n, err := one(reading{ctx, db}, scanInt, `SELECT count(*) FROM messages INDEXED BY messages_out
		WHERE direction = 1 AND type NOT IN ('note', 'reaction') AND at >= ?1 AND (?2 = 0 OR channel_id = ?2)`, ms(q.Since), q.Channel)
	return uses, int(n), db.fail(op, err)
}

// TemplatePeople implements core.TemplateReader.
func (db *DB) TemplatePeople(ctx context.Context, channel int64, name, language string, since time.Time) (people, without int, err error) {
	type counts struct{ people, without int }
	n, err := one(reading{ctx, db}, func(rows *sql.Rows, c *counts) error { return rows.Scan(&c.people, &c.without) },
		`SELECT count(DISTINCT c.contact_id), count(DISTINCT CASE WHEN f.optin = 1 THEN NULL ELSE c.contact_id END)
		FROM messages m INDEXED BY messages_out JOIN conversations c ON c.id = m.conversation_id LEFT JOIN facts f ON f.contact_id = c.contact_id
		WHERE m.direction = 1 AND m.type = 'template' AND m.at >= ?1 AND m.channel_id = ?2 AND m.extra ->> '$.template.name' = ?3
			AND replace(lower(m.extra ->> '$.template.language'), '-', '_') = ?4`,
		ms(since), channel, name, strings.ToLower(core.LanguageCode(language)))
	return n.people, n.without, db.fail("storage.TemplatePeople", err)
}

func scanUse(rows *sql.Rows, u *core.TemplateUse) error {
	var last int64
	err := rows.Scan(&u.ChannelID, &u.Name, &u.Language, &u.Sent, &u.Delivered, &u.Read, &u.Replied, &u.Failed, &last)
	u.LastAt = at(last)
	return err
}

// StoredTemplate implements core.TemplateTx.
func (t *tx) StoredTemplate(id int64) (core.StoredTemplate, error) {
	v, err := one(t, scanTemplate, templateFrom+"WHERE id = ?", id)
	return v, t.db.fail("storage.StoredTemplate", err)
}

// TemplateVersions implements core.TemplateTx.
func (t *tx) TemplateVersions(channel int64, name, language string) ([]core.StoredTemplate, error) {
	vs, err := all(t, scanTemplate, templateFrom+"WHERE channel_id = ? AND name = ?"+templateOrder, channel, name)
	q := core.TemplateQuery{Language: language, All: true}
	return q.Pick(vs), t.db.fail("storage.TemplateVersions", err)
}

// TemplatesOf implements core.TemplateTx.
func (t *tx) TemplatesOf(channel int64) ([]core.StoredTemplate, error) {
	vs, err := all(t, scanTemplate, templateFrom+"WHERE channel_id = ?"+templateOrder, channel)
	return vs, t.db.fail("storage.TemplatesOf", err)
}

// SaveTemplate implements core.TemplateTx.
func (t *tx) SaveTemplate(v *core.StoredTemplate) error {
	return t.db.fail("storage.SaveTemplate", t.saveTemplate(v))
}

func (t *tx) saveTemplate(v *core.StoredTemplate) error {
	text, err := json.Marshal(form{v.NamedVars, v.Header, v.Body, v.Samples, v.Footer, v.Buttons})
	if err != nil {
		return err
	}
	args := []any{v.ChannelID, v.Name, v.Language, v.Version, v.State, v.Template.ID, v.Status, v.Category, v.Wanted, v.Drift, v.Correct, v.Quality,
		v.Reason, v.Detail, v.Family, v.Role, v.Author, v.Agent, string(text),
		ms(v.CreatedAt), ms(v.UpdatedAt), ms(v.SubmittedAt), ms(v.DecidedAt), ms(v.ApprovedAt)}
	if v.ID != 0 {
		v.Rev, err = one(t, scanInt, `UPDATE templates SET channel_id = ?, name = ?, language = ?, version = ?, state = ?, provider_id = ?, status = ?,
			category = ?, wanted = ?, drift = ?, correct = ?, quality = ?, reason = ?, detail = ?, family = ?, role = ?, author = ?, agent = ?, form = ?,
			created_at = ?, updated_at = ?, submitted_at = ?, decided_at = ?, approved_at = ?, rev = rev + 1 WHERE id = ? RETURNING rev`, append(args, v.ID)...)
		return err
	}
	v.ID, err = t.insert(`INSERT INTO templates (channel_id, name, language, version, state, provider_id, status, category, wanted, drift, correct, quality,
		reason, detail, family, role, author, agent, form, created_at, updated_at, submitted_at, decided_at, approved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	v.Rev = 1
	return err
}

// DeleteTemplate implements core.TemplateTx; NotFound when there is none such.
func (t *tx) DeleteTemplate(id int64) error {
	return t.db.fail("storage.DeleteTemplate", t.must1("DELETE FROM templates WHERE id = ?", id))
}

// QueuedWith implements core.TemplateTx.
func (t *tx) QueuedWith(channel int64, name, language string, limit int) ([]core.Message, error) {
	ms, err := all(t, scanMessage, messageFrom+`JOIN outbox o INDEXED BY outbox_turn ON o.message_id = m.id WHERE o.channel_id = ?1 AND o.leased = 0 AND m.state = 'queued'
		AND m.type = 'template' AND m.extra ->> '$.template.name' = ?2 AND replace(lower(m.extra ->> '$.template.language'), '-', '_') = ?3
		ORDER BY o.priority, o.not_before, o.message_id LIMIT +?4`, channel, name, strings.ToLower(core.LanguageCode(language)), limit)
	return ms, t.db.fail("storage.QueuedWith", err)
}
