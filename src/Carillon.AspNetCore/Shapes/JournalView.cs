using Carillon.AspNetCore.Json;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>An entry of a job's history.</summary>
internal sealed record JournalView(long Sequence, string Kind, DateTimeOffset At, string? Who, string? From, RawJson? Data)
{
    public static JournalView Of(JournalEntry entry) => new(entry.Sequence, entry.Kind, entry.At, entry.Who, entry.From, RawJson.Of(entry.Data));
}

/// <summary>A line that a handler logged.</summary>
internal sealed record LogLineView(DateTimeOffset At, string Level, string Text, int Attempt);
