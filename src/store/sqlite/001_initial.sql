-- The tables of a store in SQLite.
--
-- Every table of a tenant's data is keyed by tenant_id first. Times are milliseconds of Unix time. Bodies are kept as the
-- bytes that went over the wire. Versions are raised by each change of a row. Records name each other by id without
-- foreign keys: what refers to a record that was removed stays, as the contract of the store has it.

-- The customers of the host application.
CREATE TABLE tenants (
    tenant_id  TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which tenant a business phone number belongs to. The one table that is read before the tenant is known.
CREATE TABLE numbers (
    number_id  TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    account_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_of_account ON numbers (account_id, number_id);

-- People.
CREATE TABLE contacts (
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    name       TEXT,
    created_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_time ON contacts (tenant_id, created_at, id);

-- The names by which Meta speaks of people; each belongs to one contact.
CREATE TABLE contact_identities (
    tenant_id  TEXT    NOT NULL,
    kind       TEXT    NOT NULL, -- phone, user_id, parent_user_id
    value      TEXT    NOT NULL,
    contact_id TEXT    NOT NULL,
    position   INTEGER NOT NULL, -- the order in which they were seen
    PRIMARY KEY (tenant_id, kind, value),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_identities_by_contact ON contact_identities (tenant_id, contact_id, position);

-- Threads between one of our numbers and a contact.
CREATE TABLE conversations (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    number_id       TEXT    NOT NULL,
    contact_id      TEXT    NOT NULL,
    state           TEXT    NOT NULL, -- active, closed, archived
    opened_at       INTEGER NOT NULL,
    last_message_at INTEGER NOT NULL,
    last_inbound_at INTEGER,
    unread          INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_time ON conversations (tenant_id, opened_at, id);
CREATE INDEX conversations_by_contact ON conversations (tenant_id, contact_id, opened_at, id);
CREATE UNIQUE INDEX conversations_active ON conversations (tenant_id, number_id, contact_id) WHERE state = 'active';

-- Messages in both directions.
CREATE TABLE messages (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    direction       TEXT    NOT NULL, -- inbound, outbound
    wamid           TEXT,             -- Meta's id, once it is known
    at              INTEGER NOT NULL,
    kind            TEXT    NOT NULL, -- text, image, … as Meta spells it
    text            TEXT,             -- what a person reads of it
    reply_to        TEXT,             -- Meta's id of the message it answers
    body            BLOB    NOT NULL, -- its JSON
    send_state      TEXT,             -- queued, submitting, accepted, rejected, unknown; NULL for what was received
    send_attempts   INTEGER,
    send_error_code INTEGER,
    send_error      TEXT,
    version         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX messages_by_conversation ON messages (tenant_id, conversation_id, at, id);
CREATE INDEX messages_by_time ON messages (tenant_id, at, id);
CREATE UNIQUE INDEX messages_by_wamid ON messages (tenant_id, wamid) WHERE wamid IS NOT NULL;

-- When each fact about a sent message was first true.
CREATE TABLE progress (
    tenant_id    TEXT NOT NULL,
    wamid        TEXT NOT NULL,
    accepted_at  INTEGER,
    sent_at      INTEGER,
    delivered_at INTEGER,
    read_at      INTEGER,
    played_at    INTEGER,
    failed_at    INTEGER,
    PRIMARY KEY (tenant_id, wamid)
) STRICT, WITHOUT ROWID;

-- Why sent messages failed, as Meta says.
CREATE TABLE failures (
    tenant_id TEXT    NOT NULL,
    wamid     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    code      INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, wamid, at, code)
) STRICT, WITHOUT ROWID;

-- Events that could not be applied.
CREATE TABLE dead_letters (
    tenant_id TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    body      BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX dead_letters_by_time ON dead_letters (tenant_id, at, id);

-- Signs that two contacts may be one person, for somebody to look at.
CREATE TABLE identity_conflicts (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- of the identity, as in contact_identities
    value       TEXT    NOT NULL,
    holder_id   TEXT    NOT NULL, -- the contact that has the identity
    claimant_id TEXT    NOT NULL, -- the contact that was seen with it
    at          INTEGER NOT NULL,
    resolved_at INTEGER,
    version     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_conflicts_by_time ON identity_conflicts (tenant_id, at, id);

-- What people do not want to be sent. It stays when they are erased, so it knows them by a hash under a secret of the host.
CREATE TABLE consents (
    tenant_id TEXT    NOT NULL,
    person    BLOB    NOT NULL,
    purpose   TEXT    NOT NULL, -- marketing, all
    at        INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    id        TEXT    NOT NULL AS (lower(hex(person)) || purpose),
    PRIMARY KEY (tenant_id, person, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_time ON consents (tenant_id, at, id);

-- What was done already and must not be done again before a time. The key is a SHA-256: the text behind it names a person.
CREATE TABLE once_marks (
    tenant_id  TEXT    NOT NULL,
    key        BLOB    NOT NULL,
    keep_until INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_marks_by_time ON once_marks (tenant_id, keep_until);

-- Work that is not done. Jobs of a group are done one after the other, in the order of seq.
CREATE TABLE jobs (
    seq         INTEGER NOT NULL PRIMARY KEY,
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    group_name  TEXT    NOT NULL,
    is_head     INTEGER NOT NULL, -- 1 for the first job of each group, so that claims need not look for it
    due         INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    payload     TEXT    NOT NULL,
    lease_token TEXT,
    lease_until INTEGER,
    UNIQUE (tenant_id, id)
) STRICT;
CREATE INDEX jobs_by_group ON jobs (tenant_id, group_name, seq);
CREATE INDEX jobs_due ON jobs (due, seq) WHERE is_head = 1 AND lease_until IS NULL;
CREATE INDEX jobs_over ON jobs (lease_until) WHERE is_head = 1 AND lease_until IS NOT NULL;
CREATE INDEX jobs_leased ON jobs (tenant_id, group_name, lease_until) WHERE lease_until IS NOT NULL;
