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
update meta set value = '0.1.0' where name = 'oldest_program';
