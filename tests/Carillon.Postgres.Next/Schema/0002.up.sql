-- What a later version might add: it only expands. In the middle it waits for whoever holds this lock: a test, that looks at it or kills it there.
create table carillon.remark (job uuid primary key, remark text not null);
select pg_advisory_xact_lock(31, 31);
alter table carillon.job add column remarks integer not null default 0;
alter table carillon.job_done add column remarks integer not null default 0;
alter table carillon.schedule add column remarks integer not null default 0;
