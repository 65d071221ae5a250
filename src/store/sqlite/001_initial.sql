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
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    name        TEXT,             -- of the WhatsApp profile
    merged_into TEXT,             -- the contact that this one turned out to be
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_time ON contacts (tenant_id, created_at, id);
CREATE INDEX contacts_merged ON contacts (tenant_id, merged_into, created_at, id) WHERE merged_into IS NOT NULL;

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
    closed_at       INTEGER,
    assignee_id     TEXT,             -- the agent who answers
    assigned_at     INTEGER,
    waiting_since   INTEGER,          -- since when the contact waits for an agent
    customer_id     TEXT,             -- the host's id of the customer that the contact is
    lead_id         TEXT,             -- the host's id of the lead that it is about
    context         TEXT    NOT NULL, -- what the host wants to remember with it, as a JSON object of texts
    version         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_time ON conversations (tenant_id, opened_at, id);
CREATE INDEX conversations_by_contact ON conversations (tenant_id, contact_id, opened_at, id);
CREATE INDEX conversations_by_state ON conversations (tenant_id, state, opened_at, id);
CREATE INDEX conversations_unassigned ON conversations (tenant_id, state, opened_at, id)
    WHERE state = 'active' AND assignee_id IS NULL;
CREATE INDEX conversations_waiting ON conversations (tenant_id, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_by_assignee ON conversations (tenant_id, assignee_id, opened_at, id)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX conversations_by_customer ON conversations (tenant_id, customer_id, opened_at, id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX conversations_by_lead ON conversations (tenant_id, lead_id, opened_at, id) WHERE lead_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_active ON conversations (tenant_id, number_id, contact_id) WHERE state = 'active';

-- Words that agents put on conversations to find them again.
CREATE TABLE tags (
    tenant_id       TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    name            TEXT    NOT NULL, -- the word
    at              INTEGER NOT NULL,
    id              TEXT    NOT NULL AS (conversation_id || name),
    PRIMARY KEY (tenant_id, conversation_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_name ON tags (tenant_id, name, at, id);
CREATE INDEX tags_by_conversation ON tags (tenant_id, conversation_id, at, id);

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
    send_state      TEXT,             -- queued, submitting, accepted, rejected, unknown, given_up, cancelled; NULL for what was received
    send_attempts   INTEGER,
    send_error_code INTEGER,
    send_error      TEXT,
    send_attempted_at INTEGER,
    version         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX messages_by_conversation ON messages (tenant_id, conversation_id, at, id);
CREATE INDEX messages_by_time ON messages (tenant_id, at, id);
CREATE UNIQUE INDEX messages_by_wamid ON messages (tenant_id, wamid) WHERE wamid IS NOT NULL;

-- The files of received messages, on their way from Meta to the host.
CREATE TABLE media (
    tenant_id  TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    media_id   TEXT    NOT NULL, -- Meta's id of the file
    state      TEXT    NOT NULL, -- pending, stored, expired, failed
    mime       TEXT,
    sha256     TEXT,             -- of its bytes, as Meta told it
    size       INTEGER,
    location   TEXT,             -- where the host keeps it
    error      TEXT,             -- why it could not be fetched
    at         INTEGER NOT NULL, -- when the message came
    version    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
) STRICT, WITHOUT ROWID;

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
    id        TEXT    NOT NULL AS (CAST(code AS TEXT)),
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

-- The last word of people on being written to. It stays when they are erased, so it knows them by a hash under a secret of
-- the host.
CREATE TABLE consents (
    tenant_id TEXT    NOT NULL,
    person    BLOB    NOT NULL,
    purpose   TEXT    NOT NULL, -- marketing, all
    state     TEXT    NOT NULL, -- given, withdrawn
    source    TEXT    NOT NULL, -- host, keyword, preference, refusal
    at        INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    id        TEXT    NOT NULL AS (lower(hex(person)) || purpose),
    PRIMARY KEY (tenant_id, person, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_time ON consents (tenant_id, at, id);

-- People on the tenant's team to whom conversations are assigned.
CREATE TABLE agents (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    skills      TEXT    NOT NULL, -- what they can do, in the host's words, as a JSON array
    languages   TEXT    NOT NULL, -- as a JSON array
    capacity    INTEGER NOT NULL, -- how many active conversations they may have at once
    load        INTEGER NOT NULL, -- how many they have
    presence    TEXT    NOT NULL, -- online, away, offline
    assigned_at INTEGER,          -- when a conversation was last assigned to them
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX agents_by_time ON agents (tenant_id, created_at, id);

-- Templates by account, name and language, and what Meta made of them.
CREATE TABLE templates (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    account_id      TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    latest          INTEGER NOT NULL, -- the number of the newest version
    at_meta         INTEGER,          -- the number of the version that Meta took last
    template_id     TEXT,             -- Meta's id
    status          TEXT,             -- in Meta's word; NULL when Meta never had it
    status_at       INTEGER,          -- since when, by Meta's clock
    status_told_at  INTEGER,          -- as of when that is known
    rejection       TEXT,             -- why Meta rejected, disabled or paused it, by Meta's code
    category        TEXT,             -- that Meta gave it
    category_told_at INTEGER,         -- as of when that is known
    quality         TEXT,             -- by Meta's word
    quality_told_at INTEGER,          -- as of when that is known
    missing_since   INTEGER,          -- since when the account's list does not hold it
    last_attempt_at INTEGER,          -- to submit it to Meta
    last_success_at INTEGER,
    last_error      TEXT,
    edits           TEXT    NOT NULL, -- when it was edited at Meta: a JSON array of milliseconds
    created_at      INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX templates_by_time ON templates (tenant_id, created_at, id);
CREATE UNIQUE INDEX templates_by_name ON templates (tenant_id, account_id, name, language);

-- What was written of templates, and what the tenant's own people think of it.
CREATE TABLE template_versions (
    tenant_id   TEXT    NOT NULL,
    template_id TEXT    NOT NULL,
    number      INTEGER NOT NULL, -- 1 is the first
    definition  TEXT    NOT NULL, -- what is submitted to Meta, as JSON
    author      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    approval    TEXT    NOT NULL, -- draft, submitted, approved, rejected
    decided_by  TEXT,             -- who approved or rejected it
    decided_at  INTEGER,
    reason      TEXT,             -- why, in their words
    version     INTEGER NOT NULL,
    id          TEXT    NOT NULL AS (template_id || '.' || printf('%010d', number)),
    PRIMARY KEY (tenant_id, template_id, number)
) STRICT;
CREATE INDEX template_versions_by_template ON template_versions (tenant_id, template_id, at, id);
CREATE INDEX template_versions_by_approval ON template_versions (tenant_id, approval, at, id);

-- What happened to something and who did it. Rows are never changed.
CREATE TABLE audit (
    tenant_id    TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    subject_kind TEXT    NOT NULL, -- tenant, contact, conversation, message, agent, template, number
    subject_id   TEXT    NOT NULL,
    actor        TEXT    NOT NULL, -- the id of an agent or of a user of the host, desk or meta
    action       TEXT    NOT NULL, -- such as conversation.assigned
    detail       TEXT    NOT NULL, -- the particulars, as JSON
    PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX audit_by_time ON audit (tenant_id, at, id);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_kind, subject_id, at, id);

-- What was used, counted by day.
CREATE TABLE usage (
    tenant_id TEXT    NOT NULL,
    day       INTEGER NOT NULL, -- its first moment in UTC
    metric    TEXT    NOT NULL, -- what is counted, such as sent.marketing
    count     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, metric)
) STRICT, WITHOUT ROWID;

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
