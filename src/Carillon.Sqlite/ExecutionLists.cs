using System.Text.Json;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>Attempts as readers see them: a page of each of the three sources, merged.</summary>
internal sealed class ExecutionLists(Database database, ExecutionQuery query)
{
    public static IReadOnlyList<Execution> List(Database database, ExecutionQuery query) => new ExecutionLists(database, query).List();

    private List<Execution> List()
    {
        var running = Wants("running") ? Read(JobColumns("job", "null"), "lane = 0", null, "id", ToExecutionOfJob) : [];
        var succeeded = Wants("succeeded") ? Read(JobColumns("job_done", "finished_at"), "state = 3", "finished_at", "id", ToExecutionOfJob) : [];
        var failed = query.State is "running" or "succeeded" ? [] : Read("select at, subject, data from journal", "kind = 'attempt'", "at", "subject", ToExecutionOfEntry);
        return [.. running.Concat(succeeded).Concat(failed).Where(query.IsBehind).OrderByDescending(execution => execution.Place).Take(query.Limit)];
    }

    private bool Wants(string state) => query.State is null || query.State == state;

    private static string JobColumns(string table, string finishedAt) =>
        $"select id, token, handler, schedule, attempt, node, state, started_at, {finishedAt} from {table}";

    // A page and the ties at its first instant, for those are cut by job and token above.
    private List<Execution> Read(string select, string where, string? endColumn, string jobColumn, Func<Statement, Execution> read)
    {
        var isOfJournal = jobColumn == "subject";
        var conditions = new Conditions();
        conditions.Add(where);
        conditions.Add($"{jobColumn} = ", query.Job, (statement, index) => _ = isOfJournal ? statement.Set(index, query.Job!.Value.ToString()) : statement.Set(index, query.Job!.Value));
        conditions.Add("schedule = ", query.Schedule, (statement, index) => statement.Set(index, query.Schedule));
        if (isOfJournal)
        {
            conditions.Add("subject_kind = 0");
            conditions.Add("json_extract(data, '$.state') = ", query.State, (statement, index) => statement.Set(index, query.State));
        }

        if (endColumn is not null)
        {
            conditions.Add($"{endColumn} <= ", query.After?.FinishedAt, (statement, index) => statement.Set(index, query.After!.Value.FinishedAt));
        }
        else if (query.After?.FinishedAt is not null)
        {
            return [];
        }

        // A later attempt of a job has the greater token and the greater sequence.
        var order = (endColumn is null ? "" : $"{endColumn} desc, ") + $"{jobColumn} desc" + (isOfJournal ? ", sequence desc" : "");
        var sql = $"{select} where {conditions} order by {order}";
        return Take(conditions.Bind(database.Prepare(sql)), read);
    }

    private List<Execution> Take(Statement statement, Func<Statement, Execution> read)
    {
        var executions = new List<Execution>();
        using var rows = statement;
        while (executions.Count < query.Limit && rows.Read())
        {
            var execution = read(rows);
            if (query.IsBehind(execution))
            {
                executions.Add(execution);
            }
        }

        return executions;
    }

    private static Execution ToExecutionOfJob(Statement row) => new()
    {
        Job = row.Id(0),
        Token = row.Long(1),
        Handler = row.Name(2),
        Schedule = row.NameOrNull(3),
        Attempt = row.Int(4),
        Node = row.NameOrNull(5),
        State = (JobState)row.Int(6) == JobState.Running ? "running" : "succeeded",
        StartedAt = row.InstantOrNull(7),
        FinishedAt = row.InstantOrNull(8),
    };

    private static Execution ToExecutionOfEntry(Statement row) =>
        Execution.Of(Guid.Parse(row.Text(1)), JsonSerializer.Deserialize(row.Bytes(2), StoreJson.Default.AttemptFact)!);
}
