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
    tenant_id   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    name        text COLLATE "C",
    merged_into text COLLATE "C",
    created_at  bigint NOT NULL,
    version     bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX contacts_by_time ON contacts (tenant_id, created_at, id);
CREATE INDEX contacts_merged ON contacts (tenant_id, merged_into, created_at, id) WHERE merged_into IS NOT NULL;
COMMENT ON TABLE contacts IS 'People.';
COMMENT ON COLUMN contacts.name IS 'The name of the WhatsApp profile.';
COMMENT ON COLUMN contacts.merged_into IS 'The contact that this one turned out to be.';

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
    closed_at       bigint,
    assignee_id     text COLLATE "C",
    assigned_at     bigint,
    waiting_since   bigint,
    customer_id     text COLLATE "C",
    lead_id         text COLLATE "C",
    context         text COLLATE "C" NOT NULL,
    version         bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 70); -- Each message changes a row here, which is quick while there is room beside it and no index on that.
CREATE INDEX conversations_by_time ON conversations (tenant_id, opened_at, id);
CREATE INDEX conversations_by_contact ON conversations (tenant_id, contact_id, opened_at, id);
CREATE INDEX conversations_by_state ON conversations (tenant_id, state, opened_at, id);
CREATE INDEX conversations_unassigned ON conversations (tenant_id, opened_at, id)
    WHERE state = 'active' AND assignee_id IS NULL;
CREATE INDEX conversations_waiting ON conversations (tenant_id, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_by_assignee ON conversations (tenant_id, assignee_id, opened_at, id)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX conversations_by_customer ON conversations (tenant_id, customer_id, opened_at, id)
    WHERE customer_id IS NOT NULL;
CREATE INDEX conversations_by_lead ON conversations (tenant_id, lead_id, opened_at, id) WHERE lead_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_active ON conversations (tenant_id, number_id, contact_id) WHERE state = 'active';
COMMENT ON TABLE conversations IS 'Threads between one of our numbers and a contact.';
COMMENT ON COLUMN conversations.state IS 'active, closed or archived';
COMMENT ON COLUMN conversations.last_message_at IS 'The last message either way.';
COMMENT ON COLUMN conversations.last_inbound_at IS 'The last message from the contact, by Meta''s clock: the 24-hour window is counted from it.';
COMMENT ON COLUMN conversations.unread IS 'How many messages from the contact nobody has seen.';
COMMENT ON COLUMN conversations.assignee_id IS 'The agent who answers.';
COMMENT ON COLUMN conversations.assigned_at IS 'Since when.';
COMMENT ON COLUMN conversations.waiting_since IS 'Since when the contact waits for an agent.';
COMMENT ON COLUMN conversations.customer_id IS 'The host''s id of the customer that the contact is.';
COMMENT ON COLUMN conversations.lead_id IS 'The host''s id of the lead that it is about.';
COMMENT ON COLUMN conversations.context IS 'What the host wants to remember with it, as a JSON object of texts.';

CREATE TABLE tags (
    tenant_id       text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    name            text COLLATE "C" NOT NULL,
    at              bigint NOT NULL,
    id              text COLLATE "C" NOT NULL GENERATED ALWAYS AS (conversation_id || name) STORED,
    PRIMARY KEY (tenant_id, conversation_id, name)
);
CREATE INDEX tags_by_name ON tags (tenant_id, name, at, id);
CREATE INDEX tags_by_conversation ON tags (tenant_id, conversation_id, at, id);
COMMENT ON TABLE tags IS 'Words that agents put on conversations to find them again.';
COMMENT ON COLUMN tags.name IS 'The word.';

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
    send_attempted_at bigint,
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
COMMENT ON COLUMN messages.send_state IS 'queued, submitting, accepted, rejected, unknown, given_up or cancelled; NULL for what was received';
COMMENT ON COLUMN messages.send_attempts IS 'How many attempts to send it were begun.';
COMMENT ON COLUMN messages.send_error_code IS 'Meta''s code of the last refusal.';
COMMENT ON COLUMN messages.send_error IS 'The last failure, in words for a person.';
COMMENT ON COLUMN messages.send_attempted_at IS 'When the last attempt to send it was begun.';

CREATE TABLE media (
    tenant_id  text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    media_id   text COLLATE "C" NOT NULL,
    state      text COLLATE "C" NOT NULL,
    mime       text COLLATE "C",
    sha256     text COLLATE "C",
    size       bigint,
    location   text COLLATE "C",
    error      text COLLATE "C",
    at         bigint NOT NULL,
    version    bigint NOT NULL,
    PRIMARY KEY (tenant_id, message_id)
);
COMMENT ON TABLE media IS 'The files of received messages, on their way from Meta to the host.';
COMMENT ON COLUMN media.media_id IS 'Meta''s id of the file.';
COMMENT ON COLUMN media.state IS 'pending, stored, expired or failed';
COMMENT ON COLUMN media.mime IS 'The type, such as image/jpeg.';
COMMENT ON COLUMN media.sha256 IS 'Of its bytes, as Meta told it.';
COMMENT ON COLUMN media.location IS 'Where the host keeps it.';
COMMENT ON COLUMN media.error IS 'Why it could not be fetched, in words for a person.';
COMMENT ON COLUMN media.at IS 'When the message came.';

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
    id        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (code::text) STORED,
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
    state     text COLLATE "C" NOT NULL,
    source    text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    version   bigint NOT NULL,
    id        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (encode(person, 'hex') || purpose) STORED,
    PRIMARY KEY (tenant_id, person, purpose)
);
CREATE INDEX consents_by_time ON consents (tenant_id, at, id);
COMMENT ON TABLE consents IS 'The last word of people on being written to. It stays when they are erased, so it knows them by a hash under a secret of the host.';
COMMENT ON COLUMN consents.purpose IS 'marketing or all';
COMMENT ON COLUMN consents.state IS 'given or withdrawn';
COMMENT ON COLUMN consents.source IS 'host, keyword, preference or refusal';

