-- What people save of the Audit Log page. Text and small numbers only, as in 0001.

CREATE TABLE views (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  -- 1: everybody of the workspace has it. 0: its owner alone.
  shared INTEGER NOT NULL,
  -- JSON.
  state TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- Its owner, copied: shared views outlive the membership of who made them.
  created_by_id TEXT NOT NULL,
  created_by_name TEXT NOT NULL,
  created_by_email TEXT
);
CREATE INDEX views_by_workspace ON views (workspace_id);
