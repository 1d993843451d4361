using System.Text.Json;
using Carillon.AspNetCore.Routing;
using Carillon.AspNetCore.Shapes;
using Carillon.Store;

namespace Carillon.AspNetCore.Endpoints;

/// <summary>A page of log lines. An entry of the journal holds many, so a place is the entry's number and how many of its lines were read.</summary>
internal static class LogPage
{
    public static async Task<(IReadOnlyList<LogLineView> Items, string? Next)> ReadAsync(Func<long?, Task<IReadOnlyList<JournalEntry>>> read, string? place, int limit)
    {
        var (sequence, skip) = Parse(place);
        var lines = new List<LogLineView>();
        var next = place;
        while (await read(sequence - 1) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                var of = Lines(entry);
                foreach (var line in of.Skip(entry.Sequence == sequence ? skip : 0))
                {
                    if (lines.Count == limit)
                    {
                        return (lines, next);
                    }

                    lines.Add(line.View);
                    next = $"{Paging.Text(entry.Sequence)}:{Paging.Text(line.Number)}";
                }
            }

            (sequence, skip) = (entries[^1].Sequence + 1, 0);
        }

        return (lines, null);
    }

    private static (long? Sequence, int Skip) Parse(string? place)
    {
        var parts = place?.Split(':');
        return parts is null ? (null, 0) : (Paging.Number(parts[0]), (int)Paging.Number(parts[1]));
    }

    private static IEnumerable<(int Number, LogLineView View)> Lines(JournalEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Data);
        var attempt = document.RootElement.TryGetProperty("attempt", out var number) ? number.GetInt32() : 0;
        var count = 0;
        foreach (var line in document.RootElement.GetProperty("lines").EnumerateArray())
        {
            yield return (++count, new LogLineView(line.GetProperty("at").GetDateTimeOffset(), line.GetProperty("level").GetString() ?? "", line.GetProperty("text").GetString() ?? "", attempt));
        }
    }
}