CREATE TABLE agents (
    tenant_id   text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    skills      text COLLATE "C" NOT NULL,
    languages   text COLLATE "C" NOT NULL,
    capacity    bigint NOT NULL,
    load        bigint NOT NULL,
    presence    text COLLATE "C" NOT NULL,
    assigned_at bigint,
    created_at  bigint NOT NULL,
    version     bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX agents_by_time ON agents (tenant_id, created_at, id);
COMMENT ON TABLE agents IS 'People on the tenant''s team to whom conversations are assigned.';
COMMENT ON COLUMN agents.skills IS 'What they can do, in the host''s words, as a JSON array.';
COMMENT ON COLUMN agents.languages IS 'The languages they speak, as a JSON array.';
COMMENT ON COLUMN agents.capacity IS 'How many active conversations they may have at once.';
COMMENT ON COLUMN agents.load IS 'How many they have.';
COMMENT ON COLUMN agents.presence IS 'online, away or offline';
COMMENT ON COLUMN agents.assigned_at IS 'When a conversation was last assigned to them.';

CREATE TABLE templates (
    tenant_id       text COLLATE "C" NOT NULL,
    id              text COLLATE "C" NOT NULL,
    account_id      text COLLATE "C" NOT NULL,
    name            text COLLATE "C" NOT NULL,
    language        text COLLATE "C" NOT NULL,
    latest          bigint NOT NULL,
    at_meta         bigint,
    template_id     text COLLATE "C",
    status          text COLLATE "C",
    status_at       bigint,
    status_told_at  bigint,
    rejection       text COLLATE "C",
    category        text COLLATE "C",
    category_told_at bigint,
    quality         text COLLATE "C",
    quality_told_at bigint,
    missing_since   bigint,
    last_attempt_at bigint,
    last_success_at bigint,
    last_error      text COLLATE "C",
    edits           text COLLATE "C" NOT NULL,
    created_at      bigint NOT NULL,
    version         bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX templates_by_time ON templates (tenant_id, created_at, id);
CREATE UNIQUE INDEX templates_by_name ON templates (tenant_id, account_id, name, language);
COMMENT ON TABLE templates IS 'Templates by account, name and language, and what Meta made of them.';
COMMENT ON COLUMN templates.latest IS 'The number of the newest version.';
COMMENT ON COLUMN templates.at_meta IS 'The number of the version that Meta took last.';
COMMENT ON COLUMN templates.template_id IS 'Meta''s id.';
COMMENT ON COLUMN templates.status IS 'What Meta made of it, in Meta''s word; NULL when Meta never had it';
COMMENT ON COLUMN templates.status_at IS 'Since when, by Meta''s clock.';
COMMENT ON COLUMN templates.status_told_at IS 'As of when the status is known.';
COMMENT ON COLUMN templates.rejection IS 'Why Meta rejected, disabled or paused it, by Meta''s code.';
COMMENT ON COLUMN templates.category IS 'The category that Meta gave it.';
COMMENT ON COLUMN templates.category_told_at IS 'As of when the category is known.';
COMMENT ON COLUMN templates.quality IS 'What customers think of it, by Meta''s word.';
COMMENT ON COLUMN templates.quality_told_at IS 'As of when the quality is known.';
COMMENT ON COLUMN templates.missing_since IS 'Since when the account''s list of templates does not hold it.';
COMMENT ON COLUMN templates.last_attempt_at IS 'When it was last attempted to submit it to Meta.';
COMMENT ON COLUMN templates.last_success_at IS 'When that last succeeded.';
COMMENT ON COLUMN templates.last_error IS 'How the last attempt failed, in words for a person.';
COMMENT ON COLUMN templates.edits IS 'When it was edited at Meta, as far as it counts for limits: a JSON array of milliseconds.';

CREATE TABLE template_versions (
    tenant_id   text COLLATE "C" NOT NULL,
    template_id text COLLATE "C" NOT NULL,
    number      bigint NOT NULL,
    definition  text COLLATE "C" NOT NULL,
    author      text COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    approval    text COLLATE "C" NOT NULL,
    decided_by  text COLLATE "C",
    decided_at  bigint,
    reason      text COLLATE "C",
    version     bigint NOT NULL,
    id          text COLLATE "C" NOT NULL GENERATED ALWAYS AS (template_id || '.' || lpad(number::text, 10, '0')) STORED,
    PRIMARY KEY (tenant_id, template_id, number)
);
CREATE INDEX template_versions_by_template ON template_versions (tenant_id, template_id, at, id);
CREATE INDEX template_versions_by_approval ON template_versions (tenant_id, approval, at, id);
COMMENT ON TABLE template_versions IS 'What was written of templates, and what the tenant''s own people think of it.';
COMMENT ON COLUMN template_versions.number IS '1 is the first.';
COMMENT ON COLUMN template_versions.definition IS 'What is submitted to Meta, as JSON.';
COMMENT ON COLUMN template_versions.approval IS 'draft, submitted, approved or rejected';
COMMENT ON COLUMN template_versions.decided_by IS 'Who approved or rejected it.';
COMMENT ON COLUMN template_versions.reason IS 'Why, in their words.';

CREATE TABLE audit (
    tenant_id    text COLLATE "C" NOT NULL,
    id           text COLLATE "C" NOT NULL,
    at           bigint NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    subject_id   text COLLATE "C" NOT NULL,
    actor        text COLLATE "C" NOT NULL,
    action       text COLLATE "C" NOT NULL,
    detail       text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_by_time ON audit (tenant_id, at, id);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_kind, subject_id, at, id);
COMMENT ON TABLE audit IS 'What happened to something and who did it. Rows are never changed.';
COMMENT ON COLUMN audit.subject_kind IS 'tenant, contact, conversation, message, agent, template or number';
COMMENT ON COLUMN audit.actor IS 'The id of an agent or of a user of the host, desk for what happens by itself, meta for what Meta reports.';
COMMENT ON COLUMN audit.action IS 'Such as conversation.assigned.';
COMMENT ON COLUMN audit.detail IS 'The particulars, as JSON.';

CREATE TABLE usage (
    tenant_id text COLLATE "C" NOT NULL,
    day       bigint NOT NULL,
    metric    text COLLATE "C" NOT NULL,
    count     bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, metric)
) WITH (fillfactor = 70); -- A row of today is changed with each message.
COMMENT ON TABLE usage IS 'What was used, counted by day.';
COMMENT ON COLUMN usage.day IS 'Its first moment in UTC.';
COMMENT ON COLUMN usage.metric IS 'What is counted, such as sent.marketing.';

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
) WITH (fillfactor = 50); -- Each job is leased, which is quick while there is room beside it and no index on that.
CREATE INDEX jobs_by_group ON jobs (tenant_id, group_name, seq);
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
    leases     bigint NOT NULL,
    PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 50);
CREATE INDEX job_groups_due ON job_groups (due, head);
COMMENT ON TABLE job_groups IS 'The groups in which there are jobs, so that a claim looks at their first jobs only. Whoever changes jobs keeps it.';
COMMENT ON COLUMN job_groups.head IS 'The seq of the first job.';
COMMENT ON COLUMN job_groups.due IS 'When the first job is due.';
COMMENT ON COLUMN job_groups.busy_until IS 'When the last lease in the group ends.';
COMMENT ON COLUMN job_groups.leases IS 'How many of its jobs have a lease, which may be over: hardly ever more than one.';

-- Row-level security, for the owner of the tables as well. The sub-select is evaluated once a statement, not once a row. It is
-- written so that it is only ever a filter: as a condition on an index it would lead away from the keys.

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'numbers', 'contacts', 'contact_identities', 'conversations', 'tags', 'messages',
        'media', 'progress', 'failures', 'dead_letters', 'identity_conflicts', 'consents', 'agents', 'templates',
        'template_versions', 'audit', 'usage', 'once_marks', 'jobs', 'job_groups']
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
