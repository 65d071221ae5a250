-- What a store writes, as functions: PostgreSQL keeps the plans of what they execute as long as a session lives, also behind a
-- proxy, where nothing else may be left in a session. They run with the rights of whoever calls them.
--
-- Each takes one array for each column and writes all rows or fails: with `unique_violation` when one is there already, with
-- WB001 when one is not as expected. What is written gives true, so that CASE can put one call behind the other in one statement.
--
-- Rows that are there are found by their keys in the order given, in ways that no plan can change: a join would be planned by what
-- PostgreSQL believes to know of the tables, which is nothing when they are new, and would lock in an order of its own. One way
-- is an insertion that finds them there and updates them. The other is a LATERAL query that locks each row as it finds it and
-- gives its place (`ctid`), which stays while it is locked; what is then done to all places is a statement of its own, as it has
-- to see what others did until the last row was locked.

CREATE FUNCTION refuse() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row is not as expected' USING ERRCODE = 'WB001';
END $$;

-- Whether a statement that a connection keeps is the one that was meant. Behind a proxy another process may have left another
-- under the same name.
CREATE FUNCTION is_ours(meant bigint, this bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF meant <> this THEN
        RAISE EXCEPTION 'another statement was meant' USING ERRCODE = 'WB002';
    END IF;
    RETURN true;
END $$;

-- Says whose rows the transaction is about.
CREATE FUNCTION allow_tenants(tenants text[]) RETURNS boolean LANGUAGE sql AS $$
    SELECT set_config('whatsapp.tenants', tenants::text, true) IS NOT NULL
$$;

-- The same at the head of a statement that is a transaction of its own, with all else that is set in it: where the tables are,
-- and for how long it waits for others.
CREATE FUNCTION begin_writing(tenants text[], path text, patience text) RETURNS boolean LANGUAGE sql AS $$
    SELECT set_config('whatsapp.tenants', tenants::text, true) IS NOT NULL
        AND set_config('search_path', path, true) IS NOT NULL
        AND set_config('lock_timeout', patience, true) IS NOT NULL
$$;

-- find_… for each kind of record by its key, and some by what else is unique about them. Each is a transaction of its own and
-- takes what `begin_writing` does, and an array for each column of the key. It gives the rows with their places among the keys,
-- contacts with their identities.
--
-- A row is asked for as the first of a range in the order of the key, as only the index of the key has that order. Asked for
-- plainly, in a table that is still small, an index that ends with the key looks as good, and the plan would be kept while the
-- table grows. The columns are given one by one: to know the type of a whole row, a session waits for the table before it has
-- said for how long.

DO $$
DECLARE
    n record;
    identities text = 'FROM contact_identities AS i WHERE i.tenant_id = t.tenant_id AND i.contact_id = t.id ORDER BY i.position';
BEGIN
    FOR n IN
        WITH found AS (
            SELECT 'find_' || relname AS name, relname AS of_table, '' AS via,
                array_agg(format_type(atttypid, NULL) || '[]' ORDER BY place) AS types,
                string_agg(format('t.%I BETWEEN n.v%s AND n.v%2$s', attname, place), ' AND ' ORDER BY place)
                    FILTER (WHERE place > 1) AS condition,
                string_agg(format('t.%I', attname), ', ' ORDER BY place) FILTER (WHERE place > 1) AS in_order
            FROM pg_constraint CROSS JOIN unnest(conkey) WITH ORDINALITY AS in_key (attnum, place)
                JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = in_key.attnum
                JOIN pg_class ON pg_class.oid = conrelid
            WHERE contype = 'p' AND conrelid = ANY (ARRAY['tenants', 'contacts', 'conversations', 'tags', 'messages', 'media',
                'progress', 'failures', 'dead_letters', 'identity_conflicts', 'consents', 'agents', 'templates',
                'template_versions', 'audit', 'usage', 'jobs']::regclass[])
            GROUP BY relname
            UNION ALL VALUES
            ('find_contacts_by_identity', 'contacts', 'CROSS JOIN LATERAL (SELECT i.contact_id FROM contact_identities AS i
                WHERE i.tenant_id = n.v1 AND i.kind = n.v2 AND i.value BETWEEN n.v3 AND n.v3 ORDER BY i.value LIMIT 1
                ) AS of_identity', '{text[],text[],text[]}'::text[],
                't.id BETWEEN of_identity.contact_id AND of_identity.contact_id', 't.id'),
            ('find_active_conversations', 'conversations', '', '{text[],text[],text[]}',
                't.number_id = n.v2 AND t.contact_id BETWEEN n.v3 AND n.v3 AND t.state = ''active''', 't.contact_id'),
            ('find_messages_by_wamid', 'messages', '', '{text[],text[]}', 't.wamid BETWEEN n.v2 AND n.v2', 't.wamid'),
            ('find_templates_by_name', 'templates', '', '{text[],text[],text[],text[]}',
                't.account_id = n.v2 AND t.name = n.v3 AND t.language BETWEEN n.v4 AND n.v4', 't.language'))
        SELECT found.*, all_columns.* FROM found CROSS JOIN LATERAL (
            SELECT string_agg(format('c_%s %s', attname, format_type(atttypid, NULL)), ', ' ORDER BY attnum) AS given,
                string_agg(format('t.%I', attname), ', ' ORDER BY attnum) AS columns
            FROM pg_attribute WHERE attrelid = of_table::regclass AND attnum > 0 AND NOT attisdropped) AS all_columns
    LOOP
        EXECUTE format('CREATE FUNCTION %1$s(of_tenants text[], path text, patience text, %2$s)
            RETURNS TABLE (place bigint, %10$s%4$s) LANGUAGE plpgsql AS $f$
            BEGIN
                PERFORM set_config(''whatsapp.tenants'', $1::text, true), set_config(''search_path'', $2, true),
                    set_config(''lock_timeout'', $3, true);
                RETURN QUERY SELECT n.place, one.* FROM unnest(%5$s) WITH ORDINALITY AS n (%6$s, place) %7$s CROSS JOIN LATERAL (
                    SELECT %11$s%8$s FROM %3$I AS t WHERE t.tenant_id = n.v1%9$s LIMIT 1) AS one;
            END $f$', n.name, array_to_string(n.types, ', '), n.of_table,
            CASE n.of_table WHEN 'contacts' THEN ', identity_kinds text[], identity_values text[]' ELSE '' END,
            (SELECT string_agg('$' || p + 3, ', ') FROM generate_series(1, cardinality(n.types)) AS p),
            (SELECT string_agg('v' || p, ', ') FROM generate_series(1, cardinality(n.types)) AS p), n.via,
            CASE n.of_table WHEN 'contacts' THEN
                format(', ARRAY(SELECT i.kind %1$s), ARRAY(SELECT i.value %1$s)', identities) ELSE '' END,
            coalesce(' AND ' || n.condition || ' ORDER BY ' || n.in_order, ''), n.given, n.columns);
    END LOOP;
