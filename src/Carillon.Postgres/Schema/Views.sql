-- For people and older reports that look with SQL: read-only, made and removed by the setting SqlViews.

create view carillon.scheduler_job_types as
    select * from (values (1, 'interval', 'every so often'), (2, 'cron', 'at the instants of a cron expression'), (3, 'date', 'once, at one instant'))
        as types (id, name, description);

create view carillon.task_functions as
    select handler as name from carillon.schedule union select handler from carillon.lane;

create view carillon.scheduled_jobs as
    select id as job_id, name, document::jsonb ->> 'description' as description, handler as task_function_name,
           case document::jsonb ->> 'kind' when 'Every' then 'interval' when 'At' then 'date' else 'cron' end as job_type_name,
           document::jsonb ->> 'expression' as schedule, coalesce(document::jsonb ->> 'zone', 'UTC') as zone, mode = 0 as is_enabled,
           to_timestamp(next_at / 1e7) as next_run_time, to_timestamp(last_at / 1e7) as last_run_time, fired_count
      from carillon.schedule;

create view carillon.job_executions as
    select id::text as run_id, handler as task_function_name, schedule as job_name, 'running' as status, attempt, node,
           to_timestamp(started_at / 1e7) as started_at, null::timestamptz as finished_at, null::text as error
      from carillon.job where state = 1 and id in (select unnest(jobs) from carillon.claim_batch)
    union all
    select id::text, handler, schedule, 'succeeded', attempt, node, to_timestamp(started_at / 1e7), to_timestamp(finished_at / 1e7), null
      from carillon.job_done where state = 3
    union all
    select subject, data::jsonb ->> 'handler', schedule, data::jsonb ->> 'state', (data::jsonb ->> 'attempt')::integer, data::jsonb ->> 'node',
           (data::jsonb ->> 'startedAt')::timestamptz, to_timestamp(at / 1e7), data::jsonb ->> 'error'
      from carillon.journal where kind = 'attempt';

create view carillon.scheduler_leader as
    select owner as leader_instance, token as term, to_timestamp(acquired_at / 1e7) as acquired_at from carillon.lease where name = 'leader' and until > 0;
