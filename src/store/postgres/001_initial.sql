-- The tables of a store in PostgreSQL. They are made in the schema that is first in the search path.
--
-- A host may read them, join them with its own and report on them. Times are milliseconds of Unix time
-- (`to_timestamp(at / 1000.0)` makes a timestamp of them). Bodies are kept as the bytes that went over the wire. Texts are
-- kept as they are but for two characters that PostgreSQL or this rule needs: U+0000 is kept as U+0001 U+0001, and U+0001
-- as U+0001 U+0002, which keeps their order. Versions are raised by each change of a row. Records name each other by id
-- without foreign keys: what refers to a record that was removed stays, as the contract of the store has it.
--
-- Every key of a tenant's data begins with tenant_id. Nobody sees a row, not even the owner of the tables, without saying
-- whose rows are wanted, in a transaction:
--
--     SELECT set_config('whatsapp.tenants', '{acme}', true);
--
-- Never use SET without LOCAL, nor set_config(…, false): a pooled connection would keep the tenants for its next user.

-- Name the tenant in the condition as well (`WHERE tenant_id = 'acme'`): indexes are used for that.

CREATE FUNCTION allowed_tenants() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NULLIF(current_setting('whatsapp.tenants', true), '')::text[]
$$;
COMMENT ON FUNCTION allowed_tenants IS 'Whose rows this transaction may see and write: the array in the setting whatsapp.tenants. Nobody''s when it is not set.';

CREATE TABLE tenants (
    tenant_id  text COLLATE "C" NOT NULL PRIMARY KEY,
    name       text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    version    bigint NOT NULL
);
COMMENT ON TABLE tenants IS 'The customers of the host application.';
COMMENT ON COLUMN tenants.name IS 'What people call the tenant.';

CREATE TABLE numbers (
    number_id  text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id  text COLLATE "C" NOT NULL,
    account_id text COLLATE "C" NOT NULL
);
CREATE INDEX numbers_of_account ON numbers (account_id, number_id);
COMMENT ON TABLE numbers IS 'Which tenant a business phone number belongs to. The one table that is read before the tenant is known: without tenants set, all of it is seen.';
COMMENT ON COLUMN numbers.account_id IS 'The WhatsApp Business Account of the number.';

