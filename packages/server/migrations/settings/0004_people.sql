-- The directory of people: who is behind the logins of databases and the ids of tools. Text only, as in 0001.

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  name TEXT NOT NULL,
  -- JSON: a list of texts.
  groups_json TEXT NOT NULL,
  -- A day.
  left_on TEXT,
  note TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX people_by_workspace ON people (workspace_id);

-- Everything by which a person is known. The key is what makes it belong to one person at most.
CREATE TABLE person_keys (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  -- email, login or tool_id.
  kind TEXT NOT NULL,
  -- Of a login: the integration or database, in lower case. Of an id: the tool. Empty for everywhere.
  scope TEXT NOT NULL,
  value TEXT NOT NULL,
  person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  -- The order in which they were given: the first e-mail stands in events.
  place INTEGER NOT NULL,
  PRIMARY KEY (workspace_id, kind, scope, value)
);
CREATE INDEX person_keys_by_person ON person_keys (person_id);

-- Logins that a tool or an application uses for everybody.
CREATE TABLE service_accounts (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  scope TEXT NOT NULL,
  login TEXT NOT NULL,
  tool TEXT NOT NULL,
  comment_pattern TEXT,
  note TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (workspace_id, scope, login)
);

-- Counts the changes, so that every server sees in one small read whether what it holds in memory is still right.
CREATE TABLE directory_versions (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id),
  version INTEGER NOT NULL
);
