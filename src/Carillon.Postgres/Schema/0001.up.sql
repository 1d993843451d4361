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
-- simply (run_at, id), so a claim merges the heads of a few lanes. Rows are never removed: every process remembers them. is_grouped:
-- all of its jobs name a group; in the other lane none does.
create table carillon.lane (
    id integer generated always as identity primary key,
    queue text collate "C" not null,
    handler text collate "C" not null,
    priority integer not null,
    is_grouped boolean not null,
    unique (queue, handler, priority, is_grouped)
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
    keep_for bigint,
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
    job_group text collate "C",
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
-- The groups of a lane, for queues that limit them or let them take turns.
create index job_group on carillon.job (lane, job_group, run_at, id) where lane > 0 and job_group is not null;
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

-- What is spent of rate limits: of a queue, or of one group of it (the empty one: the jobs that name none). full_at: when the bucket is
-- full again (the generic cell rate algorithm); a row whose instant has passed says nothing. Read and written behind the queue's limit_lock.
create table carillon.bucket (
    queue text collate "C" not null,
    is_group boolean not null,
    job_group text collate "C" not null,
    full_at bigint not null,
    primary key (queue, is_group, job_group)
) with (fillfactor = 50);

-- The group that had a fair queue's last turn; behind the same lock.
create table carillon.turn (
    queue text collate "C" primary key,
    job_group text collate "C" not null
) with (fillfactor = 50);

-- Ended jobs: finishing moves the row. day: days since 1970 of the end, so that what is past its retention is dropped by the
-- partition; 0 for what is kept on its own terms (dead jobs; keys that hold beyond the end; until keep_until, by its handler's wish). id stands first in the key of each.
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
    keep_for bigint,
    keep_until bigint,
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
    job_group text collate "C",
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
-- Jobs of a group, newest first.
create index done_group on carillon.job_done (job_group, id) where job_group is not null;
-- Keys that hold beyond the end; such rows all have the day 0.
create index done_key on carillon.job_done (tenant, key, key_until) where key_until is not null;

create table carillon.job_done_kept partition of carillon.job_done for values from (minvalue) to (1);
-- What is kept as long as the host keeps jobs, oldest first; what is kept by its handler's wish, the first to go first.
create index job_done_kept_end on carillon.job_done_kept (finished_at, id) where keep_until is null;
create index job_done_kept_until on carillon.job_done_kept (keep_until) where keep_until is not null;
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

-- Who holds what. The token comes from one sequence. Of a node that left nothing is kept; the row of the leader stays, with until = 0
-- when it was given up, so that the next one waits for its lock before it draws its term.
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

-- is_paused and what follows: a queue's settings where a claim can read them. Rates as ticks from start to start.
create table carillon.definition (
    tenant text collate "C" not null,
    kind text collate "C" not null,
    name text collate "C" not null,
    version bigint not null,
    updated_at bigint not null,
    is_paused boolean not null,
    max_concurrent integer,
    rate bigint,
    burst integer,
    group_rate bigint,
    group_burst integer,
    is_fair boolean not null,
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
        update carillon.claim_batch b set running = b.running - u.n from unnest(p_batches, p_counts) u (id, n) where b.id = any (array[u.id]) returning b.running)
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
returns table (lane integer, priority integer, queue text, queue_max integer, handler text, handler_max integer,
    is_grouped boolean, rate bigint, burst integer, group_rate bigint, group_burst integer, is_fair boolean, is_counted boolean)
language sql stable as $$
    select l.id, l.priority, l.queue, q.max_concurrent, l.handler, h.max_concurrent,
           l.is_grouped, q.rate, q.burst, q.group_rate, q.group_burst, coalesce(q.is_fair, false),
           q.max_concurrent is not null or q.rate is not null or q.group_rate is not null or coalesce(q.is_fair, false)
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

-- How many more starts a rate allows now: of a bucket that is full again at p_full (not before now).
create function carillon.starts_left(p_full bigint, p_rate bigint, p_burst integer, p_now bigint) returns integer language sql immutable as $$
    select case when p_rate is not null then greatest(0, p_burst - (p_full - p_now + p_rate - 1) / p_rate)::integer else 2147483647 end
$$;

-- Each start fills the bucket a rate later.
create function carillon.spend(p_queues text[], p_fulls bigint[], p_rates bigint[], p_before integer[], p_rooms integer[]) returns void language sql volatile as $$
    insert into carillon.bucket as b (queue, is_group, job_group, full_at)
    select u.queue, false, '', u.before + u.rate * (u.had - u.has) from unnest(p_queues, p_fulls, p_rates, p_before, p_rooms) u (queue, before, rate, had, has)
     where u.rate is not null and u.had > u.has
    on conflict (queue, is_group, job_group) do update set full_at = excluded.full_at
$$;

-- A key that a job would take: f free (and locked by this claim), b busy, l locked by another one right now.
create function carillon.state_of_key(p_key text) returns "char" language plpgsql volatile as $$
begin
    if p_key is null then
        return 'f';
    elsif not carillon.try_lock_key(p_key) then
        return 'l';
    end if;
    return case when carillon.is_busy(p_key) then 'b' else 'f' end;
end
$$;

-- The claim where a served queue limits its groups or lets them take turns, and has something due: one job after the other. A source is a
-- lane, or one group of a lane in such a queue; of each the head is known, and locked. The best head of all says which queue is next; in a
-- fair one the head of the group whose turn it is is taken. The caller has the limit_locks. place: in which order they were given.
create function carillon.claim_turns(p_node text, p_token bigint, p_limit integer, p_slots integer, p_now bigint,
    l_ids integer[], l_priorities integer[], l_since bigint[], l_queues integer[], l_handlers integer[],
    q_names text[], q_rooms integer[], q_fulls bigint[], q_rates bigint[], h_rooms integer[])
returns table (id uuid, lane integer, token bigint, attempt integer, run_at bigint, scheduled_at bigint, created_at bigint, is_delayed boolean, owner_losses integer,
    args bytea, tenant text, origin text, args_codec text, args_version integer, reason text, error text, result text, progress double precision, key text, key_hold bigint,
    concurrency_key text, retry text, timeout bigint, expires_at bigint, schedule text, schedule_delay bigint, output text, traceparent text, tags text,
    job_group text, place integer)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    q_before integer[] := q_rooms;
    q_fair boolean[]; q_turns text[]; g_rates bigint[]; g_bursts integer[];
    s_lanes integer[]; s_groups text[]; s_ranks bigint[]; s_runs bigint[]; s_ids uuid[]; s_rows tid[]; s_keys text[]; s_losses integer[]; s_buckets integer[];
    b_queues integer[]; b_groups text[]; b_rooms integer[]; b_before integer[]; b_fulls bigint[];
    t_rows tid[] := '{}'; t_ids uuid[] := '{}'; park tid[] := '{}';
    v_best integer; v_pick integer; v_queue integer; v_state "char"; v_head record; v_is_over boolean := false; v_parked integer := 0;
begin
    select array_agg(coalesce(d.is_fair, false) order by u.n), array_agg(t.job_group order by u.n), array_agg(d.group_rate order by u.n), array_agg(d.group_burst order by u.n)
      into q_fair, q_turns, g_rates, g_bursts
      from unnest(q_names) with ordinality u (queue, n)
      left join carillon.definition d on d.tenant = '' and d.kind = 'queue' and d.name = u.queue
      left join carillon.turn t on t.queue = u.queue;

    -- s_lanes: places in l_ids. The group is null where a source is a whole lane.
    with recursive lanes as (
        select u.n::integer as n, u.id, u.since, l.is_grouped and (coalesce(q_fair[u.queue], false) or g_rates[u.queue] is not null) as by_group
          from unnest(l_ids, l_queues, l_handlers, l_since) with ordinality u (id, queue, handler, since, n) join carillon.lane l on l.id = u.id
         where coalesce(q_rooms[u.queue], 1) > 0 and coalesce(h_rooms[u.handler], 1) > 0),
    groups as (
        select l.n, l.id, (select j.job_group from carillon.job j where j.lane = l.id and j.lane > 0 and j.job_group is not null order by j.job_group limit 1) as name
          from lanes l where l.by_group
        union all
        select g.n, g.id, (select j.job_group from carillon.job j where j.lane = g.id and j.lane > 0 and j.job_group > g.name order by j.job_group limit 1)
          from groups g where g.name is not null),
    sources as (
        select l.n, null::text as name, h.* from lanes l cross join lateral (
               select j.ctid as row, j.id, j.run_at, j.concurrency_key, j.owner_losses from carillon.job j
                where j.lane = l.id and j.lane > 0 and j.run_at >= l.since and j.run_at <= p_now and j.state = 0 and (j.expires_at is null or j.expires_at > p_now)
                order by j.run_at, j.id limit 1 for no key update skip locked) h
         where not l.by_group
        union all
        select g.n, g.name::text, h.* from groups g cross join lateral (
               select j.ctid as row, j.id, j.run_at, j.concurrency_key, j.owner_losses from carillon.job j
                where j.lane = g.id and j.lane > 0 and j.job_group = g.name and j.run_at <= p_now and j.state = 0 and (j.expires_at is null or j.expires_at > p_now)
                order by j.run_at, j.id limit 1 for no key update skip locked) h
         where g.name is not null)
    select array_agg(s.n), array_agg(s.name), array_agg(s.run_at - 600000000::bigint * l_priorities[s.n]), array_agg(s.run_at), array_agg(s.id), array_agg(s.row),
           array_agg(s.concurrency_key), array_agg(s.owner_losses)
      into s_lanes, s_groups, s_ranks, s_runs, s_ids, s_rows, s_keys, s_losses from sources s;
    if s_lanes is null then
        return;
    end if;

    select array_agg(c.queue), array_agg(c.name), array_agg(carillon.starts_left(c.full_at, g_rates[c.queue], g_bursts[c.queue], p_now)), array_agg(c.full_at)
      into b_queues, b_groups, b_rooms, b_fulls
      from (select k.queue, k.name, greatest(p_now, b.full_at) as full_at
              from (select distinct l_queues[s.lane] as queue, coalesce(s.name, '') as name from unnest(s_lanes, s_groups) s (lane, name) where g_rates[l_queues[s.lane]] is not null) k
              left join carillon.bucket b on b.queue = q_names[k.queue] and b.is_group and b.job_group = k.name) c;
    b_before := b_rooms;
    select array_agg(b.n::integer order by s.n) into s_buckets
      from unnest(s_lanes, s_groups) with ordinality s (lane, name, n)
      left join unnest(b_queues, b_groups) with ordinality b (queue, name, n) on b.queue = l_queues[s.lane] and b.name = coalesce(s.name, '');

    while cardinality(t_ids) < p_limit and v_parked < 2000 loop
        select u.n into v_best from unnest(s_ranks, s_ids) with ordinality u (rank, id, n) where u.rank is not null order by u.rank, u.id limit 1;
        exit when not found;
        v_queue := l_queues[s_lanes[v_best]];
        if coalesce(q_rooms[v_queue], 1) <= 0 or coalesce(h_rooms[l_handlers[s_lanes[v_best]]], 1) <= 0 or coalesce(b_rooms[s_buckets[v_best]], 1) <= 0 then
            s_ranks[v_best] := null;
            continue;
        end if;

        v_pick := v_best;
        v_state := carillon.state_of_key(s_keys[v_best]);
        if v_state = 'f' and coalesce(q_fair[v_queue], false) then
            select u.n into v_pick
              from unnest(s_lanes, s_groups, s_ranks, s_ids, s_buckets) with ordinality u (lane, name, rank, id, bucket, n)
             where u.rank is not null and l_queues[u.lane] = v_queue and coalesce(h_rooms[l_handlers[u.lane]], 1) > 0 and coalesce(b_rooms[u.bucket], 1) > 0
             order by coalesce(coalesce(u.name, '') collate "C" > q_turns[v_queue] collate "C", true) desc, coalesce(u.name, '') collate "C", u.rank, u.id limit 1;
            v_state := case when v_pick = v_best then v_state else carillon.state_of_key(s_keys[v_pick]) end;
        end if;

        if v_state = 'b' then
            park := park || s_rows[v_pick];
            v_parked := v_parked + 1;
        elsif v_state = 'f' then
            if (s_losses[v_pick] > 0 or q_rates[v_queue] is not null or g_rates[v_queue] is not null) and cardinality(t_ids) >= p_slots then
                v_is_over := true;
                exit;
            end if;
            if s_keys[v_pick] is not null then
                insert into carillon.busy_key (key, job) values (s_keys[v_pick], s_ids[v_pick]);
            end if;
            t_rows := t_rows || s_rows[v_pick];
            t_ids := t_ids || s_ids[v_pick];
            if v_queue is not null then
                q_rooms[v_queue] := q_rooms[v_queue] - 1;
                q_turns[v_queue] := coalesce(s_groups[v_pick], '');
            end if;
            if l_handlers[s_lanes[v_pick]] is not null then
                h_rooms[l_handlers[s_lanes[v_pick]]] := h_rooms[l_handlers[s_lanes[v_pick]]] - 1;
            end if;
            if s_buckets[v_pick] is not null then
                b_rooms[s_buckets[v_pick]] := b_rooms[s_buckets[v_pick]] - 1;
            end if;
        end if;

        -- The next head of the source.
        if s_groups[v_pick] is null then
            select j.ctid as row, j.id, j.run_at, j.concurrency_key, j.owner_losses into v_head from carillon.job j
             where j.lane = l_ids[s_lanes[v_pick]] and j.lane > 0 and (j.run_at, j.id) > (s_runs[v_pick], s_ids[v_pick]) and j.run_at <= p_now and j.state = 0
               and (j.expires_at is null or j.expires_at > p_now)
             order by j.run_at, j.id limit 1 for no key update skip locked;
        else
            select j.ctid as row, j.id, j.run_at, j.concurrency_key, j.owner_losses into v_head from carillon.job j
             where j.lane = l_ids[s_lanes[v_pick]] and j.lane > 0 and j.job_group = s_groups[v_pick] and (j.run_at, j.id) > (s_runs[v_pick], s_ids[v_pick])
               and j.run_at <= p_now and j.state = 0 and (j.expires_at is null or j.expires_at > p_now)
             order by j.run_at, j.id limit 1 for no key update skip locked;
        end if;
        s_ranks[v_pick] := v_head.run_at - 600000000::bigint * l_priorities[s_lanes[v_pick]];
        s_runs[v_pick] := v_head.run_at;
        s_ids[v_pick] := v_head.id;
        s_rows[v_pick] := v_head.row;
        s_keys[v_pick] := v_head.concurrency_key;
        s_losses[v_pick] := v_head.owner_losses;
    end loop;

    perform carillon.spend(q_names, q_fulls, q_rates, q_before, q_rooms);
    insert into carillon.bucket as b (queue, is_group, job_group, full_at)
    select q_names[u.queue], true, u.name, u.full_at + g_rates[u.queue] * (u.had - u.has) from unnest(b_queues, b_groups, b_fulls, b_before, b_rooms) u (queue, name, full_at, had, has)
     where u.had > u.has
    on conflict (queue, is_group, job_group) do update set full_at = excluded.full_at;
    insert into carillon.turn (queue, job_group)
    select u.queue, u.name from unnest(q_names, q_turns, q_fair, q_before, q_rooms) u (queue, name, is_fair, had, has) where u.is_fair and u.had > u.has
    on conflict (queue) do update set job_group = excluded.job_group;
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
           j.expires_at, j.schedule, j.schedule_delay, j.output, j.traceparent, j.tags, j.job_group, array_position(t_ids, j.id);
    if v_is_over then
        token := 16;
        return next;
    end if;
end
$$;

-- When the next job of a queue under a rate may begin, of those that no other limit holds back: its own instant, or the next start.
create function carillon.next_start(p_handlers text[], p_limits integer[], p_queues text[])
returns bigint
language sql volatile
set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
    with recursive lanes as (
        select s.lane, s.is_grouped and s.group_rate is not null as by_group, s.queue, s.group_rate, s.group_burst,
               (select b.full_at - (s.burst - 1) * s.rate from carillon.bucket b where b.queue = s.queue and not b.is_group and s.rate is not null) as opens_at
          from carillon.served(p_handlers, p_limits, p_queues) s
         where coalesce(s.rate, s.group_rate) is not null and s.lane in (select carillon.open_lanes(p_handlers, p_limits, p_queues))),
    groups as (
        select l.lane, (select j.job_group from carillon.job j where j.lane = l.lane and j.lane > 0 and j.job_group is not null order by j.job_group limit 1) as name
          from lanes l where l.by_group
        union all
        select g.lane, (select j.job_group from carillon.job j where j.lane = g.lane and j.lane > 0 and j.job_group > g.name order by j.job_group limit 1)
          from groups g where g.name is not null),
    heads as (
        select l.queue, l.group_rate, l.group_burst, l.opens_at, ''::text as name, (
               select j.run_at from carillon.job j
                where j.lane = l.lane and j.lane > 0 and j.state = 0 and not exists (select 1 from carillon.busy_key k where k.key = j.concurrency_key)
                order by j.run_at, j.id limit 1) as run_at
          from lanes l where not l.by_group
        union all
        select l.queue, l.group_rate, l.group_burst, l.opens_at, g.name::text, (
               select j.run_at from carillon.job j
                where j.lane = l.lane and j.lane > 0 and j.job_group = g.name and j.state = 0 and not exists (select 1 from carillon.busy_key k where k.key = j.concurrency_key)
                order by j.run_at, j.id limit 1)
          from lanes l join groups g on g.lane = l.lane where g.name is not null)
    select min(greatest(h.run_at, h.opens_at, (
           select b.full_at - (h.group_burst - 1) * h.group_rate from carillon.bucket b where b.queue = h.queue and b.is_group and b.job_group = h.name and h.group_rate is not null)))
      from heads h where h.run_at is not null
$$;

-- Gives a node up to p_limit due jobs; none while expired ones wait to be cancelled, unless p_is_expired says that this was done. A job
-- whose node was lost goes into one of the p_slots first places or ends the claim. Rows that another claim has locked are passed over, so
-- claims never wait for each other, but where a limit must be counted (limit_lock). Volatile: each statement in it sees what was
-- committed before that statement, which counting behind a lock needs. p_since: the least rank that is looked at; the entries of ended
-- jobs stay in the index until the next vacuum, and a busy queue leaves many behind. Rows without an id come last and say by their token: 16, that
-- the claim ended at a job that must begin at once and no slot was free; where p_is_rest_asked, what else the caller must know, as bits: 1 the
-- node's lease is held, 2 a limit counts among its lanes, 4 jobs have expired, 8 the best of the due jobs has lost its node before; and by run_at when
-- the next job that no limit holds back is due.
create function carillon.claim(p_node text, p_token bigint, p_limit integer, p_handlers text[], p_limits integer[], p_queues text[], p_now bigint,
    p_slots integer, p_is_expired boolean, p_since bigint, p_is_rest_asked boolean)
returns table (id uuid, lane integer, token bigint, attempt integer, run_at bigint, scheduled_at bigint, created_at bigint, is_delayed boolean, owner_losses integer,
    args bytea, tenant text, origin text, args_codec text, args_version integer, reason text, error text, result text, progress double precision, key text, key_hold bigint,
    concurrency_key text, retry text, timeout bigint, expires_at bigint, schedule text, schedule_delay bigint, output text, traceparent text, tags text,
    job_group text, place integer)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_nestloop = off set jit = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    v_left integer := p_limit;
    v_rounds integer := 0;
    v_skipped integer := 0;
    v_is_held boolean;
    v_has_expired boolean;
    v_is_limited boolean;
    v_is_over boolean := false;
    v_horizon bigint;
    v_count integer;
    l_ids integer[]; l_priorities integer[]; l_queues integer[]; l_handlers integer[];
    l_since bigint[];
    q_names text[]; q_rooms integer[]; q_before integer[]; q_fulls bigint[]; q_rates bigint[]; q_turned boolean[];
    h_names text[]; h_rooms integer[];
    c_rows tid[]; c_ids uuid[]; c_keys text[]; c_lanes integer[]; c_losses integer[];
    t_rows tid[]; park tid[];
    k_busy text[];
    v_unlocked integer;
    v_next_at bigint; v_has_keys boolean; v_is_next_lost boolean;
begin
    if p_node = '' then
        return;
    end if;

    -- One statement for all that a claim must know first: on an idle node each one costs more to begin than to run.
    select exists (select 1 from carillon.lease where name = 'node/' || p_node and token = p_token and until > p_now),
           not p_is_expired and exists (select 1 from carillon.job where expires_at <= p_now and state <> 1),
           array_agg(s.lane order by s.lane), array_agg(s.priority order by s.lane), bool_or(s.is_counted or s.handler_max is not null),
           array_agg(p_since + 600000000::bigint * s.priority order by s.lane)
      into v_is_held, v_has_expired, l_ids, l_priorities, v_is_limited, l_since
      from carillon.served(p_handlers, p_limits, p_queues) s;
    if not v_is_held or v_has_expired or l_ids is null then
        v_left := 0;
    end if;

    if v_is_limited and v_left > 0 then
        -- The locks in one order, then the counts by statements of their own: they see every claim before this one.
        insert into carillon.limit_lock (kind, name)
        select 'q', s.queue from carillon.served(p_handlers, p_limits, p_queues) s where s.is_counted
        union select 'h', s.handler from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null
        order by 1, 2
        on conflict do nothing;
        perform 1 from carillon.limit_lock k
          where (k.kind = 'q' and k.name in (select s.queue from carillon.served(p_handlers, p_limits, p_queues) s where s.is_counted))
             or (k.kind = 'h' and k.name in (select s.handler from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null))
          order by k.kind, k.name for update;
        select array_agg(r.queue), array_agg(least(r.room, carillon.starts_left(r.full_at, r.rate, r.burst, p_now))), array_agg(r.full_at), array_agg(r.rate), array_agg(r.is_turned)
          into q_names, q_rooms, q_fulls, q_rates, q_turned from (
            select s.queue, case when min(s.queue_max) is not null then min(s.queue_max) - carillon.running_in(s.queue, null) end as room,
                   min(s.rate) as rate, min(s.burst) as burst, bool_or(s.is_fair or s.group_rate is not null) as is_turned,
                   greatest(p_now, (select b.full_at from carillon.bucket b where b.queue = s.queue and not b.is_group)) as full_at
              from carillon.served(p_handlers, p_limits, p_queues) s where s.is_counted group by s.queue) r;
        q_before := q_rooms;
        select array_agg(r.handler), array_agg(r.room) into h_names, h_rooms from (
            select s.handler, min(s.handler_max) - carillon.running_in(null, s.handler) as room
              from carillon.served(p_handlers, p_limits, p_queues) s where s.handler_max is not null group by s.handler) r;
        select array_agg(s.lane order by s.lane), array_agg(s.priority order by s.lane),
               array_agg(array_position(q_names, s.queue) order by s.lane), array_agg(array_position(h_names, s.handler) order by s.lane),
               array_agg(case when s.is_counted then -4000000000000000000 else p_since + 600000000::bigint * s.priority end order by s.lane)
          into l_ids, l_priorities, l_queues, l_handlers, l_since
          from carillon.served(p_handlers, p_limits, p_queues) s;

        if exists (select 1 from unnest(l_ids, l_queues) u (id, queue)
                    where q_turned[u.queue] and q_rooms[u.queue] > 0
                      and exists (select 1 from carillon.job j where j.lane = u.id and j.lane > 0 and j.run_at <= p_now and j.state = 0)) then
            return query select t.* from carillon.claim_turns(
                p_node, p_token, p_limit, p_slots, p_now, l_ids, l_priorities, l_since, l_queues, l_handlers, q_names, q_rooms, q_fulls, q_rates, h_rooms) t;
            v_left := 0;
        end if;
    end if;

    while v_left > 0 and not v_is_over and v_rounds < 100 loop
        v_rounds := v_rounds + 1;
        -- The candidates, best rank first, locked: of each lane its first ones. This is the hot statement.
        select array_agg(c.row), array_agg(c.id), array_agg(c.key), array_agg(c.lane), array_agg(c.losses)
          into c_rows, c_ids, c_keys, c_lanes, c_losses
          from (select j.row, j.id, j.concurrency_key as key, j.owner_losses as losses, u.n::integer as lane
                  from unnest(l_ids, l_priorities, l_since) with ordinality u (id, priority, since, n)
                 cross join lateral (
                       select k.ctid as row, k.id, k.run_at, k.concurrency_key, k.owner_losses from carillon.job k
                        where k.lane = u.id and k.lane > 0 and k.run_at >= u.since and k.run_at <= p_now and k.state = 0 and (k.expires_at is null or k.expires_at > p_now)
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
                if (c_losses[i] > 0 or q_rates[l_queues[c_lanes[i]]] is not null) and p_limit - v_left + cardinality(t_rows) >= p_slots then
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
            -- A statement of its own: it sees what was committed before the locks were had. Nobody else writes these keys until the end.
            k_busy := array(select b.key from carillon.busy_key b where b.key = any (c_keys));
            with candidate as (select * from unnest(c_rows, c_ids, c_keys) with ordinality u (row, id, key, n)),
            first as (select distinct on (c.key) c.key, c.id from candidate c where c.key is not null and c.key <> all (k_busy) order by c.key, c.n),
            taken as (insert into carillon.busy_key as b (key, job) select f.key, f.id from first f returning b.job)
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
               j.expires_at, j.schedule, j.schedule_delay, j.output, j.traceparent, j.tags, j.job_group, null::integer;
        get diagnostics v_count = row_count;
        v_left := v_left - v_count;
        exit when cardinality(park) = 0 and v_horizon is null;
    end loop;

    if v_rounds > 0 and v_is_limited then
        perform carillon.spend(q_names, q_fulls, q_rates, q_before, q_rooms);
    end if;
    if v_is_over then
        token := 16;
        return next;
    end if;

    if p_is_rest_asked then
        if v_is_held and not v_has_expired and not v_is_limited then
            select min(h.run_at), coalesce(bool_or(h.concurrency_key is not null), false),
                   coalesce((array_agg(h.owner_losses > 0 order by h.run_at - 600000000::bigint * h.priority, h.id) filter (where h.run_at <= p_now))[1], false)
              into v_next_at, v_has_keys, v_is_next_lost
              from unnest(l_ids, l_since) u (id, since)
             cross join lateral (
                   select j.id, j.run_at, j.priority, j.concurrency_key, j.owner_losses from carillon.job j
                    where j.lane = u.id and j.lane > 0 and j.run_at >= u.since and j.state = 0 order by j.run_at, j.id limit 1) h;
        end if;
        if v_has_keys is not false then
            -- Not so simple: a lost lease, a limit, keys that may be busy, what has expired.
            select r.next_at, r.is_held::integer + coalesce(r.is_limited, false)::integer * 2 + coalesce(r.has_expired, false)::integer * 4 + coalesce(r.is_next_lost, false)::integer * 8
              into run_at, token from carillon.claim_rest(p_node, p_token, p_handlers, p_limits, p_queues, p_now, p_since) r;
        else
            run_at := v_next_at;
            token := 1 + v_is_next_lost::integer * 8;
        end if;
        return next;
    end if;
end
$$;

-- What a claim's caller must know besides: whether the node's lease is held, when the next job that no limit holds back is due, whether
-- a limit counts among its lanes, whether jobs have expired, and whether the best of the due jobs has lost its node before. Heads of
-- lanes whose key is busy are parked on the way. A claim's settings hold for what it calls: nested loops are on again here.
create function carillon.claim_rest(p_node text, p_token bigint, p_handlers text[], p_limits integer[], p_queues text[], p_now bigint, p_since bigint,
    out is_held boolean, out next_at bigint, out is_limited boolean, out has_expired boolean, out is_next_lost boolean)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_nestloop = on set jit = off set plan_cache_mode = force_generic_plan
as $$
declare
    l_ids integer[]; l_priorities integer[];
    v_next_start bigint;
    v_lane integer;
    v_since bigint;
    v_head record;
    v_parked integer := 0;
    v_has_keys boolean;
begin
    is_held := exists (select 1 from carillon.lease where name = 'node/' || p_node and token = p_token and until > p_now);
    if not is_held then
        return;
    end if;

    has_expired := exists (select 1 from carillon.job where expires_at <= p_now and state <> 1);
    is_limited := exists (select 1 from carillon.served(p_handlers, p_limits, p_queues) s where s.is_counted or s.handler_max is not null);
    if is_limited then
        p_since := -4000000000000000000;
        v_next_start := carillon.next_start(p_handlers, p_limits, p_queues);
        select array_agg(l.id), array_agg(l.priority) into l_ids, l_priorities
          from carillon.open_lanes(p_handlers, p_limits, p_queues) o join carillon.lane l on l.id = o
          left join carillon.definition q on q.tenant = '' and q.kind = 'queue' and q.name = l.queue
         where coalesce(q.rate, q.group_rate) is null;
    else
        select array_agg(s.lane), array_agg(s.priority) into l_ids, l_priorities from carillon.served(p_handlers, p_limits, p_queues) s;
    end if;
    next_at := v_next_start;
    if l_ids is null then
        return;
    end if;

    loop
        select least(v_next_start, min(h.run_at)), coalesce(bool_or(h.concurrency_key is not null), false),
               (array_agg(h.owner_losses > 0 order by h.run_at - 600000000::bigint * h.priority, h.id) filter (where h.run_at <= p_now))[1]
          into next_at, v_has_keys, is_next_lost
          from unnest(l_ids, l_priorities) u (id, priority)
         cross join lateral (
               select j.id, j.run_at, j.priority, j.concurrency_key, j.owner_losses from carillon.job j
                where j.lane = u.id and j.lane > 0 and j.run_at >= p_since + 600000000::bigint * u.priority and j.state = 0 order by j.run_at, j.id limit 1) h;
        exit when v_parked > 0 or not v_has_keys;

        v_parked := 1;
        for v_lane, v_since in select u.id, p_since + 600000000::bigint * u.priority from unnest(l_ids, l_priorities) u (id, priority) loop
            loop
                select j.id, j.concurrency_key into v_head from carillon.job j
                 where j.lane = v_lane and j.lane > 0 and j.run_at >= v_since and j.state = 0 order by j.run_at, j.id limit 1;
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
        select array(select distinct j.concurrency_key from carillon.job j where j.concurrency_key = any (p_keys) and j.lane < 0)) loop
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

-- Moves jobs that succeeded to the ended ones; only claims that are still held, the token says so. p_progress, p_results and p_keeps may be null
-- for none. "= any (array[x])" and not "= x": so only a look for each one is possible. For a join a plan that was made while the table was
-- empty reads all of an index, and is kept. Gives back the ids that were moved, null where that is all of them, and whether other jobs wait for any of them. Where
-- the caller cannot go on in the same transaction (p_is_alone), such a batch is refused with CA001 and nothing is written. p_channel, p_message: whom
-- to tell with the commit. p_keys: the concurrency keys among them, null for none; they are free then, and unparked says how many jobs may go on.
create function carillon.finish(p_ids uuid[], p_tokens bigint[], p_nodes text[], p_began bigint[], p_progress double precision[], p_results text[], p_keeps bigint[],
    p_now bigint, p_day integer, p_is_alone boolean, p_channel text, p_message text, p_keys text[], out moved uuid[], out has_dependents boolean, out unparked integer)
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
        select * from unnest(p_ids, p_tokens, p_nodes, p_began, p_progress, p_results, p_keeps) as f (id, token, node, began, progress, result, keep)),
    gone as (
        delete from carillon.job j using f
         where j.id = any (array[f.id]) and j.token = f.token and j.node = f.node and j.state = 1
        returning j.*, f.began, f.progress as reported, f.result as answer, f.keep,
                  case when f.keep is not null then least(f.keep, 9223372036854775807 - p_now) + p_now end as keep_until,
                  case when j.key is not null and j.key_hold > 0 then least(j.key_hold, 9223372036854775807 - p_now) + p_now end as key_until),
    done as (
        insert into carillon.job_done (id, scheduled_at, run_at, created_at, started_at, finished_at, token, key_until, key_hold, timeout, expires_at,
               schedule_delay, progress, day, priority, attempt, owner_losses, args_version, state, is_delayed, tenant, origin, queue, handler, args_codec, args,
               node, key, concurrency_key, schedule, reason, result, retry, output, traceparent, tags, job_group, keep_for, keep_until)
        select id, scheduled_at, run_at, created_at, began, p_now, token, key_until,
               key_hold, timeout, expires_at, schedule_delay, coalesce(reported, progress), case when coalesce(key_until, keep_until) is not null then 0 else p_day end,
               priority, attempt, owner_losses, args_version, 3, is_delayed, tenant, origin, queue, handler, args_codec, args,
               node, key, concurrency_key, schedule, null, answer, retry, output, traceparent, tags, job_group, keep, keep_until
          from gone)
    select array_agg(b.batch), array_agg(b.n), case when coalesce(sum(b.n), 0) = cardinality(p_ids) then null else coalesce((select array_agg(g.id) from gone g), '{}') end,
           case when p_keys is not null then (select array_agg(g.id) from gone g where g.concurrency_key is not null) end,
           case when p_keys is not null then (select array_agg(g.concurrency_key) from gone g where g.concurrency_key is not null) end
      into v_batches, v_counts, moved, k_ids, k_keys
      from (select g.batch, count(*)::integer as n from gone g group by g.batch) b;
    perform carillon.leave(v_batches, v_counts);
    unparked := 0;
    if k_keys is not null then
        delete from carillon.busy_key b using unnest(k_ids, k_keys) k (job, key) where b.key = any (array[k.key]) and b.job = k.job;
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
