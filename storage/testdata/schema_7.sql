-- A shop as schema 7 knows it, for the step to schema 8.
INSERT INTO channels (id, name, provider, number, account, state, pause_class, detail, health, last_callback_at, created_at)
  VALUES (1, 'shop', 'sandbox', '+390612345678', '{}', 'active', '', '', '{}', 0, 1);
INSERT INTO contacts (id, name, username, phone, language, time_zone, value, tags, created_at, last_in_at) VALUES
  (1, 'Ana', '', '+393331234567', 'it', '', 'high', 'vip', 1, 2),
  (2, 'Bo', '', '', '', '', '', 'new' || char(10) || 'vip', 1, 2),
  (3, 'Cy', '', '', '', '', '', '', 1, 2);
INSERT INTO contact_tags VALUES ('vip', 1), ('new', 2), ('vip', 2);
INSERT INTO conversations (id, channel_id, contact_id, state, assignee, unread, last_message_id, last_at, last_in_at, last_out_at,
  waiting_since, due_at, courtesy_since, window_closes, free_until, referral_at, snooze_until, sort_key, card, last) VALUES
  (1, 1, 1, 'open', 'bea', 2, 0, 5, 5, 0, 5, 6, 0, 9, 0, 0, 0, 6,
   x'02020403416e61000d2b33393333333132333435363702697400046869676803766970', NULL),
  (2, 1, 2, 'open', '', 0, 0, 4, 4, 0, 0, 0, 0, 9, 0, 0, 0, 7, x'02020402426f0000000000076e65770a766970', NULL),
  (3, 1, 3, 'done', '', 1, 0, 3, 3, 0, 0, 0, 0, 9, 0, 0, 0, 8, x'020204024379000000000000', NULL);
INSERT INTO messages (id, conversation_id, channel_id, direction, type, text, reply_to, media_path, media_wanted, provider_id, state, author,
  flags, retry_of, retried_by, not_before, attempts, at, sent_at, delivered_at, read_at, edited_at, waited) VALUES
  (1, 1, 1, 0, 'text', 'ciao', '', '', 0, 'wamid.1', '', '', 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0);
INSERT INTO message_words (rowid, text) VALUES (1, 'ciao');
