-- Calendars: which schedules use one. A program that knows nothing of them would fire on holidays.
alter table schedule add column calendar text;
create index schedule_by_calendar on schedule (calendar, name) where calendar is not null;

-- Groups: a lane is a (queue, handler, priority, group), so that a limit of a group closes a lane, and turns go from lane to lane.
-- keep_for: how long the handler wants the job kept once it has ended; keep_until: the instant that this comes to.
alter table lane add column job_group text;
alter table job add column job_group text;
alter table job add column keep_for integer;
alter table job_done add column job_group text;
alter table job_done add column keep_for integer;
alter table job_done add column keep_until integer;

-- Executions by their end, latest first; what is past its retention, oldest first, passing over what is kept longer.
drop index done_end;
create index done_end on job_done (state, finished_at, keep_until);
-- What is kept by its handler's wish.
create index done_keep on job_done (keep_until) where keep_until is not null;

-- The jobs of one group, newest first.
create index done_group on job_done (job_group, id) where job_group is not null;

-- Rate limits that jobs began under: a row each, no matter how many. full_at: when the bucket is full again; a row whose instant has passed
-- says nothing. is_group: it counts one group of the queue (the empty one: the jobs that name none), not the whole.
create table bucket (
    queue text not null,
    is_group integer not null,
    job_group text not null,
    full_at integer not null,
    primary key (queue, is_group, job_group)
) without rowid;

-- Which group had a fair queue's last turn.
create table turn (
    queue text not null primary key,
    job_group text not null
) without rowid;
update meta set value = '0.2.0' where name = 'oldest_program';
