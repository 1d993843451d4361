-- Calendars: which schedules use one. A program that knows nothing of them would fire on holidays.
alter table schedule add column calendar text;
create index schedule_by_calendar on schedule (calendar, name) where calendar is not null;
update meta set value = '0.2.0' where name = 'oldest_program';
