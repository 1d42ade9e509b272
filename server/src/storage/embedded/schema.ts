/**
 * The tables, as a list of migrations: each is applied once, in order, and never edited after a release.
 * Not concerned with queries.
 */
import { RelayError } from '../../errors.ts'
import type { Database } from './database.ts'

export const migrations: readonly string[] = [
  `
  CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL UNIQUE,
    identity_key BLOB NOT NULL,
    proof_kind TEXT NOT NULL,
    proof_at_ms INTEGER NOT NULL,
    issuer TEXT,
    subject TEXT,
    login_name TEXT UNIQUE,
    password_hash TEXT,
    created_at_ms INTEGER NOT NULL,
    last_device_id INTEGER NOT NULL DEFAULT 0,
    UNIQUE (issuer, subject)
  ) STRICT;

  -- device_key is never used twice, even when a device id is: a late write cannot reach a successor.
  CREATE TABLE devices (
    device_key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL REFERENCES accounts,
    device_id INTEGER NOT NULL,
    registration_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    revocation_hash BLOB NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    last_seen_day TEXT NOT NULL,
    last_sequence INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, device_id)
  ) STRICT;

  CREATE TABLE signed_keys (
    device_key INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (device_key, kind)
  ) STRICT, WITHOUT ROWID;

  -- A key that was handed out stays as an id without bytes, so that a repeated upload cannot bring it back.
  CREATE TABLE one_time_keys (
    position INTEGER PRIMARY KEY,
    device_key INTEGER NOT NULL REFERENCES devices ON DELETE CASCADE,
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    public_key BLOB,
    signature BLOB,
    UNIQUE (device_key, kind, id)
  ) STRICT;
  CREATE INDEX one_time_keys_left ON one_time_keys (device_key, kind, position) WHERE public_key IS NOT NULL;

  CREATE TABLE envelopes (
    device_key INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    key_hash BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (device_key, sequence)
  ) STRICT;
  CREATE INDEX envelopes_by_expiry ON envelopes (expires_at_ms);

  -- remaining: envelopes still queued. Names neither sender nor recipient.
  CREATE TABLE submissions (
    key_hash BLOB PRIMARY KEY,
    content_hash BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    remaining INTEGER NOT NULL,
    forgotten_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX submissions_by_forgetting ON submissions (forgotten_at_ms);

  CREATE TABLE tickets (
    kind TEXT NOT NULL,
    hash BLOB NOT NULL,
    person_id TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tickets_by_expiry ON tickets (expires_at_ms);
  CREATE INDEX tickets_by_person ON tickets (person_id);

  CREATE TABLE push_subscriptions (
    device_key INTEGER PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    p256dh BLOB NOT NULL,
    auth BLOB NOT NULL
  ) STRICT;

  CREATE TABLE attachments (
    attachment_id TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attachments_by_expiry ON attachments (expires_at_ms);

  CREATE TABLE installation (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
  `,
  // Submissions in the order of their coming, so that a commit touches few pages; only the index is in the order of the
  // hashes, by their first bytes. State: 0 queued, 1 delivered, 2 expired. A device's last_sequence is now one that no
  // used sequence is above: see queues.ts.
  `
  CREATE TABLE new_submissions (
    submission_key INTEGER PRIMARY KEY AUTOINCREMENT,
    key_hash BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    received_at_ms INTEGER NOT NULL,
    state INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    forgotten_at_ms INTEGER NOT NULL
  ) STRICT;
  INSERT INTO new_submissions (key_hash, content_hash, received_at_ms, state, remaining, forgotten_at_ms)
    SELECT key_hash, content_hash, received_at_ms,
      CASE state WHEN 'queued' THEN 0 WHEN 'delivered' THEN 1 ELSE 2 END, remaining, forgotten_at_ms
    FROM submissions ORDER BY received_at_ms;
  DROP TABLE submissions;
  ALTER TABLE new_submissions RENAME TO submissions;
  CREATE INDEX submissions_by_key ON submissions (substr(key_hash, 1, 8));
  CREATE INDEX submissions_by_forgetting ON submissions (forgotten_at_ms);

  CREATE TABLE new_envelopes (
    device_key INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    submission_key INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (device_key, sequence)
  ) STRICT;
  INSERT INTO new_envelopes SELECT envelopes.device_key, envelopes.sequence, coalesce(submissions.submission_key, 0),
      envelopes.received_at_ms, envelopes.expires_at_ms, envelopes.size, envelopes.content
    FROM envelopes LEFT JOIN submissions ON substr(submissions.key_hash, 1, 8) = substr(envelopes.key_hash, 1, 8)
      AND submissions.key_hash = envelopes.key_hash
    ORDER BY envelopes.rowid;
  DROP TABLE envelopes;
  ALTER TABLE new_envelopes RENAME TO envelopes;
  CREATE INDEX envelopes_by_expiry ON envelopes (expires_at_ms);

  ALTER TABLE devices DROP COLUMN queued;
  `,
  // A submission with one envelope, as nearly all are, names its place in the queue: when that is empty, and it did not
  // expire, it was delivered, and an acknowledgement need not write that down. An envelope that shares its submission
  // with others carries the submission's key with a minus.
  `
  ALTER TABLE submissions ADD COLUMN device_key INTEGER;
  ALTER TABLE submissions ADD COLUMN sequence INTEGER;
  UPDATE envelopes SET submission_key = -submission_key;
  `,
  // applicant, decision: JSON. The audit trail is only ever added to.
  `
  CREATE TABLE guarantees (
    guarantee_id TEXT PRIMARY KEY,
    request_hash BLOB NOT NULL UNIQUE,
    check_hash BLOB NOT NULL,
    tries_left INTEGER NOT NULL,
    state TEXT NOT NULL,
    guarantor_id TEXT NOT NULL,
    name_key TEXT NOT NULL,
    applicant TEXT NOT NULL,
    requested_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    admitted_by TEXT,
    decision TEXT
  ) STRICT;
  CREATE INDEX guarantees_by_guarantor ON guarantees (guarantor_id, requested_at_ms);
  CREATE INDEX guarantees_by_state ON guarantees (state, guarantee_id);
  CREATE INDEX guarantees_by_end ON guarantees (ends_at_ms);

  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
  CREATE TRIGGER audit_is_never_erased BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
  `,
  // What one commit brought lies together until it shows whether its devices are there: see arrivals.ts. The keys of
  // submissions are a table of their own, because they enter it sorted and later: see submission-memory.ts.
  `
  CREATE TABLE arrivals (batch INTEGER PRIMARY KEY, envelopes BLOB NOT NULL) STRICT;

  CREATE TABLE submission_keys (
    fingerprint BLOB NOT NULL,
    submission_key INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, submission_key)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO submission_keys SELECT substr(key_hash, 1, 8), submission_key FROM submissions ORDER BY 1, 2;
  DROP INDEX submissions_by_key;
  CREATE TABLE submissions_indexed (up_to INTEGER NOT NULL) STRICT;
  INSERT INTO submissions_indexed SELECT coalesce(max(submission_key), 0) FROM submissions;
  `,
]

/** Brings the file to this version, or to an earlier one in tests. Throws RelayError `unavailable` when a newer version wrote it. */
export function migrate(database: Database, upTo = migrations.length): void {
  const { user_version: version } = database
    .prepare<{ user_version: number }>('PRAGMA user_version')
    .get() ?? {
    user_version: 0,
  }
  if (version > migrations.length) {
    throw new RelayError('unavailable', 'this data folder was written by a newer version of the relay')
  }
  for (let next = version; next < upTo; next += 1) {
    database.execute(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version = ${next + 1}; COMMIT;`)
  }
}
