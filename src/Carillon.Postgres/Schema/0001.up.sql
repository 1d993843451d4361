-- Carillon's store, version 1. Runs on PostgreSQL 13 and later. "carillon" stands for the schema that was chosen.
--
-- Instants and durations are 100-nanosecond ticks (instants: since 1970, UTC), exactly what the program counts in;
-- to_timestamp(x / 1e7) shows one. Texts are compared byte by byte (collation C), whatever the database's language is.
-- Each index is paid for at every write, so each one says what it is for. The views of Views.sql are for people; the tables
-- may change from version to version.

create table carillon.meta (
    name text collate "C" primary key,
    value text not null
);
-- A program older than this must not use the schema, whatever it thinks of the version.
insert into carillon.meta (name, value) values ('oldest_program', '0.1.0');

-- A lane is a (queue, handler, priority) in which a job has ever been claimable. Inside one lane the order of claiming is
-- simply (run_at, id), so a claim merges the heads of a few lanes. Rows are never removed: every process remembers them.
create table carillon.lane (
    id integer generated always as identity primary key,
    queue text collate "C" not null,
    handler text collate "C" not null,
    priority integer not null,
    unique (queue, handler, priority)
);

-- Live jobs only. state: 0 pending, 1 running, 2 waiting (3 succeeded, 4 dead, 5 cancelled stand in job_done).
-- lane: its lane's id while it may be claimed or runs; the same negated while its concurrency key is busy (parked: no claim meets it);
-- null while it waits for other jobs. batch: the claim_batch it runs under. A claim changes no column that stands in an index or in
-- an index's condition, and more than half of each page is left free: so its new row version costs no index anything (heap-only), which halves
-- a job's whole cost. No index may therefore name state, node, token, attempt, started_at or batch. Columns of a fixed width come
-- first: no bytes are lost to alignment.
create table carillon.job (
    id uuid not null,
    scheduled_at bigint not null,
    run_at bigint not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    token bigint not null,
    batch bigint,
    key_hold bigint not null,
    timeout bigint,
    expires_at bigint,
    schedule_delay bigint,
    progress double precision,
    lane integer,
    priority integer not null,
    attempt integer not null,
    owner_losses integer not null,
    args_version integer not null,
    state smallint not null,
    is_delayed boolean not null,
    tenant text collate "C" not null,
    origin text collate "C" not null,
    queue text collate "C" not null,
    handler text collate "C" not null,
    args_codec text collate "C" not null,
    args bytea not null,
    node text collate "C",
    key text collate "C",
    concurrency_key text collate "C",
    schedule text collate "C",
    reason text collate "C",
    cancel_reason text collate "C",
    error text,
    result text,
    retry text,
    output text,
    traceparent text,
    tags text,
    primary key (id)
) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000, autovacuum_vacuum_cost_delay = 0);

-- Claims, and the counts of the summary. What runs stands among them until it ends; claims step over it.
create index job_lane on carillon.job (lane, run_at, id) where lane > 0;
-- One live job for a key.
create unique index job_key on carillon.job (tenant, key) where key is not null;
-- Live jobs of a concurrency key, and its parked ones, lane by lane, when it is free again.
create index job_concurrency on carillon.job (concurrency_key, lane, run_at, id) where concurrency_key is not null;
-- The next to expire.
create index job_expiry on carillon.job (expires_at) where expires_at is not null;
-- Waiting jobs, for the summary.
create index job_waiting on carillon.job (queue, handler, run_at) where lane is null;
-- What a running job's node must be told.
create index job_cancel on carillon.job (id) where cancel_reason is not null;
-- Jobs of a schedule, newest first.
create index job_schedule on carillon.job (schedule, id) where schedule is not null;

