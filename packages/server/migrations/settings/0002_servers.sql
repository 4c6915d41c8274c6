-- What the servers that share these settings must agree on. Text only, as in 0001.

-- A fingerprint of each secret that all servers must have; never the secret itself.
CREATE TABLE shared_secrets (
  -- The file in secrets/ of the data directory.
  name TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  created_at TEXT NOT NULL
);

-- Who started last under each node id; that it is alive is told by a lock, not by this row.
CREATE TABLE nodes (
  node TEXT PRIMARY KEY,
  host_name TEXT NOT NULL,
  process_id INTEGER NOT NULL,
  started_at TEXT NOT NULL
);
