using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Sqlite.Native;
using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>The rows of the journal.</summary>
internal static class JournalTable
{
    private const string InsertSql = /*lang=sql*/ """
        insert into journal (sequence, subject_kind, subject, kind, at, who, "from", data, schedule, is_free)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    private const string AdoptSql = "update journal set is_free = 0 where subject_kind = 0 and subject = ?1 and is_free = 1";
    private const string DeleteOfJobSql = "delete from journal where subject_kind = 0 and subject = ?1";

    // The greatest number given stays known when its row is deleted, so that a reader's place never comes back.
    private const string SequenceSql = "insert into meta (name, value) values ('journal_sequence', ?1) on conflict (name) do update set value = ?1";

    public static int AppendAll(Transaction transaction, IReadOnlyList<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            Append(transaction, entry, schedule: null);
        }

        return entries.Count;
    }

    public static void AppendAttempt(Transaction transaction, Guid job, AttemptFact fact) => Append(transaction, new JournalEntry
    {
        Subject = Subject.Of(job),
        Kind = JournalKinds.Attempt,
        At = fact.EndedAt,
        Data = JsonSerializer.Serialize(fact, StoreJson.Default.AttemptFact),
    }, fact.Schedule);

    public static void AppendAct(Transaction transaction, Subject subject, Act? act, JsonNode? before, JsonNode? after, DateTimeOffset now)
    {
        if (act is not null)
        {
            Append(transaction, new JournalEntry
            {
                Subject = subject,
                Kind = JournalKinds.Act,
                At = now,
                Who = act.Who,
                From = act.From,
                Data = new JsonObject { ["act"] = act.What, ["before"] = before, ["after"] = after }.ToJsonString(),
            }, schedule: null);
        }
    }

    public static void AppendSkipped(Transaction transaction, string schedule, JsonObject data, DateTimeOffset now) => Append(transaction, new JournalEntry
    {
        Subject = new Subject(SubjectKind.Schedule, schedule),
        Kind = JournalKinds.Skipped,
        At = now,
        Data = data.ToJsonString(),
    }, schedule: null);

    /// <summary>A job was made: entries that an earlier one of its id left behind go with it from now on.</summary>
    public static void Adopt(Transaction transaction, Guid job)
    {
        if (!transaction.Board.IsNew(job))
        {
            using var rows = transaction.Use(AdoptSql);
            rows.Set(1, job.ToString()).Run();
        }
    }

    /// <summary>A job's own entries go with it.</summary>
    public static void DeleteOfJob(Transaction transaction, Guid job)
    {
        using (var rows = transaction.Use(DeleteOfJobSql))
        {
            rows.Set(1, job.ToString()).Run();
        }

        if (transaction.Changes > 0)
        {
            KeepSequence(transaction);
        }
    }

    /// <summary>Before or after entries are deleted.</summary>
    public static void KeepSequence(Transaction transaction)
    {
        using var row = transaction.Use(SequenceSql);
        row.Set(1, transaction.Board.JournalSequence).Run();
    }

    public static JournalEntry Read(Statement row) => new()
    {
        Sequence = row.Long(0),
        Subject = new Subject((SubjectKind)row.Int(1), row.Text(2)),
        Kind = row.Name(3),
        At = row.Instant(4),
        Who = row.NameOrNull(5),
        From = row.NameOrNull(6),
        Data = row.Text(7),
    };

    private static void Append(Transaction transaction, JournalEntry entry, string? schedule)
    {
        var isFree = IsFree(transaction, entry.Subject);
        if (isFree && entry.At < transaction.Board.PurgeRest?.From)
        {
            transaction.Board.PurgeRest = null;
        }

        using var row = transaction.Use(InsertSql);
        row.Set(1, ++transaction.Board.JournalSequence).Set(2, (long)entry.Subject.Kind).Set(3, entry.Subject.Id).Set(4, entry.Kind).Set(5, entry.At)
            .Set(6, entry.Who).Set(7, entry.From).Set(8, entry.Data).Set(9, schedule).Set(10, isFree).Run();
    }

    // A job's late log line may come when the job is deleted already.
    private static bool IsFree(Transaction transaction, Subject subject) =>
        subject.Kind != SubjectKind.Job || !Guid.TryParse(subject.Id, out var id) || !JobTable.Exists(transaction, id);
}
