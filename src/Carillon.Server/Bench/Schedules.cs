using Carillon.Store;

namespace Carillon.Server.Bench;

/// <summary>Many schedules at once, past the doors that take one after the other.</summary>
internal static class Schedules
{
    /// <summary>So many one-time schedules, all due at one instant.</summary>
    public static async Task PutManyAsync(BenchHost host, int schedules, DateTimeOffset at)
    {
        foreach (var chunk in Enumerable.Range(0, schedules).Chunk(1_000))
        {
            var now = host.Instance.Clock.GetUtcNow();
            var batch = chunk.Select(i => new Schedule
            {
                Id = host.Instance.Ids.Next(),
                Name = $"schedule {i}",
                Kind = RecurrenceKind.At,
                Expression = at.ToString("O"),
                Handler = "noop",
                AnchorAt = now,
                NextAt = at,
                CreatedAt = now,
                UpdatedAt = now,
            }).ToList();
            await host.Instance.Store.PutSchedulesAsync(batch, null, now, CancellationToken.None);
        }
    }
}
