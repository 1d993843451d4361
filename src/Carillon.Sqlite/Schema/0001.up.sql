-- Carillon's store, version 1. Runs on SQLite 3.35.5 and later.
--
-- Instants and durations are 100-nanosecond ticks (instants: since 1970, UTC); datetime(x / 1e7, 'unixepoch') shows one.
-- Ids are UUIDv7 as 16 bytes, so they sort by creation. A table WITHOUT ROWID keeps its rows in the order of its key:
-- one tree to write instead of two. Each index is paid for at every write, so each one says what it is for.
-- Whoever looks with SQL looks at the views of Views.sql; the tables may change from version to version.

create table meta (
    name text not null primary key,
    value
) without rowid;
-- A program older than this must not use the file, whatever it thinks of user_version.
insert into meta (name, value) values ('oldest_program', '0.1.0');

-- A lane is a (queue, handler, priority) in which a job has ever been claimable. Inside one lane the order of claiming is
-- simply (run_at, id), so a claim merges the heads of a few lanes and never sorts or skips.
create table lane (
    id integer primary key,
    queue text not null,
    handler text not null,
    priority integer not null
);

-- Live jobs only. state: 0 pending, 1 running, 2 waiting (3 succeeded, 4 dead, 5 cancelled stand in job_done).
-- lane: its lane's id while it may be claimed; the same negated while its concurrency key is busy (parked: no claim meets it);
-- 0 while it runs; null while it waits for other jobs. node_token: the lease of the node that its claim rests on.
create table job (
    id blob not null primary key,
    tenant text not null,
    origin text not null,
    handler text not null,
    args blob not null,
    args_codec text not null,
    args_version integer not null,
    queue text not null,
    priority integer not null,
    state integer not null,
    reason text,
    attempt integer not null,
    owner_losses integer not null,
    scheduled_at integer not null,
    run_at integer not null,
    is_delayed integer not null,
    created_at integer not null,
    started_at integer,
    finished_at integer,
    node text,
    token integer not null,
    error text,
    result text,
    progress real,
    key text,
    key_hold integer not null,
    concurrency_key text,
    retry text,
    timeout integer,
    expires_at integer,
    schedule text,
    schedule_delay integer,
    output text,
    traceparent text,
    tags text,
    cancel_reason text,
    lane integer,
    node_token integer
) without rowid;

-- Claims; running jobs (lane 0) at start; counts of the summary.
create index job_lane on job (lane, run_at) where lane is not null;
-- One live job for a key.
create unique index job_key on job (tenant, key) where key is not null;
-- Live jobs of a key (overlap of a schedule's jobs), and the best parked one when the key is free again.
create index job_concurrency on job (concurrency_key, lane, run_at) where concurrency_key is not null;
-- The next to expire.
create index job_expiry on job (expires_at) where expires_at is not null;
-- Waiting jobs, for the summary.
create index job_waiting on job (queue, handler, run_at) where lane is null;

-- Ended jobs: the same columns, in the order of the job's end. Finishing moves the row.
create table job_done (
    id blob not null primary key,
    tenant text not null,
    origin text not null,
    handler text not null,
    args blob not null,
    args_codec text not null,
    args_version integer not null,
    queue text not null,
    priority integer not null,
    state integer not null,
    reason text,
    attempt integer not null,
    owner_losses integer not null,
    scheduled_at integer not null,
    run_at integer not null,
    is_delayed integer not null,
    created_at integer not null,
    started_at integer,
    finished_at integer,
    node text,
    token integer not null,
    error text,
    result text,
    progress real,
    key text,
    key_hold integer not null,
    concurrency_key text,
    retry text,
    timeout integer,
    expires_at integer,
    schedule text,
    schedule_delay integer,
    output text,
    traceparent text,
    tags text,
    cancel_reason text,
    key_until integer
) without rowid;

-- Executions by their end, latest first; what is past its retention, oldest first.
create index done_end on job_done (state, finished_at);
-- The few that did not succeed, newest first.
create index done_failed on job_done (state) where state <> 3;
-- Dead jobs, for the summary.
create index done_dead on job_done (queue, handler, run_at) where state = 4;
-- Jobs of a schedule, newest first.
create index done_schedule on job_done (schedule) where schedule is not null;
-- Executions of a schedule, latest end first.
create index done_schedule_end on job_done (schedule, finished_at) where schedule is not null and state = 3;
-- Keys that hold beyond the end.
create index done_key on job_done (tenant, key, key_until) where key_until is not null;

-- What waiting jobs wait for, in the order they were given: open dependencies only. By parent, for its end looks here.
create table job_after (
    parent blob not null,
    job blob not null,
    position integer not null,
    condition integer not null,
    primary key (parent, job, position)
) without rowid;
create index job_after_job on job_after (job, position);

-- is_free: it belongs to no job, so it has a retention of its own; the others go with their job.
create table journal (
    sequence integer primary key,
    subject_kind integer not null,
    subject text not null,
    kind text not null,
    at integer not null,
    who text,
    "from" text,
    data text not null,
    schedule text,
    is_free integer not null
);
create index journal_subject on journal (subject_kind, subject);
create index journal_attempt on journal (at) where kind = 'attempt';
create index journal_schedule on journal (schedule, at) where kind = 'attempt' and schedule is not null;
create index journal_act on journal (sequence) where kind = 'act';
create index journal_free on journal (at) where is_free = 1;

-- The definition whole as JSON; beside it what a firing changes or a list asks for (the columns are right where both say it).
create table schedule (
    tenant text not null,
    name text not null,
    id blob not null,
    owner text,
    handler text not null,
    mode integer not null,
    version integer not null,
    next_at integer,
    last_at integer,
    fired_count integer not null,
    max_count integer,
    end_at integer,
    document text not null,
    primary key (tenant, name)
) without rowid;
-- What is due. mode 2 is paused.
create index schedule_due on schedule (next_at, name) where next_at is not null and mode <> 2;

-- Who holds what, for people: a lease's end is kept in memory only, for no lease outlives the process that has the file.
create table lease (
    name text not null primary key,
    owner text not null,
    token integer not null,
    data text not null,
    acquired_at integer not null
) without rowid;

create table definition (
    tenant text not null,
    kind text not null,
    name text not null,
    version integer not null,
    body text not null,
    updated_at integer not null,
    primary key (tenant, kind, name)
) without rowid;
