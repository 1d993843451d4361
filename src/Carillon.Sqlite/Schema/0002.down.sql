-- What the older program cannot honour must not fire by other rules: it is paused, with the reason.
update schedule
   set mode = 2,
       document = json_set(document, '$.mode', 'Paused', '$.pausedBy', 'db downgrade', '$.pauseReason', case
           when json_extract(document, '$.calendar') is not null then 'it used the calendar ''' || json_extract(document, '$.calendar') || ''', which the older program does not know'
           when json_extract(document, '$.businessDay') is not null then 'it goes by business days, which the older program does not know'
           when json_extract(document, '$.gap') is not null or json_extract(document, '$.repeat') is not null then 'it has rules of its own for changes of clocks, which the older program does not know'
           else 'it is written in English, which the older program does not read' end)
 where json_extract(document, '$.calendar') is not null or json_extract(document, '$.businessDay') is not null
    or json_extract(document, '$.gap') is not null or json_extract(document, '$.repeat') is not null
    or json_extract(document, '$.kind') = 'Text';
-- The calendars are gone with the next line: a schedule that still named one could not be read when the file comes up again.
update schedule set document = json_remove(document, '$.calendar', '$.calendars') where json_extract(document, '$.calendar') is not null;
delete from definition where kind = 'calendar';
drop index schedule_by_calendar;
alter table schedule drop column calendar;
-- A queue that the older program would empty faster than it may is paused too. Jobs of all groups stand in one lane again.
update definition
   set body = json_set(json_remove(body, '$.maxRate', '$.maxRatePerGroup', '$.isFair'), '$.isPaused', json('true'), '$.pausedBy', 'db downgrade',
           '$.pauseReason', 'its rate is limited, which the older program cannot do')
 where kind = 'queue' and (json_extract(body, '$.maxRate') is not null or json_extract(body, '$.maxRatePerGroup') is not null);
insert into lane (queue, handler, priority)
select distinct queue, handler, priority from lane l
 where job_group is not null and not exists (
       select 1 from lane o where o.job_group is null and o.queue = l.queue and o.handler = l.handler and o.priority = l.priority);
update job
   set lane = (case when lane > 0 then 1 else -1 end) * (
       select o.id from lane l join lane o on o.job_group is null and o.queue = l.queue and o.handler = l.handler and o.priority = l.priority
        where l.id = abs(job.lane))
 where abs(lane) in (select id from lane where job_group is not null);
delete from lane where job_group is not null;
drop table turn;
drop table bucket;
drop index done_group;
drop index done_keep;
drop index done_end;
create index done_end on job_done (state, finished_at);
alter table job_done drop column keep_until;
alter table job_done drop column keep_for;
alter table job_done drop column job_group;
alter table job drop column keep_for;
alter table job drop column job_group;
alter table lane drop column job_group;
update meta set value = '0.1.0' where name = 'oldest_program';
