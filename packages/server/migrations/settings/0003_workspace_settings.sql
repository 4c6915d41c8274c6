-- What the admins of a workspace decide about its log. Text only, as in 0001. A workspace without a row has the defaults.

CREATE TABLE workspace_settings (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  -- none, types, masked or full.
  bind_parameters TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
