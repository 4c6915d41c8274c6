-- What was signed off about who has access to tables. Text only, as in 0001. Rows are never changed.

CREATE TABLE access_reviews (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  signed_at TEXT NOT NULL,
  -- Copied, because reviews outlive the people who signed them.
  reviewer_id TEXT NOT NULL,
  reviewer_name TEXT NOT NULL,
  reviewer_email TEXT,
  -- JSON: everything else of the review, but for its lines.
  about_json TEXT NOT NULL,
  -- JSON: the lines as they were counted, with the decisions.
  lines_json TEXT NOT NULL
);
CREATE INDEX access_reviews_by_workspace ON access_reviews (workspace_id, signed_at);

-- The tables of each review, to find the one before.
CREATE TABLE access_review_tables (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  table_name TEXT NOT NULL,
  review_id TEXT NOT NULL REFERENCES access_reviews (id),
  PRIMARY KEY (workspace_id, table_name, review_id)
);
