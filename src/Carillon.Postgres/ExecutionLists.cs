using System.Text.Json;
using Carillon.Store;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>Attempts as readers see them: a page of each of the three sources, merged.</summary>
internal sealed class ExecutionLists(Transaction transaction, ExecutionQuery query)
{
    public static Task<List<Execution>> ListAsync(Transaction transaction, ExecutionQuery query) => new ExecutionLists(transaction, query).ListAsync();

    private async Task<List<Execution>> ListAsync()
    {
        var running = Wants("running") && query.After?.FinishedAt is null ? await ReadAsync(JobColumns("carillon.job", "null"), JobLists.IsRunning, null) : [];
        var succeeded = Wants("succeeded") ? await ReadAsync(JobColumns("carillon.job_done", "finished_at"), "state = 3", "finished_at") : [];
        var failed = query.State is "running" or "succeeded" ? [] : await ReadFailedAsync();
        return [.. running.Concat(succeeded).Concat(failed).Where(query.IsBehind).OrderByDescending(execution => execution.Place).Take(query.Limit)];
    }

    private bool Wants(string state) => query.State is null || query.State == state;

    private static string JobColumns(string table, string finishedAt) =>
        $"select id, token, handler, schedule, attempt, node, state, started_at, {finishedAt}::bigint from {table}";

    private Task<List<Execution>> ReadAsync(string select, string where, string? endColumn)
    {
        var conditions = new Conditions();
        conditions.Add(where);
        conditions.Add("id = ", query.Job);
        conditions.Add("schedule = ", query.Schedule);
        AddCursor(conditions, endColumn ?? "9223372036854775807::bigint", "id", "token");
        var order = endColumn is null ? "id desc, token desc" : $"{endColumn} desc, id desc, token desc";
        return conditions.Bind(transaction, $"{select} where {conditions} order by {order} limit {query.Limit}").ListAsync(ToExecutionOfJob);
    }

    private Task<List<Execution>> ReadFailedAsync()
    {
        var conditions = new Conditions();
        conditions.Add("kind = 'attempt'");
        conditions.Add("job is not null");
        conditions.Add("job = ", query.Job);
        conditions.Add("schedule = ", query.Schedule);
        conditions.Add("data::jsonb ->> 'state' = ", query.State);
        AddCursor(conditions, "at", "job", "(data::jsonb ->> 'token')::bigint");

        // A later attempt of a job has the greater token and the greater sequence.
        return conditions.Bind(transaction, $"select data, job from carillon.journal where {conditions} order by at desc, job desc, sequence desc limit {query.Limit}")
            .ListAsync(ToExecutionOfEntry);
    }

    // As a range first, which an index can begin at; then exactly.
    private void AddCursor(Conditions conditions, string end, string job, string token)
    {
        if (query.After is not { } after)
        {
            return;
        }

        var until = after.FinishedAt is { } finished ? Instants.ToTicks(finished) : long.MaxValue;
        conditions.Add($"{end} <= ", (long?)until);
        conditions.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"({end}, {job}, {token}) < ({until}, '{after.Job}'::uuid, {after.Token})"));
    }

    private static Execution ToExecutionOfJob(NpgsqlDataReader row) => new()
    {
        Job = row.Id(0),
        Token = row.GetInt64(1),
        Handler = row.GetString(2),
        Schedule = row.TextOrNull(3),
        Attempt = row.GetInt32(4),
        Node = row.TextOrNull(5),
        State = (JobState)row.GetInt16(6) == JobState.Running ? "running" : "succeeded",
        StartedAt = row.InstantOrNull(7),
        FinishedAt = row.InstantOrNull(8),
    };

    private static Execution ToExecutionOfEntry(NpgsqlDataReader row) =>
        Execution.Of(row.Id(1), JsonSerializer.Deserialize(row.GetString(0), StoreJson.Default.AttemptFact)!);
}
