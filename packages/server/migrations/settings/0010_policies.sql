-- Policies and what they need to know of tables. Text and small numbers only, as in 0001.

CREATE TABLE policies (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  -- As names are compared: lower-cased.
  name_key TEXT NOT NULL,
  -- Cedar.
  text TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  updated_by_id TEXT NOT NULL,
  updated_by_name TEXT NOT NULL,
  updated_by_email TEXT,
  UNIQUE (workspace_id, name_key)
);

-- What each policy was, also of those that are deleted: a report tells what was in force.
CREATE TABLE policy_versions (
  policy_id TEXT NOT NULL,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  version INTEGER NOT NULL,
  -- created, changed or deleted.
  change TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  note TEXT NOT NULL,
  at TEXT NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  by_email TEXT,
  PRIMARY KEY (policy_id, version)
);
CREATE INDEX policy_versions_by_workspace ON policy_versions (workspace_id, at);

-- Who may do until a time what a policy forbids.
CREATE TABLE policy_exceptions (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- NULL: every policy. The name is copied, because exceptions outlive policies.
  policy_id TEXT,
  policy_name TEXT,
  -- person or group.
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  from_at TEXT NOT NULL,
  -- Exclusive; of one that was revoked, when.
  until_at TEXT NOT NULL,
  reason TEXT NOT NULL,
  approver TEXT NOT NULL,
  granted_by_id TEXT NOT NULL,
  granted_by_name TEXT NOT NULL,
  granted_by_email TEXT,
  revoked INTEGER NOT NULL
);
CREATE INDEX policy_exceptions_by_workspace ON policy_exceptions (workspace_id, until_at);

-- Tags of tables and columns, one row for each: a file replaces what the last file of its origin said.
CREATE TABLE table_tags (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- hand, csv or dbt.
  origin TEXT NOT NULL,
  -- A name, or a pattern with *.
  pattern TEXT NOT NULL,
  -- Empty: the table.
  column_name TEXT NOT NULL,
  -- JSON: a list of texts.
  tags_json TEXT NOT NULL,
  PRIMARY KEY (workspace_id, origin, pattern, column_name)
);

-- Counts the changes of all of these, so that every server sees in one small read whether what it holds is still right.
CREATE TABLE policy_changes (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  version INTEGER NOT NULL
);