CREATE TABLE contacts (
    tenant_id  text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    name       text COLLATE "C",
    created_at bigint NOT NULL,
    version    bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX contacts_by_time ON contacts (tenant_id, created_at, id);
COMMENT ON TABLE contacts IS 'People.';
COMMENT ON COLUMN contacts.name IS 'The name of the WhatsApp profile.';

CREATE TABLE contact_identities (
    tenant_id  text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    contact_id text COLLATE "C" NOT NULL,
    position   bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind, value),
    FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_identities_by_contact ON contact_identities (tenant_id, contact_id, position);
COMMENT ON TABLE contact_identities IS 'The names by which Meta speaks of people; each belongs to one contact.';
COMMENT ON COLUMN contact_identities.kind IS 'phone, user_id or parent_user_id';
COMMENT ON COLUMN contact_identities.position IS 'The order in which they were seen.';

CREATE TABLE conversations (
    tenant_id       text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    number_id       text COLLATE "C" NOT NULL,
    contact_id      text COLLATE "C" NOT NULL,
    state           text COLLATE "C" NOT NULL,
    opened_at       bigint NOT NULL,
    last_message_at bigint NOT NULL,
    last_inbound_at bigint,
    unread          bigint NOT NULL,
    version         bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70); -- Each message changes a row here, which is quick while there is room beside it.
CREATE INDEX conversations_by_time ON conversations (tenant_id, opened_at, id);
CREATE INDEX conversations_by_contact ON conversations (tenant_id, contact_id, opened_at, id);
CREATE UNIQUE INDEX conversations_active ON conversations (tenant_id, number_id, contact_id) WHERE state = 'active';
COMMENT ON TABLE conversations IS 'Threads between one of our numbers and a contact.';
COMMENT ON COLUMN conversations.state IS 'active, closed or archived';
COMMENT ON COLUMN conversations.last_message_at IS 'The last message either way.';
COMMENT ON COLUMN conversations.last_inbound_at IS 'The last message from the contact, by Meta''s clock: the 24-hour window is counted from it.';
COMMENT ON COLUMN conversations.unread IS 'How many messages from the contact nobody has seen.';

CREATE TABLE messages (
    tenant_id       text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    direction       text COLLATE "C" NOT NULL,
    wamid           text COLLATE "C",
    at              bigint NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    text            text COLLATE "C",
    reply_to        text COLLATE "C",
    body            bytea NOT NULL,
    send_state      text COLLATE "C",
    send_attempts   bigint,
    send_error_code bigint,
    send_error      text COLLATE "C",
    version         bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX messages_by_conversation ON messages (tenant_id, conversation_id, at, id);
CREATE INDEX messages_by_time ON messages (tenant_id, at, id);
CREATE UNIQUE INDEX messages_by_wamid ON messages (tenant_id, wamid) WHERE wamid IS NOT NULL;
COMMENT ON TABLE messages IS 'Messages in both directions.';
COMMENT ON COLUMN messages.direction IS 'inbound or outbound';
COMMENT ON COLUMN messages.wamid IS 'Meta''s id, once it is known. It holds the customer''s phone number.';
COMMENT ON COLUMN messages.at IS 'The place in the history.';
COMMENT ON COLUMN messages.kind IS 'text, image, … as Meta spells it';
COMMENT ON COLUMN messages.text IS 'What a person reads of it.';
COMMENT ON COLUMN messages.reply_to IS 'Meta''s id of the message it answers.';
COMMENT ON COLUMN messages.body IS 'Its JSON, byte for byte.';
COMMENT ON COLUMN messages.send_state IS 'queued, submitting, accepted, rejected or unknown; NULL for what was received';
COMMENT ON COLUMN messages.send_attempts IS 'How many attempts to send it were begun.';
COMMENT ON COLUMN messages.send_error_code IS 'Meta''s code of the last refusal.';
COMMENT ON COLUMN messages.send_error IS 'The last failure, in words for a person.';

CREATE TABLE progress (
    tenant_id    text COLLATE "C" NOT NULL,
    wamid        text COLLATE "C" NOT NULL,
    accepted_at  bigint,
    sent_at      bigint,
    delivered_at bigint,
    read_at      bigint,
    played_at    bigint,
    failed_at    bigint,
    PRIMARY KEY (tenant_id, wamid)
);
COMMENT ON TABLE progress IS 'When each fact about a sent message was first true.';

CREATE TABLE failures (
    tenant_id text COLLATE "C" NOT NULL,
    wamid     text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    code      bigint NOT NULL,
    title     text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, wamid, at, code)
);
COMMENT ON TABLE failures IS 'Why sent messages failed, as Meta says.';

CREATE TABLE dead_letters (
    tenant_id text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    reason    text COLLATE "C" NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX dead_letters_by_time ON dead_letters (tenant_id, at, id);
COMMENT ON TABLE dead_letters IS 'Events that could not be applied.';
COMMENT ON COLUMN dead_letters.body IS 'The event''s JSON, byte for byte.';

CREATE TABLE identity_conflicts (
    tenant_id   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    value       text COLLATE "C" NOT NULL,
    holder_id   text COLLATE "C" NOT NULL,
    claimant_id text COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    resolved_at bigint,
    version     bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX identity_conflicts_by_time ON identity_conflicts (tenant_id, at, id);
COMMENT ON TABLE identity_conflicts IS 'Signs that two contacts may be one person, for somebody to look at.';
COMMENT ON COLUMN identity_conflicts.kind IS 'Of the identity, as in contact_identities.';
COMMENT ON COLUMN identity_conflicts.holder_id IS 'The contact that has the identity.';
COMMENT ON COLUMN identity_conflicts.claimant_id IS 'The contact that was seen with it.';

CREATE TABLE consents (
    tenant_id text COLLATE "C" NOT NULL,
    person    bytea NOT NULL,
    purpose   text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    version   bigint NOT NULL,
    id        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (encode(person, 'hex') || purpose) STORED,
    PRIMARY KEY (tenant_id, person, purpose)
);
CREATE INDEX consents_by_time ON consents (tenant_id, at, id);
COMMENT ON TABLE consents IS 'What people do not want to be sent. It stays when they are erased, so it knows them by a hash under a secret of the host.';
COMMENT ON COLUMN consents.purpose IS 'marketing or all';

CREATE TABLE once_marks (
    tenant_id  text COLLATE "C" NOT NULL,
    key        bytea NOT NULL,
    marked_at  bigint NOT NULL,
    keep_until bigint NOT NULL,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX once_marks_by_time ON once_marks (tenant_id, keep_until);
COMMENT ON TABLE once_marks IS 'What was done already and must not be done again before a time.';
COMMENT ON COLUMN once_marks.key IS 'A SHA-256: the text behind it names a person.';

CREATE SEQUENCE job_order;

CREATE TABLE jobs (
    tenant_id   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    seq         bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    group_name  text COLLATE "C" NOT NULL,
    due         bigint NOT NULL,
    attempts    bigint NOT NULL,
    payload     text COLLATE "C" NOT NULL,
    lease_token text COLLATE "C",
    lease_until bigint,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_by_group ON jobs (tenant_id, group_name, seq);
CREATE INDEX jobs_leased ON jobs (tenant_id, group_name, lease_until) WHERE lease_until IS NOT NULL;
COMMENT ON TABLE jobs IS 'Work that is not done. Jobs of a group are done one after the other, in the order of seq.';
COMMENT ON COLUMN jobs.attempts IS 'How often it was claimed.';
COMMENT ON COLUMN jobs.lease_token IS 'What fences the lease of whoever works on it.';
COMMENT ON COLUMN jobs.lease_until IS 'When that lease ends.';

CREATE TABLE job_groups (
    tenant_id  text COLLATE "C" NOT NULL,
    name       text COLLATE "C" NOT NULL,
    head       bigint NOT NULL,
    due        bigint NOT NULL,
    busy_until bigint NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
CREATE INDEX job_groups_due ON job_groups (due, head);
COMMENT ON TABLE job_groups IS 'The groups in which there are jobs, so that a claim looks at their first jobs only. Whoever changes jobs keeps it.';
COMMENT ON COLUMN job_groups.head IS 'The seq of the first job.';
COMMENT ON COLUMN job_groups.due IS 'When the first job is due.';
COMMENT ON COLUMN job_groups.busy_until IS 'When the last lease in the group ends.';

-- Row-level security, for the owner of the tables as well. The sub-select is evaluated once a statement, not once a row. It is
-- written so that it is only ever a filter: as a condition on an index it would lead away from the keys.

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'numbers', 'contacts', 'contact_identities', 'conversations', 'messages',
        'progress', 'failures', 'dead_letters', 'identity_conflicts', 'consents', 'once_marks', 'jobs', 'job_groups']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY of_tenants ON %I
            USING (array_position((SELECT allowed_tenants()), tenant_id) IS NOT NULL)
            WITH CHECK (array_position((SELECT allowed_tenants()), tenant_id) IS NOT NULL)', name);
    END LOOP;
END $$;

-- Whoever has not said any tenant may look up whose a number is: that is how a delivery finds its tenant.
CREATE POLICY of_routes ON numbers FOR SELECT USING ((SELECT allowed_tenants()) IS NULL);

-- Whoever has not said any tenant and says that it is a worker may lease jobs: a claim serves all tenants.
CREATE FUNCTION is_worker() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT current_setting('whatsapp.worker', true) = 'on'
        AND NULLIF(current_setting('whatsapp.tenants', true), '') IS NULL
$$;
COMMENT ON FUNCTION is_worker IS 'Whether this transaction may see and lease jobs of all tenants: the setting whatsapp.worker is on and whatsapp.tenants is not set.';
CREATE POLICY of_workers ON jobs FOR SELECT USING ((SELECT is_worker()));
CREATE POLICY of_leases ON jobs FOR UPDATE USING ((SELECT is_worker()));
CREATE POLICY of_workers ON job_groups FOR SELECT USING ((SELECT is_worker()));
CREATE POLICY of_leases ON job_groups FOR UPDATE USING ((SELECT is_worker()));

-- Gives a role what a store needs and no more. Nobody changes whose a row is, nor what it is known by. Of the jobs, which a
-- worker sees of all tenants, only the lease changes, and when they are due.
CREATE FUNCTION grant_rights(name_of_role text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    of_table record;
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), name_of_role);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), name_of_role);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), name_of_role);
    FOR of_table IN
        SELECT attrelid::regclass AS name, string_agg(quote_ident(attname), ', ') AS changes
        FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid AND contype = 'p'
        WHERE connamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
            AND attrelid <> 'migrations'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'tenant_id' AND attnum <> ALL (conkey)
            AND (attrelid <> 'jobs'::regclass OR attname IN ('due', 'attempts', 'lease_token', 'lease_until'))
        GROUP BY attrelid
    LOOP
        EXECUTE format('GRANT INSERT, DELETE, UPDATE (%s) ON %s TO %I', of_table.changes, of_table.name, name_of_role);
    END LOOP;
END $$;