END $$;

-- insert_… for each kind of record, and update_… for those that have versions. An update names the version that it makes.
-- With `plainly`, it refuses to take from a record what is unique about it: in one statement for many callers, another might
-- have it already, or not yet.

DO $$
DECLARE
    name text;
    has_version boolean;
    columns text;
    types text;
    arrays text;
    given text;
    changes text;
    found text;
    key text;
    plainly text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tenants', 'contacts', 'contact_identities', 'conversations', 'tags', 'messages', 'media',
        'failures', 'dead_letters', 'identity_conflicts', 'consents', 'agents', 'templates', 'template_versions', 'audit',
        'once_marks']
    LOOP
        SELECT bool_or(attname = 'version'),
            string_agg(quote_ident(attname), ', ' ORDER BY attnum),
            string_agg(format_type(atttypid, NULL) || '[]', ', ' ORDER BY attnum),
            string_agg('$' || row_number, ', ' ORDER BY attnum),
            string_agg(CASE attname WHEN 'version' THEN '-n.version' ELSE format('n.%I', attname) END, ', ' ORDER BY attnum),
            string_agg(format(CASE attname WHEN 'version' THEN '%1$I = -excluded.%1$I' ELSE '%1$I = excluded.%1$I' END, attname),
                ', ' ORDER BY attnum) FILTER (WHERE NOT is_key),
            string_agg(format('t.%1$I = n.%1$I', attname), ' AND ' ORDER BY attnum) FILTER (WHERE is_key), min(conname)
        INTO has_version, columns, types, arrays, given, changes, found, key
        FROM (
            SELECT attname, attnum, atttypid, row_number() OVER (ORDER BY attnum), attnum = ANY (conkey) AS is_key, conname
            FROM pg_attribute JOIN pg_constraint ON conrelid = attrelid AND contype = 'p'
            WHERE attrelid = name::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped) AS all_columns;
        EXECUTE format('CREATE FUNCTION insert_%1$s(%2$s) RETURNS boolean LANGUAGE plpgsql AS $f$
            BEGIN
                INSERT INTO %1$I (%3$s) SELECT * FROM unnest(%4$s);
                RETURN true;
            END $f$', name, types, columns, arrays);
        CONTINUE WHEN NOT has_version;
        plainly := CASE name WHEN 'messages' THEN 't.wamid IS NULL OR t.wamid = excluded.wamid' ELSE 'true' END;
        EXECUTE format('CREATE FUNCTION update_%1$s(%2$s, plainly boolean) RETURNS boolean LANGUAGE plpgsql AS $f$
            DECLARE
                all_there boolean;
            BEGIN
                -- The insertion might find first that something else about the row is not unique.
                IF NOT plainly AND EXISTS (SELECT FROM unnest(%4$s) AS n (%3$s)
                    WHERE NOT EXISTS (SELECT FROM %1$I AS t WHERE %9$s)) THEN
                    PERFORM refuse();
                END IF;
                -- A row that it does insert was not there, and has a version below zero.
                WITH updated AS (
                    INSERT INTO %1$I AS t (%3$s) SELECT %5$s FROM unnest(%4$s) AS n (%3$s)
                    ON CONFLICT ON CONSTRAINT %6$I DO UPDATE SET %7$s
                        WHERE t.version = -excluded.version - 1 AND (NOT plainly OR %8$s)
                    RETURNING t.version)
                SELECT count(*) FILTER (WHERE updated.version > 0) = cardinality($1) INTO all_there FROM updated;
                IF NOT all_there THEN
                    PERFORM refuse();
                END IF;
                RETURN true;
            END $f$', name, types, columns, arrays, given, key, changes, plainly, found);
    END LOOP;
END $$;

-- Takes all identities from contacts.
CREATE FUNCTION forget_identities(tenants text[], contacts text[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    n record;
BEGIN
    FOR n IN SELECT * FROM unnest($1, $2) AS all_rows (tenant_id, contact_id) LOOP
        DELETE FROM contact_identities AS t WHERE t.tenant_id = n.tenant_id AND t.contact_id = n.contact_id;
    END LOOP;
    RETURN true;
END $$;

-- Moves times of conversations forward, raises their versions, and adds to the unread messages: the sum stays between two
-- numbers. Each must be in the state given, if one is. All of them are one statement that looks for each by its key in the
-- order given, which no plan can change: an insertion that finds them there. What it would insert carries what is to be done;
-- whatever it did insert was not there.
CREATE FUNCTION touch_conversations(tenants text[], ids text[], times bigint[], message_at bigint[], inbound_at bigint[],
    unread bigint[], low bigint[], high bigint[], states text[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    all_there boolean;
BEGIN
    WITH touched AS (
        INSERT INTO conversations AS t (tenant_id, id, opened_at, last_message_at, last_inbound_at, unread, number_id,
            contact_id, state, context, version)
        SELECT n.tenant_id, n.id, n.times, coalesce(n.message_at, -9223372036854775808), n.inbound_at, n.unread, n.low, n.high,
            '', n.state, 0
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS n (tenant_id, id, times, message_at, inbound_at, unread, low, high, state)
        ON CONFLICT ON CONSTRAINT conversations_pkey DO UPDATE SET version = t.version + excluded.opened_at,
            last_message_at = greatest(t.last_message_at, excluded.last_message_at),
            last_inbound_at = greatest(t.last_inbound_at, excluded.last_inbound_at),
            unread = CASE WHEN excluded.unread > 9223372036854775807 - t.unread THEN excluded.contact_id::bigint
                ELSE least(greatest(t.unread + excluded.unread, excluded.number_id::bigint), excluded.contact_id::bigint) END
            WHERE excluded.context IN ('', t.state)
        RETURNING t.version)
    SELECT count(*) FILTER (WHERE touched.version > 0) = cardinality($1) INTO all_there FROM touched;
    IF NOT all_there THEN
        PERFORM refuse();
    END IF;
    RETURN true;
END $$;

-- Keeps the earlier of two times of each fact.
CREATE FUNCTION note_progress(tenants text[], wamids text[], accepted_at bigint[], sent_at bigint[], delivered_at bigint[],
    read_at bigint[], played_at bigint[], failed_at bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO progress AS t (tenant_id, wamid, accepted_at, sent_at, delivered_at, read_at, played_at, failed_at)
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT ON CONSTRAINT progress_pkey DO UPDATE SET
        accepted_at = least(t.accepted_at, excluded.accepted_at),
        sent_at = least(t.sent_at, excluded.sent_at),
        delivered_at = least(t.delivered_at, excluded.delivered_at),
        read_at = least(t.read_at, excluded.read_at),
        played_at = least(t.played_at, excluded.played_at),
        failed_at = least(t.failed_at, excluded.failed_at);
    RETURN true;
END $$;

-- Adds to what was used: each count stops at the most there can be.
CREATE FUNCTION count_usage(tenants text[], days bigint[], metrics text[], counts bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage AS t (tenant_id, day, metric, count)
    SELECT * FROM unnest($1, $2, $3, $4)
    ON CONFLICT ON CONSTRAINT usage_pkey DO UPDATE SET
        count = t.count + least(excluded.count, 9223372036854775807 - t.count);
    RETURN true;
END $$;

-- Sets the marks that are new or over, and gives those.
CREATE FUNCTION set_marks(tenants text[], keys bytea[], marked_at bigint[], keep_until bigint[])
RETURNS TABLE (tenant text, mark bytea) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY INSERT INTO once_marks AS t (tenant_id, key, marked_at, keep_until)
    SELECT * FROM unnest($1, $2, $3, $4)
    ON CONFLICT ON CONSTRAINT once_marks_pkey DO UPDATE SET
        marked_at = excluded.marked_at, keep_until = greatest(t.keep_until, excluded.keep_until)
    WHERE t.keep_until <= excluded.marked_at
    RETURNING t.tenant_id, t.key;
END $$;

-- Whoever changes the jobs of a group then holds the row of the group to the end of the transaction. What another did to the
-- group before is seen by the next statement, so no job is ever left without a head that leads to it.

-- Adds jobs behind all others, in their order.
CREATE FUNCTION enqueue_jobs(tenants text[], ids text[], kinds text[], group_names text[], due bigint[], attempts bigint[],
    payloads text[], lease_tokens text[], lease_until bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    WITH added AS (
        INSERT INTO jobs (tenant_id, id, seq, kind, group_name, due, attempts, payload, lease_token, lease_until)
        SELECT n.tenant_id, n.id, nextval('job_order'), n.kind, n.group_name, n.due, n.attempts, n.payload, n.lease_token,
            n.lease_until
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS n (tenant_id, id, kind, group_name, due, attempts, payload, lease_token, lease_until)
        RETURNING jobs.tenant_id, jobs.group_name, jobs.seq, jobs.due, jobs.lease_until)
    INSERT INTO job_groups AS held (tenant_id, name, head, due, busy_until, leases)
    SELECT a.tenant_id, a.group_name, min(a.seq), (array_agg(a.due ORDER BY a.seq))[1],
        coalesce(max(a.lease_until), -9223372036854775808), count(a.lease_until)
    FROM added AS a GROUP BY a.tenant_id, a.group_name ORDER BY a.tenant_id, a.group_name
    ON CONFLICT ON CONSTRAINT job_groups_pkey DO UPDATE SET
        head = least(held.head, excluded.head),
        due = CASE WHEN excluded.head < held.head THEN excluded.due ELSE held.due END,
        busy_until = greatest(held.busy_until, excluded.busy_until),
        leases = held.leases + excluded.leases;
    RETURN true;
END $$;

-- Brings the rows of groups up to date, in each of which so many leases ended.
CREATE FUNCTION refresh_groups(tenants text[], names text[], ended bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n record;
    places tid[];
    of_tenants text[];
    of_names text[];
    left_over bigint[];
    empty tid[] = '{}';
BEGIN
    -- In the order in which jobs are added: two that each hold what the other wants would wait for each other.
    SELECT array_agg(held.place), array_agg(sorted.tenant_id), array_agg(sorted.name), array_agg(held.leases - sorted.over)
    INTO places, of_tenants, of_names, left_over
    FROM (SELECT tenant_id, name, sum(count)::bigint AS over FROM unnest($1, $2, $3) AS all_names (tenant_id, name, count)
            GROUP BY tenant_id, name ORDER BY tenant_id COLLATE "C", name COLLATE "C") AS sorted
        CROSS JOIN LATERAL (SELECT g.ctid AS place, g.leases FROM job_groups AS g
            WHERE g.tenant_id = sorted.tenant_id AND g.name = sorted.name FOR UPDATE) AS held;
    FOR n IN SELECT held.*, first.seq, first.due
        FROM unnest(places, of_tenants, of_names, left_over) AS held (place, tenant_id, name, leases)
        LEFT JOIN LATERAL (SELECT t.seq, t.due FROM jobs AS t
            WHERE t.tenant_id = held.tenant_id AND t.group_name = held.name ORDER BY t.seq LIMIT 1) AS first ON true
    LOOP
        IF n.seq IS NULL THEN
            empty := empty || n.place;
            CONTINUE;
        END IF;
        -- As many jobs as have leases are looked for: hardly ever more than the first.
        UPDATE job_groups AS g SET head = n.seq, due = n.due, leases = n.leases, busy_until = coalesce(
            (SELECT max(leased.lease_until) FROM (
                SELECT t.lease_until FROM jobs AS t
                WHERE t.tenant_id = n.tenant_id AND t.group_name = n.name AND t.lease_token IS NOT NULL
                ORDER BY t.seq LIMIT greatest(n.leases, 0)) AS leased),
            -9223372036854775808)
        WHERE g.ctid = n.place;
    END LOOP;
    DELETE FROM job_groups AS g WHERE g.ctid = ANY (empty);
END $$;

-- Removes jobs that are held. What is not held is not as expected, unless it may be gone.
CREATE FUNCTION end_jobs(tenants text[], ids text[], tokens text[], may_be_gone boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    places tid[];
    of_tenants text[];
    groups text[];
BEGIN
    SELECT coalesce(array_agg(held.place), '{}') INTO places
    FROM unnest($1, $2, $3) AS n (tenant_id, id, token) CROSS JOIN LATERAL (
        SELECT t.ctid AS place FROM jobs AS t
        WHERE t.tenant_id = n.tenant_id AND t.id BETWEEN n.id AND n.id AND t.lease_token = n.token
        ORDER BY t.id FOR UPDATE) AS held;
    IF cardinality(places) < cardinality($1) AND NOT may_be_gone THEN
        PERFORM refuse();
    END IF;
    WITH gone AS (DELETE FROM jobs AS t WHERE t.ctid = ANY (places) RETURNING t.tenant_id, t.group_name)
    SELECT coalesce(array_agg(gone.tenant_id), '{}'), array_agg(gone.group_name) INTO of_tenants, groups FROM gone;
    PERFORM refresh_groups(of_tenants, groups, array_fill(1::bigint, ARRAY[cardinality(of_tenants)]));
    RETURN true;
END $$;

-- Gives jobs back that are held.
CREATE FUNCTION return_jobs(tenants text[], ids text[], tokens text[], due bigint[], untried bigint[], may_be_gone boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    n record;
    place tid;
    group_of_it text;
    of_tenants text[] = '{}';
    groups text[] = '{}';
BEGIN
    FOR n IN SELECT * FROM unnest($1, $2, $3, $4, $5) AS all_rows (tenant_id, id, token, due, untried) LOOP
        SELECT t.ctid, t.group_name INTO place, group_of_it FROM jobs AS t
        WHERE t.tenant_id = n.tenant_id AND t.id BETWEEN n.id AND n.id AND t.lease_token = n.token ORDER BY t.id FOR UPDATE;
        IF FOUND THEN
            UPDATE jobs AS t SET due = n.due, attempts = greatest(t.attempts - n.untried, 0), lease_token = NULL,
                lease_until = NULL
            WHERE t.ctid = place;
            of_tenants := of_tenants || n.tenant_id;
            groups := groups || group_of_it;
        ELSIF NOT may_be_gone THEN
            PERFORM refuse();
        END IF;
    END LOOP;
    PERFORM refresh_groups(of_tenants, groups, array_fill(1::bigint, ARRAY[cardinality(groups)]));
    RETURN true;
END $$;

-- Prolongs leases.
CREATE FUNCTION extend_leases(tenants text[], ids text[], tokens text[], until bigint[], may_be_gone boolean)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    n record;
    place tid;
    group_of_it text;
    of_tenants text[] = '{}';
    groups text[] = '{}';
BEGIN
    FOR n IN SELECT * FROM unnest($1, $2, $3, $4) AS all_rows (tenant_id, id, token, until) LOOP
        SELECT t.ctid, t.group_name INTO place, group_of_it FROM jobs AS t
        WHERE t.tenant_id = n.tenant_id AND t.id BETWEEN n.id AND n.id AND t.lease_token = n.token ORDER BY t.id FOR UPDATE;
        IF FOUND THEN
            UPDATE jobs AS t SET lease_until = n.until WHERE t.ctid = place;
            of_tenants := of_tenants || n.tenant_id;
            groups := groups || group_of_it;
        ELSIF NOT may_be_gone THEN
            PERFORM refuse();
        END IF;
    END LOOP;
    PERFORM refresh_groups(of_tenants, groups, array_fill(0::bigint, ARRAY[cardinality(groups)]));
    RETURN true;
END $$;

-- Removes a job, whoever holds it.
CREATE FUNCTION remove_job(of_tenant text, job text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    place tid;
    group_of_it text;
    leases bigint;
BEGIN
    SELECT t.ctid, t.group_name, (t.lease_token IS NOT NULL)::int INTO place, group_of_it, leases FROM jobs AS t
    WHERE t.tenant_id = of_tenant AND t.id BETWEEN job AND job ORDER BY t.id FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse();
    END IF;
    DELETE FROM jobs AS t WHERE t.ctid = place;
    PERFORM refresh_groups(ARRAY[of_tenant], ARRAY[group_of_it], ARRAY[leases]);
    RETURN true;
END $$;

-- Leases the first jobs of groups in which there is no live lease, the oldest due first. Groups that another is busy with at
-- this moment are passed over, and so are those of whose first job another has hold: whoever ends a job has the job first and
-- then wants its group, and a claim that had the group and waited for the job would stop both.
CREATE FUNCTION claim_jobs(now bigint, token text, until bigint, most bigint)
RETURNS TABLE (c_id text, c_kind text, c_group text, c_due bigint, c_attempts bigint, c_payload text, c_tenant text, c_seq bigint)
LANGUAGE plpgsql AS $$
DECLARE
    places tid[];
    free tid[];
    leased tid[];
BEGIN
    SELECT coalesce(array_agg(held.place), '{}'), coalesce(array_agg(held.of_group) FILTER (WHERE held.is_free), '{}'),
        coalesce(array_agg(held.of_group) FILTER (WHERE NOT held.is_free), '{}')
    INTO places, free, leased
    FROM (
        SELECT first.place, g.ctid AS of_group, first.is_free FROM job_groups AS g CROSS JOIN LATERAL (
            SELECT t.ctid AS place, t.seq, t.lease_token IS NULL AS is_free FROM jobs AS t
            WHERE t.tenant_id = g.tenant_id AND t.group_name = g.name AND t.seq = g.head
            FOR UPDATE SKIP LOCKED) AS first
        -- Once more, for a group that was changed while it was being locked.
        WHERE g.due <= $1 AND g.busy_until <= $1 AND first.seq = g.head
        ORDER BY g.due, g.head LIMIT $4 FOR UPDATE OF g SKIP LOCKED) AS held;
    UPDATE job_groups AS g SET busy_until = greatest(g.busy_until, $3), leases = g.leases + 1 WHERE g.ctid = ANY (free);
    UPDATE job_groups AS g SET busy_until = greatest(g.busy_until, $3) WHERE g.ctid = ANY (leased);
    RETURN QUERY UPDATE jobs AS t
    SET attempts = least(t.attempts + 1, 4294967295), lease_token = $2, lease_until = $3
    WHERE t.ctid = ANY (places)
    RETURNING t.id, t.kind, t.group_name, t.due, t.attempts, t.payload, t.tenant_id, t.seq;
END $$;

-- Those who look for rows look for few by their keys. Their plans keep to the indexes, whatever PostgreSQL believes to know of
-- tables that have just been filled, and are made once a session. A foreign key looks for rows, too.

DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN SELECT oid FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND (proname LIKE 'find\_%' OR proname LIKE 'update\_%' OR proname IN ('insert_contact_identities', 'forget_identities',
            'refresh_groups', 'end_jobs', 'return_jobs', 'extend_leases', 'remove_job', 'claim_jobs'))
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
            SET enable_bitmapscan = off SET enable_sort = off SET jit = off', function);
    END LOOP;
END $$;
