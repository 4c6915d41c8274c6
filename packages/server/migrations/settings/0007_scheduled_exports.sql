-- What is exported by the clock, and the server that sends e-mails. Text and small numbers only, as in 0001.

CREATE TABLE mail_settings (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  -- tls, starttls or none.
  tls TEXT NOT NULL,
  -- Empty: without signing in.
  user_name TEXT NOT NULL,
  -- Encrypted with a key of secrets/, which is not in this database; NULL: none.
  sealed_password TEXT,
  sender TEXT NOT NULL,
  updated_at TEXT NOT NULL
);

CREATE TABLE export_schedules (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  -- A view, or a search that was typed in; it may be gone by the time of a run.
  view_id TEXT,
  search_text TEXT,
  -- xlsx, csv, jsonl or digest.
  format TEXT NOT NULL,
  -- JSON.
  timing TEXT NOT NULL,
  -- JSON.
  destination TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  -- NULL while it is not enabled.
  next_due_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- Whose rights it has; looked up with each run.
  runs_as_id TEXT NOT NULL,
  runs_as_name TEXT NOT NULL,
  runs_as_email TEXT,
  UNIQUE (workspace_id, name)
);
CREATE INDEX export_schedules_by_due ON export_schedules (next_due_at);

CREATE TABLE export_runs (
  id TEXT PRIMARY KEY,
  schedule_id TEXT NOT NULL REFERENCES export_schedules (id) ON DELETE CASCADE,
  -- schedule or person.
  started_by TEXT NOT NULL,
  due_at TEXT NOT NULL,
  -- Both days included, and the times between which they lie.
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to TEXT NOT NULL,
  -- waiting, running, delivered, failed or skipped.
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  -- Of one that waits: not before.
  retry_at TEXT,
  started_at TEXT,
  ended_at TEXT,
  row_count INTEGER,
  byte_count INTEGER,
  message TEXT
);
-- What makes a period run once, whoever looks for what is due; what was left out has not run.
CREATE UNIQUE INDEX export_runs_by_period ON export_runs (schedule_id, period_from, period_to)
  WHERE started_by = 'schedule' AND state <> 'skipped';
CREATE INDEX export_runs_by_state ON export_runs (state, retry_at);
