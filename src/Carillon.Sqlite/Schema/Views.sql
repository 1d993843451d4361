-- For people and older reports that look with SQL: read-only, made and removed by the setting SqlViews.

create view scheduler_job_types as
    select 1 as id, 'interval' as name, 'every so often' as description
    union all select 2, 'cron', 'at the instants of a cron expression'
    union all select 3, 'date', 'once, at one instant';

create view task_functions as
    select handler as name from schedule
    union select handler from lane;

create view scheduled_jobs as
    select lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) as job_id,
           name,
           json_extract(document, '$.description') as description,
           handler as task_function_name,
           case json_extract(document, '$.kind') when 'Every' then 'interval' when 'At' then 'date' else 'cron' end as job_type_name,
           json_extract(document, '$.expression') as schedule,
           json_extract(document, '$.zone') as zone,
           mode = 0 as is_enabled,
           datetime(next_at / 10000000, 'unixepoch') as next_run_time,
           datetime(last_at / 10000000, 'unixepoch') as last_run_time,
           fired_count
      from schedule;

create view job_executions as
    select lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) as run_id,
           handler as task_function_name, schedule as job_name, 'running' as status, attempt, node,
           datetime(started_at / 10000000, 'unixepoch') as started_at, null as finished_at, null as error
      from job where lane = 0
    union all
    select lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)),
           handler, schedule, 'succeeded', attempt, node,
           datetime(started_at / 10000000, 'unixepoch'), datetime(finished_at / 10000000, 'unixepoch'), null
      from job_done where state = 3
    union all
    select subject, json_extract(data, '$.handler'), schedule, json_extract(data, '$.state'), json_extract(data, '$.attempt'), json_extract(data, '$.node'),
           json_extract(data, '$.startedAt'), datetime(at / 10000000, 'unixepoch'), json_extract(data, '$.error')
      from journal where kind = 'attempt';

create view scheduler_leader as
    select owner as leader_instance, token as term, datetime(acquired_at / 10000000, 'unixepoch') as acquired_at
      from lease where name = 'leader';
