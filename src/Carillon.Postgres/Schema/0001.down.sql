do $$
begin
    for slot in 1 .. 64 loop
        execute 'drop view carillon.presence_' || slot;
    end loop;
end
$$;
drop function carillon.finish(uuid[], bigint[], text[], bigint[], double precision[], text[], bigint[], bigint, integer, boolean, text, text, text[]);
drop function carillon.unpark(text[]);
drop function carillon.take_lock(text, text, bigint, text, bigint, boolean);
drop function carillon.claim_rest(text, bigint, text[], integer[], text[], bigint, bigint);
drop function carillon.claim(text, bigint, integer, text[], integer[], text[], bigint, integer, boolean, bigint, boolean);
drop function carillon.next_start(text[], integer[], text[]);
drop function carillon.claim_turns(text, bigint, integer, integer, bigint, integer[], integer[], bigint[], integer[], integer[], text[], integer[], bigint[], bigint[], integer[]);
drop function carillon.state_of_key(text);
drop function carillon.spend(text[], bigint[], bigint[], integer[], integer[]);
drop function carillon.starts_left(bigint, bigint, integer, bigint);
drop function carillon.open_lanes(text[], integer[], text[]);
drop function carillon.served(text[], integer[], text[]);
drop function carillon.part(uuid, bigint);
drop function carillon.leave_batches(uuid[]);
drop function carillon.leave(bigint[], integer[]);
drop function carillon.running_in(text, text);
drop function carillon.is_busy(text);
drop function carillon.lock_keys(text[]);
drop function carillon.try_lock_key(text);
drop table carillon.definition;
drop table carillon.held_lock;
drop table carillon.lease;
drop sequence carillon.lease_token;
drop table carillon.schedule;
drop table carillon.journal;
drop table carillon.job_after;
drop table carillon.job_done;
drop table carillon.turn;
drop table carillon.bucket;
drop table carillon.limit_lock;
drop table carillon.busy_key;
drop table carillon.claim_batch;
drop sequence carillon.claim_batch_id;
drop table carillon.job;
drop table carillon.lane;
drop table carillon.meta;
