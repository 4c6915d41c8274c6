-- What detections found, and how far they are. Text and small numbers only, as in 0001.

-- Rules that people wrote or changed in the app. A shipped rule without a row runs as it is shipped.
CREATE TABLE detection_rules (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- The rule's own id, a UUID.
  rule_id TEXT NOT NULL,
  -- Sigma, YAML: one document; NULL: as it is shipped.
  source TEXT,
  enabled INTEGER NOT NULL,
  -- A search: events that it finds are not looked at by the rule; empty: none.
  exclusions TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at TEXT NOT NULL,
  updated_by_id TEXT NOT NULL,
  updated_by_name TEXT NOT NULL,
  updated_by_email TEXT,
  PRIMARY KEY (workspace_id, rule_id)
);

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  rule_id TEXT NOT NULL,
  -- Copied, because alerts outlive their rules.
  rule_title TEXT NOT NULL,
  rule_level TEXT NOT NULL,
  -- JSON: the values of the rule's groupBy, as in the API. Its text is what makes events join.
  group_json TEXT NOT NULL,
  summary TEXT NOT NULL,
  -- A search that finds its events.
  search_text TEXT NOT NULL,
  -- open, acknowledged, resolved or muted.
  status TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  first_event_at TEXT NOT NULL,
  last_event_at TEXT NOT NULL,
  event_count INTEGER NOT NULL,
  -- JSON: lists.
  people_json TEXT NOT NULL,
  tables_json TEXT NOT NULL,
  event_ids_json TEXT NOT NULL,
  late INTEGER NOT NULL,
  -- Of one that is resolved.
  resolution TEXT,
  reason TEXT
);
CREATE INDEX alerts_by_workspace ON alerts (workspace_id, status, last_event_at);
CREATE INDEX alerts_by_rule ON alerts (workspace_id, rule_id, last_event_at);

-- What became of an alert, step by step.
CREATE TABLE alert_steps (
  id TEXT PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  -- opened, acknowledged, resolved, reopened, muted or unmuted.
  step TEXT NOT NULL,
  reason TEXT,
  -- NULL: the server itself.
  by_id TEXT,
  by_name TEXT,
  by_email TEXT
);
CREATE INDEX alert_steps_by_alert ON alert_steps (alert_id, at);

-- A rule, or what one group of it finds, is told to nobody until a time.
CREATE TABLE alert_mutes (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  rule_id TEXT NOT NULL,
  -- NULL: the whole rule.
  group_json TEXT,
  until TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by_id TEXT NOT NULL,
  created_by_name TEXT NOT NULL,
  created_by_email TEXT
);
CREATE INDEX alert_mutes_by_rule ON alert_mutes (workspace_id, rule_id, until);

-- How far detections have read, of each node.
CREATE TABLE detection_positions (
  node TEXT PRIMARY KEY,
  sequence BIGINT NOT NULL
);

-- Windows of correlations, and what else outlives a restart: JSON, written together with the positions.
CREATE TABLE detection_windows (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  rule_id TEXT NOT NULL,
  group_json TEXT NOT NULL,
  -- Canonical time after which nothing can join: the row may go.
  over_at TEXT NOT NULL,
  window_json TEXT NOT NULL,
  PRIMARY KEY (workspace_id, rule_id, group_json)
);
CREATE INDEX detection_windows_by_end ON detection_windows (over_at);

-- Where alerts are sent.
CREATE TABLE alert_receivers (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- email, slack or webhook.
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON: the addresses of an e-mail; of others the host alone, because the URL may hold a secret.
  shown_json TEXT NOT NULL,
  -- Encrypted with a key of secrets/: the URL, and what signs.
  sealed TEXT,
  level_min TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (workspace_id, name)
);

-- One for each step of an alert that a receiver is to be told; made in the transaction of the step.
CREATE TABLE alert_deliveries (
  id TEXT PRIMARY KEY,
  receiver_id TEXT NOT NULL REFERENCES alert_receivers (id) ON DELETE CASCADE,
  -- NULL: a test.
  alert_id TEXT REFERENCES alerts (id) ON DELETE CASCADE,
  step TEXT NOT NULL,
  -- waiting, running, delivered or dead.
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  -- Not before.
  retry_at TEXT,
  ended_at TEXT,
  message TEXT
);
CREATE INDEX alert_deliveries_by_state ON alert_deliveries (state, retry_at);
CREATE INDEX alert_deliveries_by_receiver ON alert_deliveries (receiver_id, created_at);
