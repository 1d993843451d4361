using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Store;
using Npgsql;
using NpgsqlTypes;

namespace Carillon.Postgres;

/// <summary>The rows of the journal.</summary>
internal static class JournalTable
{
    public const string Columns = """sequence, subject_kind, subject, kind, at, who, "from", data""";

    // A job's late log line may come when the job is deleted already: whoever does not know that the job is there asks ($8 has its id).
    private const string InsertSql = /*lang=sql*/ """
        insert into carillon.journal (subject_kind, subject, kind, at, who, "from", data, job, schedule, is_free)
        select e.subject_kind, e.subject, e.kind, e.at, e.who, e.origin, e.data, e.job, e.schedule,
               case when e.is_known then false
                    when e.job is null then true
                    else not exists (select 1 from carillon.job j where j.id = e.job) and not exists (select 1 from carillon.job_done d where d.id = e.job) end
          from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::boolean[])
               with ordinality as e (subject_kind, subject, kind, at, who, origin, data, job, schedule, is_known, n)
         order by e.n
        """;

    private const string AdoptSql = "update carillon.journal set is_free = false where job = $1 and is_free";
    private const string DeleteOfJobsSql = "delete from carillon.journal where job = any ($1)";

    /// <summary>Appends entries; those of the jobs named go with their job, the others are looked up.</summary>
    public static Task AppendAllAsync(Transaction transaction, IReadOnlyList<JournalEntry> entries, params Guid[] known) =>
        entries.Count == 0 ? Task.CompletedTask : AppendAsync(transaction, entries, null, known);

    public static Task AppendAttemptAsync(Transaction transaction, Guid job, AttemptFact fact)
    {
        var entry = new JournalEntry
        {
            Subject = Subject.Of(job),
            Kind = JournalKinds.Attempt,
            At = fact.EndedAt,
            Data = JsonSerializer.Serialize(fact, StoreJson.Default.AttemptFact),
        };
        return AppendAsync(transaction, [entry], fact.Schedule, [job]);
    }

    public static Task AppendActAsync(Transaction transaction, Subject subject, Act? act, (JsonNode? Before, JsonNode? After) states, DateTimeOffset now)
    {
        if (act is null)
        {
            return Task.CompletedTask;
        }

        var entry = new JournalEntry
        {
            Subject = subject,
            Kind = JournalKinds.Act,
            At = now,
            Who = act.Who,
            From = act.From,
            Data = new JsonObject { ["act"] = act.What, ["before"] = states.Before, ["after"] = states.After }.ToJsonString(),
        };
        return AppendAsync(transaction, [entry], null, []);
    }

    public static Task AppendSkippedAsync(Transaction transaction, string schedule, JsonObject data, DateTimeOffset now) =>
        AppendAsync(transaction, [SkippedOf(schedule, data, now)], null, []);

    public static JournalEntry SkippedOf(string schedule, JsonObject data, DateTimeOffset now) =>
        new() { Subject = new Subject(SubjectKind.Schedule, schedule), Kind = JournalKinds.Skipped, At = now, Data = data.ToJsonString() };

    /// <summary>A job was made: entries that an earlier one of its id left behind go with it from now on.</summary>
    public static Task AdoptAsync(Transaction transaction, Guid job) => transaction.Use(AdoptSql).Set(job).RunAsync();

    /// <summary>Jobs' own entries go with them.</summary>
    public static Task DeleteOfJobsAsync(Transaction transaction, params Guid[] jobs) =>
        transaction.Use(DeleteOfJobsSql).SetAll(jobs, NpgsqlDbType.Uuid).RunAsync();

    public static JournalEntry Read(NpgsqlDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Subject = new Subject((SubjectKind)row.GetInt16(1), row.GetString(2)),
        Kind = row.GetString(3),
        At = row.Instant(4),
        Who = row.TextOrNull(5),
        From = row.TextOrNull(6),
        Data = row.GetString(7),
    };

    private static Task AppendAsync(Transaction transaction, IReadOnlyList<JournalEntry> entries, string? schedule, Guid[] known)
    {
        var places = known.ToHashSet();
        var jobs = entries.Select(entry => JobOf(entry.Subject)).ToArray();
        return transaction.Use(InsertSql)
            .SetAll(entries.Select(entry => (short)entry.Subject.Kind).ToArray(), NpgsqlDbType.Smallint)
            .SetAll(Texts(entry => entry.Subject.Id), NpgsqlDbType.Text)
            .SetAll(Texts(entry => entry.Kind), NpgsqlDbType.Text)
            .SetAll(entries.Select(entry => Instants.ToTicks(entry.At)).ToArray(), NpgsqlDbType.Bigint)
            .SetAll(Texts(entry => entry.Who), NpgsqlDbType.Text)
            .SetAll(Texts(entry => entry.From), NpgsqlDbType.Text)
            .SetAll(Texts(entry => entry.Data), NpgsqlDbType.Text)
            .SetAll(jobs, NpgsqlDbType.Uuid)
            .SetAll(Texts(_ => schedule), NpgsqlDbType.Text)
            .SetAll(jobs.Select(job => job is { } id && places.Contains(id)).ToArray(), NpgsqlDbType.Boolean)
            .RunAsync();

        string?[] Texts(Func<JournalEntry, string?> part) => [.. entries.Select(entry => part(entry) is { } text ? Postgres.Texts.Storable(text) : null)];
    }

    private static Guid? JobOf(Subject subject) => subject.Kind == SubjectKind.Job && Guid.TryParse(subject.Id, out var id) ? id : null;
}
