using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Store.Memory;

// The append-only history.
internal sealed partial class MemoryStore
{
    public Task AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken) =>
        TransactAsync(() => AppendAll(entries), cancellationToken);

    public Task<IReadOnlyList<JournalEntry>> ReadAsync(JournalQuery query, CancellationToken cancellationToken) =>
        TransactAsync<IReadOnlyList<JournalEntry>>(() => Read(query), cancellationToken);

    private int AppendAll(IReadOnlyList<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            Append(entry);
        }

        return entries.Count;
    }

    // A number that was rolled back is not used again: readers only need them to rise.
    private void Append(JournalEntry entry) => Put(_journal, ++_sequence, entry with { Sequence = _sequence });

    private void AppendAttempt(Guid job, AttemptFact fact) => Append(new JournalEntry
    {
        Subject = Subject.Of(job),
        Kind = JournalKinds.Attempt,
        At = fact.EndedAt,
        Data = JsonSerializer.Serialize(fact, StoreJson.Default.AttemptFact),
    });

    private void AppendAct(Subject subject, Act? act, JsonNode? before, JsonNode? after, DateTimeOffset now)
    {
        if (act is not null)
        {
            Append(new JournalEntry
            {
                Subject = subject,
                Kind = JournalKinds.Act,
                At = now,
                Who = act.Who,
                From = act.From,
                Data = new JsonObject { ["act"] = act.What, ["before"] = before, ["after"] = after }.ToJsonString(),
            });
        }
    }

    private List<JournalEntry> Read(JournalQuery query)
    {
        var ordered = query.IsNewestFirst ? _journal.Values.Reverse() : _journal.Values;
        return
        [
            .. ordered.Where(entry => query.Subject is null || entry.Subject == query.Subject)
                .Where(entry => query.Kinds is null || query.Kinds.Contains(entry.Kind))
                .Where(entry => query.After is null || (query.IsNewestFirst ? entry.Sequence < query.After : entry.Sequence > query.After))
                .Take(query.Limit),
        ];
    }

    private void RemoveEntries(IEnumerable<JournalEntry> entries)
    {
        foreach (var entry in entries.ToList())
        {
            Remove(_journal, entry.Sequence);
        }
    }
}
