-- What the older program cannot honour must not fire by other rules: it is paused, with the reason.
update schedule
   set mode = 2,
       document = json_set(document, '$.mode', 'Paused', '$.pausedBy', 'db downgrade', '$.pauseReason', 'it uses a calendar, business days or clock rules, which the older program does not know')
 where json_extract(document, '$.calendar') is not null or json_extract(document, '$.businessDay') is not null
    or json_extract(document, '$.gap') is not null or json_extract(document, '$.repeat') is not null
    or json_extract(document, '$.kind') = 'Text';
delete from definition where kind = 'calendar';
drop index schedule_by_calendar;
alter table schedule drop column calendar;
update meta set value = '0.1.0' where name = 'oldest_program';