-- What runs: a row for each lane of each claim, as long as one of its jobs runs. It finds running jobs without an index over them, and
-- running is how many there are: whoever takes a job out of the state 1 takes it off here, in the same transaction (leave_batches).
-- node_token: the lease of the node that the claim rests on.
create sequence carillon.claim_batch_id;
create table carillon.claim_batch (
    id bigint primary key,
    node_token bigint not null,
    lane integer not null,
    running integer not null,
    node text collate "C" not null,
    jobs uuid[] not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
-- Ids do not compress.
alter table carillon.claim_batch alter column jobs set storage external;
create index claim_batch_lane on carillon.claim_batch (lane);

-- Concurrency keys in use, by the running job that has it. Rows are written only under the key's advisory lock (lock_keys below).
create table carillon.busy_key (
    key text collate "C" primary key,
    job uuid not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- One row for each limited queue ('q') and handler ('h'): claims that must count lock it, so that they count one after another.
create table carillon.limit_lock (
    kind "char" not null,
    name text collate "C" not null,
    primary key (kind, name)
);

-- Ended jobs: finishing moves the row. day: days since 1970 of the end, so that what is past its retention is dropped by the
-- partition; 0 for what is kept on its own terms (dead jobs; keys that hold beyond the end). id stands first in the key of each.
create table carillon.job_done (
    id uuid not null,
    scheduled_at bigint not null,
    run_at bigint not null,
    created_at bigint not null,
    started_at bigint,
    finished_at bigint,
    token bigint not null,
    key_until bigint,
    key_hold bigint not null,
    timeout bigint,
    expires_at bigint,
    schedule_delay bigint,
    progress double precision,
    day integer not null,
    priority integer not null,
    attempt integer not null,
    owner_losses integer not null,
    args_version integer not null,
    state smallint not null,
    is_delayed boolean not null,
    tenant text collate "C" not null,
    origin text collate "C" not null,
    queue text collate "C" not null,
    handler text collate "C" not null,
    args_codec text collate "C" not null,
    args bytea not null,
    node text collate "C",
    key text collate "C",
    concurrency_key text collate "C",
    schedule text collate "C",
    reason text collate "C",
    cancel_reason text collate "C",
    error text,
    result text,
    retry text,
    output text,
    traceparent text,
    tags text,
    primary key (id, day)
) partition by range (day);

-- Executions by their end, latest first; what is past its retention, oldest first.
create index done_end on carillon.job_done (finished_at, id);
-- The few that did not succeed, newest first.
create index done_failed on carillon.job_done (state, id) where state <> 3;
-- Jobs of a schedule, newest first; its executions, latest end first.
create index done_schedule on carillon.job_done (schedule, id) where schedule is not null;
create index done_schedule_end on carillon.job_done (schedule, finished_at) where schedule is not null and state = 3;
-- Keys that hold beyond the end; such rows all have the day 0.
create index done_key on carillon.job_done (tenant, key, key_until) where key_until is not null;

create table carillon.job_done_kept partition of carillon.job_done for values from (minvalue) to (1);
create table carillon.job_done_default partition of carillon.job_done default;

-- What waiting jobs wait for, in the order they were given: open dependencies only. By parent, for its end looks here.
create table carillon.job_after (
    parent uuid not null,
    job uuid not null,
    position integer not null,
    condition smallint not null,
    primary key (parent, job, position)
);
create index job_after_job on carillon.job_after (job, position);

-- is_free: it belongs to no job, so it has a retention of its own; the others go with their job.
create table carillon.journal (
    sequence bigint generated always as identity primary key,
    at bigint not null,
    job uuid,
    subject_kind smallint not null,
    is_free boolean not null,
    subject text collate "C" not null,
    kind text collate "C" not null,
    who text,
    "from" text,
    data text not null,
    schedule text collate "C"
);
create index journal_subject on carillon.journal (subject_kind, subject, sequence) where job is null;
create index journal_job on carillon.journal (job, sequence) where job is not null;
create index journal_attempt on carillon.journal (at) where kind = 'attempt';
create index journal_schedule on carillon.journal (schedule, at) where kind = 'attempt' and schedule is not null;
create index journal_act on carillon.journal (sequence) where kind = 'act';
create index journal_free on carillon.journal (at) where is_free;

-- The definition whole as JSON; beside it what a firing changes or a list asks for (the columns are right where both say it).
create table carillon.schedule (
    tenant text collate "C" not null,
    name text collate "C" not null,
    id uuid not null,
    next_at bigint,
    last_at bigint,
    fired_count bigint not null,
    max_count bigint,
    end_at bigint,
    version bigint not null,
    mode smallint not null,
    owner text collate "C",
    handler text collate "C" not null,
    calendar text collate "C",
    document text not null,
    primary key (tenant, name)
) with (fillfactor = 70);
-- Who uses a calendar. What is due; mode 2 is paused.
create index schedule_by_calendar on carillon.schedule (calendar, name) where calendar is not null;
create index schedule_due on carillon.schedule (next_at, name) where next_at is not null and mode <> 2;

-- Who holds what. The token comes from one sequence: nothing has to be kept of a name that was given up.
create sequence carillon.lease_token;
create table carillon.lease (
    name text collate "C" primary key,
    owner text collate "C" not null,
    until bigint not null,
    token bigint not null,
    data text not null,
    acquired_at bigint not null
) with (fillfactor = 50);

-- Locks of users. Each rests on the lease of its node and is void when that one is gone, whatever row still stands here (the purge takes
-- it away). is_wanted: somebody waits and must be told when it is free. A lock is taken under an advisory lock of its name.
create table carillon.held_lock (
    name text collate "C" primary key,
    node text collate "C" not null,
    node_token bigint not null,
    token bigint not null,
    is_wanted boolean not null,
    data text not null
) with (fillfactor = 50);

-- is_paused, max_concurrent: a queue's settings where a claim can read them.
create table carillon.definition (
    tenant text collate "C" not null,
    kind text collate "C" not null,
    name text collate "C" not null,
    version bigint not null,
    updated_at bigint not null,
    is_paused boolean not null,
    max_concurrent integer,
    body text not null,
    primary key (tenant, kind, name)
);

-- A lock for a node whose lease is held, or nothing. Those who want the same name come one after the other: only so does the token, drawn
-- after the wait, grow with each grant. Whoever goes without has the lock's row for a moment all the same, so that its release comes
-- after the mark of the one who waits, and sees it. The same request gets what it has.
create function carillon.take_lock(p_name text, p_node text, p_node_token bigint, p_data text, p_now bigint, p_is_waiting boolean, out granted bigint, out lasts_until bigint)
language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock('carillon.held_lock'::regclass::oid::integer, hashtext(p_name));
    select n.until into lasts_until from carillon.lease n where n.name = 'node/' || p_node and n.token = p_node_token and n.until > p_now;
    if lasts_until is null then
        return;
    end if;
    insert into carillon.held_lock as l (name, node, node_token, token, is_wanted, data)
    values (p_name, p_node, p_node_token, nextval('carillon.lease_token'), false, p_data)
    on conflict (name) do update
       set node = excluded.node, node_token = excluded.node_token, data = excluded.data,
           token = case when l.node = excluded.node and l.data = excluded.data then l.token else excluded.token end
     where (l.node = excluded.node and l.data = excluded.data)
        or not exists (select 1 from carillon.lease n where n.name = 'node/' || l.node and n.token = l.node_token and n.until > p_now)
    returning l.token into granted;
    if granted is null and p_is_waiting then
        update carillon.held_lock set is_wanted = true where name = p_name;
    end if;
end
$$;

-- The lock of a concurrency key, held to the end of the transaction. Claims try it and never wait; whoever frees keys waits, for all of
-- its keys in one order. Of a million such locks: two keys that share one are merely
-- taken one after the other. A batch may hold 500 of them (max_locks_per_transaction).
create function carillon.try_lock_key(p_key text) returns boolean language sql volatile as $$
    select pg_try_advisory_xact_lock('carillon.busy_key'::regclass::oid::integer, hashtext(p_key) & 1048575)
$$;

create function carillon.lock_keys(p_keys text[]) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock('carillon.busy_key'::regclass::oid::integer, l.lock)
       from (select distinct hashtext(k) & 1048575 as lock from unnest(p_keys) k where k is not null order by 1) l;
end
$$;

-- Volatile: it sees what was committed before the lock was had.
create function carillon.is_busy(p_key text) returns boolean language plpgsql volatile as $$
begin
    return exists (select 1 from carillon.busy_key b where b.key = p_key);
end
$$;

-- How many jobs of a queue, or of a handler, run in the whole cluster. Volatile: it sees every claim before the lock that its caller has.
create function carillon.running_in(p_queue text, p_handler text) returns integer language sql volatile as $$
    select coalesce(sum(b.running), 0)::integer from carillon.lane l join carillon.claim_batch b on b.lane = l.id
     where l.queue = p_queue or l.handler = p_handler
$$;

-- So many jobs of each of these batches stopped running. In one order, so that two never wait for each other.
create function carillon.leave(p_batches bigint[], p_counts integer[]) returns void language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    v_is_empty boolean;
begin
    if cardinality(p_batches) > 1 then
        perform 1 from carillon.claim_batch b where b.id = any (p_batches) order by b.id for no key update;
    end if;
    with counted as (
        update carillon.claim_batch b set running = b.running - u.n from unnest(p_batches, p_counts) u (id, n) where b.id = u.id returning b.running)
    select bool_or(c.running <= 0) into v_is_empty from counted c;
    if v_is_empty then
        delete from carillon.claim_batch b where b.id = any (p_batches) and b.running <= 0;
    end if;
end
$$;

-- These jobs stop running; their rows are locked, and still say that they run.
create function carillon.leave_batches(p_ids uuid[]) returns void language sql volatile as $$
    select carillon.leave(array_agg(g.batch), array_agg(g.n))
      from (select j.batch, count(*)::integer as n from carillon.job j where j.id = any (p_ids) and j.state = 1 group by j.batch) g
$$;

-- Gives a running job a batch of its own: who ends it in a long transaction then holds up none of the others of its claim. Not where somebody has
-- the row: it is ending already.
create function carillon.part(p_id uuid, p_token bigint) returns void language plpgsql as $$
declare
    v_batch bigint;
    v_own bigint := nextval('carillon.claim_batch_id');
begin
    select j.batch into v_batch from carillon.job j where j.id = p_id and j.token = p_token and j.state = 1 for no key update skip locked;
    if v_batch is null then
        return;
    end if;
    insert into carillon.claim_batch (id, node_token, lane, running, node, jobs)
    select v_own, b.node_token, b.lane, 1, b.node, array[p_id] from carillon.claim_batch b where b.id = v_batch and b.running > 1;
    if found then
        update carillon.job j set batch = v_own where j.id = p_id;
        perform carillon.leave(array[v_batch], array[1]);
    end if;
end
$$;

-- The lanes that a node may claim from, with the limits over the whole cluster that hold for each.
create function carillon.served(p_handlers text[], p_limits integer[], p_queues text[])
returns table (lane integer, priority integer, queue text, queue_max integer, handler text, handler_max integer)
language sql stable as $$
    select l.id, l.priority, l.queue, q.max_concurrent, l.handler, h.max_concurrent
      from carillon.lane l
      join unnest(p_handlers, p_limits) h (handler, max_concurrent) on h.handler = l.handler
      left join carillon.definition q on q.tenant = '' and q.kind = 'queue' and q.name = l.queue
     where (p_queues is null or l.queue = any (p_queues)) and q.is_paused is not true
$$;

-- The same, but for the lanes that a limit has filled.
create function carillon.open_lanes(p_handlers text[], p_limits integer[], p_queues text[])
returns setof integer
language sql stable as $$
    select s.lane from carillon.served(p_handlers, p_limits, p_queues) s
     where (s.queue_max is null or s.queue_max > carillon.running_in(s.queue, null))
       and (s.handler_max is null or s.handler_max > carillon.running_in(null, s.handler))
$$;

-- Gives a node up to p_limit due jobs; none while expired ones wait to be cancelled, unless p_is_expired says that this was done. A job
-- whose node was lost goes into one of the p_slots first places or ends the claim. Rows that another claim has locked are passed over, so
-- claims never wait for each other, but where a limit must be counted (limit_lock). Volatile: each statement in it sees what was
-- committed before that statement, which counting behind a lock needs. p_since: the least rank that is looked at; the entries of ended
-- jobs stay in the index until the next vacuum, and a busy queue leaves many behind.
create function carillon.claim(p_node text, p_token bigint, p_limit integer, p_handlers text[], p_limits integer[], p_queues text[], p_now bigint,
    p_slots integer, p_is_expired boolean, p_since bigint)
returns table (id uuid, lane integer, token bigint, attempt integer, run_at bigint, scheduled_at bigint, created_at bigint, is_delayed boolean, owner_losses integer,
    args bytea, tenant text, origin text, args_codec text, args_version integer, reason text, error text, result text, progress double precision, key text, key_hold bigint,
    concurrency_key text, retry text, timeout bigint, expires_at bigint, schedule text, schedule_delay bigint, output text, traceparent text, tags text)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_left integer := p_limit;
    v_rounds integer := 0;
    v_skipped integer := 0;
    v_is_limited boolean;
    v_is_over boolean := false;
    v_horizon bigint;
    v_count integer;
    l_ids integer[]; l_priorities integer[]; l_queues integer[]; l_handlers integer[];
    q_names text[]; q_rooms integer[];
    h_names text[]; h_rooms integer[];
    c_rows tid[]; c_ids uuid[]; c_keys text[]; c_lanes integer[]; c_losses integer[];
    t_rows tid[]; park tid[];
    v_unlocked integer;
begin
    if p_limit <= 0 or not exists (select 1 from carillon.lease where name = 'node/' || p_node and token = p_token and until > p_now) then
        return;
    end if;
    if not p_is_expired and exists (select 1 from carillon.job where expires_at <= p_now and state <> 1) then
        return;
    end if;

    select array_agg(s.lane order by s.lane), array_agg(s.priority order by s.lane), bool_or(s.queue_max is not null or s.handler_max is not null)
      into l_ids, l_priorities, v_is_limited
      from carillon.served(p_handlers, p_limits, p_queues) s;
    if l_ids is null then
        return;
    end if;

    if v_is_limited then
        -- The locks in one order, then the counts by statements of their own: they see every claim before this one.
        insert into carillon.limit_lock (kind, name)
        select 'q', s.queue from carillon.served(p_handlers, p_limits, p_queues) s where s.queue_max is not null
        union select 'h', s.handler from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null
        order by 1, 2
        on conflict do nothing;
        perform 1 from carillon.limit_lock k
          where (k.kind = 'q' and k.name in (select s.queue from carillon.served(p_handlers, p_limits, p_queues) s where s.queue_max is not null))
             or (k.kind = 'h' and k.name in (select s.handler from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null))
          order by k.kind, k.name for update;
        select array_agg(r.queue), array_agg(r.room) into q_names, q_rooms from (
            select s.queue, min(s.queue_max) - carillon.running_in(s.queue, null) as room
              from carillon.served(p_handlers, p_limits, p_queues) s where s.queue_max is not null group by s.queue) r;
        select array_agg(r.handler), array_agg(r.room) into h_names, h_rooms from (
            select s.handler, min(s.handler_max) - carillon.running_in(null, s.handler) as room
              from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null group by s.handler) r;
        select array_agg(s.lane order by s.lane), array_agg(s.priority order by s.lane),
               array_agg(array_position(q_names, s.queue) order by s.lane), array_agg(array_position(h_names, s.handler) order by s.lane)
          into l_ids, l_priorities, l_queues, l_handlers
          from carillon.served(p_handlers, p_limits, p_queues) s;
    end if;

    while v_left > 0 and not v_is_over and v_rounds < 100 loop
        v_rounds := v_rounds + 1;
        -- The candidates, best rank first, locked: of each lane its first ones. This is the hot statement.
        select array_agg(c.row), array_agg(c.id), array_agg(c.key), array_agg(c.lane), array_agg(c.losses)
          into c_rows, c_ids, c_keys, c_lanes, c_losses
          from (select j.row, j.id, j.concurrency_key as key, j.owner_losses as losses, u.n::integer as lane
                  from unnest(l_ids, l_priorities) with ordinality u (id, priority, n)
                 cross join lateral (
                       select k.ctid as row, k.id, k.run_at, k.concurrency_key, k.owner_losses from carillon.job k
                        where k.lane = u.id and k.lane > 0 and k.run_at >= p_since + 600000000::bigint * u.priority and k.run_at <= p_now and k.state = 0 and (k.expires_at is null or k.expires_at > p_now)
                        order by k.run_at, k.id limit v_left + v_skipped for no key update skip locked) j
                 where not v_is_limited
                    or (coalesce(q_rooms[l_queues[u.n]], 1) > 0 and coalesce(h_rooms[l_handlers[u.n]], 1) > 0)
                 order by j.run_at - 600000000::bigint * u.priority, j.id
                 limit case when v_is_limited then null else v_left + v_skipped end) c;
        exit when c_ids is null;

        park := '{}';
        v_horizon := null;
        if v_is_limited or 0 < any (c_losses) then
            -- One by one, best first, while there is room; no further than where a lane that has more was cut off, for what it has
            -- more may stand before the next one of another lane.
            t_rows := '{}';
            select min(p.last) into v_horizon
              from (select max(u.n) as last, count(*) as n from unnest(c_lanes) with ordinality u (lane, n) group by u.lane) p
             where v_is_limited and p.n >= v_left + v_skipped;
            for i in 1 .. cardinality(c_ids) loop
                exit when cardinality(t_rows) >= v_left or i > v_horizon;
                continue when coalesce(q_rooms[l_queues[c_lanes[i]]], 1) <= 0 or coalesce(h_rooms[l_handlers[c_lanes[i]]], 1) <= 0;
                if c_keys[i] is not null then
                    if not carillon.try_lock_key(c_keys[i]) then
                        v_skipped := v_skipped + 1;
                        continue;
                    end if;
                    if carillon.is_busy(c_keys[i]) then
                        park := park || c_rows[i];
                        continue;
                    end if;
                end if;
                if c_losses[i] > 0 and p_limit - v_left + cardinality(t_rows) >= p_slots then
                    v_is_over := true;
                    exit;
                end if;
                if c_keys[i] is not null then
                    insert into carillon.busy_key (key, job) values (c_keys[i], c_ids[i]);
                end if;
                t_rows := t_rows || c_rows[i];
                if l_queues[c_lanes[i]] is not null then
                    q_rooms[l_queues[c_lanes[i]]] := q_rooms[l_queues[c_lanes[i]]] - 1;
                end if;
                if l_handlers[c_lanes[i]] is not null then
                    h_rooms[l_handlers[c_lanes[i]]] := h_rooms[l_handlers[c_lanes[i]]] - 1;
                end if;
            end loop;
        elsif cardinality(array_remove(c_keys, null)) = 0 then
            t_rows := c_rows;
        else
            -- Only keys whose lock is free: whoever has it frees the key or takes it right now, and its jobs are left for the next claim.
            -- What is locked and not taken then is busy, and stays so until this claim is committed: its job is parked, and is seen
            -- by whoever frees the key.
            select count(*) into v_unlocked from unnest(c_keys) k (key) where k.key is not null;
            select array_agg(u.row order by u.n), array_agg(u.id order by u.n), array_agg(u.key order by u.n),
                   v_unlocked - count(u.key) into c_rows, c_ids, c_keys, v_unlocked
              from unnest(c_rows, c_ids, c_keys) with ordinality u (row, id, key, n) where u.key is null or carillon.try_lock_key(u.key);
            v_skipped := v_skipped + v_unlocked;
            c_rows := c_rows[:v_left]; c_ids := c_ids[:v_left]; c_keys := c_keys[:v_left];
            with candidate as (select * from unnest(c_rows, c_ids, c_keys) with ordinality u (row, id, key, n)),
            first as (select distinct on (c.key) c.key, c.id from candidate c where c.key is not null order by c.key, c.n),
            taken as (insert into carillon.busy_key as b (key, job) select f.key, f.id from first f on conflict do nothing returning b.job)
            select coalesce(array_agg(c.row) filter (where c.key is null or t.job is not null), '{}'),
                   coalesce(array_agg(c.row) filter (where c.key is not null and t.job is null), '{}')
              into t_rows, park
              from candidate c left join taken t on t.job = c.id;
        end if;

        if cardinality(park) > 0 then
            update carillon.job j set lane = -j.lane where j.ctid = any (park) and j.lane > 0;
        end if;

        return query
        with batch as (
            insert into carillon.claim_batch as b (id, node_token, lane, running, node, jobs)
            select nextval('carillon.claim_batch_id'), p_token, t.lane, count(*), p_node, array_agg(t.id) from carillon.job t where t.ctid = any (t_rows) group by t.lane
            returning b.id, b.lane)
        update carillon.job j
           set state = 1, attempt = j.attempt + 1, token = j.token + 1, started_at = p_now, node = p_node, batch = b.id
          from batch b
         where j.ctid = any (t_rows) and b.lane = j.lane
        returning j.id, j.lane, j.token, j.attempt, j.run_at, j.scheduled_at, j.created_at, j.is_delayed, j.owner_losses, j.args, nullif(j.tenant, ''), nullif(j.origin, ''),
               nullif(j.args_codec, 'json'), nullif(j.args_version, 0), j.reason, j.error, j.result, j.progress, j.key, nullif(j.key_hold, 0), j.concurrency_key, j.retry, j.timeout,
               j.expires_at, j.schedule, j.schedule_delay, j.output, j.traceparent, j.tags;
        get diagnostics v_count = row_count;
        v_left := v_left - v_count;
        exit when cardinality(park) = 0 and v_horizon is null;
    end loop;
end
$$;

-- What a claim's caller must know besides: whether the node's lease is held, when the next job that no limit holds back is due, whether
-- a limit counts among its lanes, whether jobs have expired, and whether the best of the due jobs has lost its node before. Heads of
-- lanes whose key is busy are parked on the way.
create function carillon.claim_rest(p_node text, p_token bigint, p_handlers text[], p_limits integer[], p_queues text[], p_now bigint, p_since bigint,
    out is_held boolean, out next_at bigint, out is_limited boolean, out has_expired boolean, out is_next_lost boolean)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan
as $$
declare
    l_ids integer[]; l_priorities integer[];
    v_lane integer;
    v_head record;
    v_parked integer := 0;
    v_has_keys boolean;
begin
    is_held := exists (select 1 from carillon.lease where name = 'node/' || p_node and token = p_token and until > p_now);
    if not is_held then
        return;
    end if;

    has_expired := exists (select 1 from carillon.job where expires_at <= p_now and state <> 1);
    is_limited := exists (select 1 from carillon.served(p_handlers, p_limits, p_queues) s where s.queue_max is not null or s.handler_max is not null);
    if is_limited then
        select array_agg(l.id), array_agg(l.priority) into l_ids, l_priorities
          from carillon.open_lanes(p_handlers, p_limits, p_queues) o join carillon.lane l on l.id = o;
    else
        select array_agg(s.lane), array_agg(s.priority) into l_ids, l_priorities from carillon.served(p_handlers, p_limits, p_queues) s;
    end if;
    if l_ids is null then
        return;
    end if;

    loop
        select min(h.run_at), coalesce(bool_or(h.concurrency_key is not null), false),
               (array_agg(h.owner_losses > 0 order by h.run_at - 600000000::bigint * h.priority, h.id) filter (where h.run_at <= p_now))[1]
          into next_at, v_has_keys, is_next_lost
          from unnest(l_ids, l_priorities) u (id, priority)
         cross join lateral (
               select j.id, j.run_at, j.priority, j.concurrency_key, j.owner_losses from carillon.job j
                where j.lane = u.id and j.lane > 0 and j.run_at >= p_since + 600000000::bigint * u.priority and j.state = 0 order by j.run_at, j.id limit 1) h;
        exit when v_parked > 0 or not v_has_keys;

        v_parked := 1;
        foreach v_lane in array l_ids loop
            loop
                select j.id, j.concurrency_key into v_head from carillon.job j where j.lane = v_lane and j.lane > 0 and j.state = 0 order by j.run_at, j.id limit 1;
                exit when not found or v_head.concurrency_key is null or v_parked > 2000;
                exit when not carillon.try_lock_key(v_head.concurrency_key);
                exit when not carillon.is_busy(v_head.concurrency_key);
                update carillon.job set lane = -lane
                 where id in (select j.id from carillon.job j where j.id = v_head.id and j.lane = v_lane and j.state = 0 for no key update skip locked);
                exit when not found;
                v_parked := v_parked + 1;
            end loop;
        end loop;
    end loop;
end
$$;

-- Keys were freed (or a job that stood before others of its key left): the first parked job of each lane may be claimed again.
-- Whichever is the best when a claim comes is among them; the others meet a busy key then and are parked anew. Says how many.
create function carillon.unpark(p_keys text[])
returns integer
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
declare
    v_key text;
    v_lane integer;
    v_id uuid;
    v_count integer := 0;
begin
    -- Mostly there is none: asked for all at once.
    foreach v_key in array (
        select coalesce(array_agg(k.key), '{}') from (select distinct unnest(p_keys) as key) k
         where exists (select 1 from carillon.job j where j.concurrency_key = k.key and j.lane < 0)) loop
        v_lane := -2147483648;
        loop
            select j.lane, j.id into v_lane, v_id from carillon.job j
             where j.concurrency_key = v_key and j.lane > v_lane and j.lane < 0
             order by j.lane, j.run_at, j.id limit 1;
            exit when not found;
            update carillon.job set lane = -lane where id = v_id and lane < 0;
            v_count := v_count + 1;
        end loop;
    end loop;
    return v_count;
end
$$;

-- Moves jobs that succeeded to the ended ones; only claims that are still held, the token says so. p_progress and p_results may be null
-- for none. Gives back the ids that were moved, null where that is all of them, and whether other jobs wait for any of them. Where
-- the caller cannot go on in the same transaction (p_is_alone), such a batch is refused with CA001 and nothing is written. p_channel, p_message: whom
-- to tell with the commit. p_keys: the concurrency keys among them, null for none; they are free then, and unparked says how many jobs may go on.
create function carillon.finish(p_ids uuid[], p_tokens bigint[], p_nodes text[], p_began bigint[], p_progress double precision[], p_results text[], p_now bigint,
    p_day integer, p_is_alone boolean, p_channel text, p_message text, p_keys text[], out moved uuid[], out has_dependents boolean, out unparked integer)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan
as $$
declare
    v_batches bigint[];
    v_counts integer[];
    k_ids uuid[]; k_keys text[];
begin
    if p_keys is not null then
        perform carillon.lock_keys(p_keys);
    end if;
    with f as (
        select * from unnest(p_ids, p_tokens, p_nodes, p_began, p_progress, p_results) as f (id, token, node, began, progress, result)),
    gone as (
        delete from carillon.job j using f
         where j.id = f.id and j.token = f.token and j.node = f.node and j.state = 1
        returning j.*, f.began, f.progress as reported, f.result as answer,
                  case when j.key is not null and j.key_hold > 0 then least(j.key_hold, 9223372036854775807 - p_now) + p_now end as key_until),
    done as (
        insert into carillon.job_done (id, scheduled_at, run_at, created_at, started_at, finished_at, token, key_until, key_hold, timeout, expires_at,
               schedule_delay, progress, day, priority, attempt, owner_losses, args_version, state, is_delayed, tenant, origin, queue, handler, args_codec, args,
               node, key, concurrency_key, schedule, reason, result, retry, output, traceparent, tags)
        select id, scheduled_at, run_at, created_at, began, p_now, token, key_until,
               key_hold, timeout, expires_at, schedule_delay, coalesce(reported, progress), case when key_until is not null then 0 else p_day end,
               priority, attempt, owner_losses, args_version, 3, is_delayed, tenant, origin, queue, handler, args_codec, args,
               node, key, concurrency_key, schedule, null, answer, retry, output, traceparent, tags
          from gone)
    select array_agg(b.batch), array_agg(b.n), case when coalesce(sum(b.n), 0) = cardinality(p_ids) then null else coalesce((select array_agg(g.id) from gone g), '{}') end,
           case when p_keys is not null then (select array_agg(g.id) from gone g where g.concurrency_key is not null) end,
           case when p_keys is not null then (select array_agg(g.concurrency_key) from gone g where g.concurrency_key is not null) end
      into v_batches, v_counts, moved, k_ids, k_keys
      from (select g.batch, count(*)::integer as n from gone g group by g.batch) b;
    perform carillon.leave(v_batches, v_counts);
    unparked := 0;
    if k_keys is not null then
        delete from carillon.busy_key b using unnest(k_ids, k_keys) k (job, key) where b.key = k.key and b.job = k.job;
        unparked := carillon.unpark(k_keys);
    end if;

    -- Whoever came to depend on one of them has held its row; so this is asked after the rows were taken.
    has_dependents := exists (select 1 from carillon.job_after a where a.parent = any (p_ids));
    if has_dependents and p_is_alone then
        raise exception 'jobs wait for some of these' using errcode = 'CA001';
    end if;
    if p_channel is not null then
        perform pg_notify(p_channel, p_message);
    end if;
end
$$;

-- Presence: a node's process locks one of these for as long as it lives, and another node waits for that lock. Views, for they are never
-- vacuumed or frozen, which a lock held for weeks would keep from a table. presence: the number in the node's lease.
alter table carillon.lease add column presence integer;
do $$
begin
    for slot in 1 .. 64 loop
        execute 'create view carillon.presence_' || slot || ' as select ' || slot || ' as slot';
    end loop;
end
$$;
