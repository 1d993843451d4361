using System.Globalization;
using Carillon.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Carillon.Postgres;

/// <summary>
/// The partitions of ended jobs, a day each: made ahead, and dropped whole once all of a day is past its retention. Both need a lock that
/// waits for every transaction that ends jobs; they give up after a moment and are tried again by a later purge. What has no
/// partition of its day stands in the default one and goes row by row.
/// </summary>
internal sealed partial class DayPartitions(Connections connections, ILogger logger)
{
    private const int DaysAhead = 2;
    private const string PatienceSql = "set local lock_timeout = '300ms'";

    private const string AloneSql = "select pg_try_advisory_xact_lock(22745, 'carillon.job_done'::regclass::oid::integer)";

    private const string ListSql = /*lang=sql*/ """
        select substring(c.relname from '^job_done_(\d+)$')::integer as day
          from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'carillon.job_done'::regclass and c.relname ~ '^job_done_\d+$' order by day
        """;

    private const string IsInDefaultSql = "select exists (select 1 from carillon.job_done_default where day = $1)";

    // After a lock that could not be had: whoever ends jobs waits behind each attempt.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private Walk? _walk;
    private int _madeOn;
    private DateTimeOffset _makeNotBefore;
    private DateTimeOffset _dropNotBefore;

    /// <summary>A day cannot be dropped since a day and more: what is past its retention goes row by row meanwhile.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Makes the partitions of this day and the next ones.</summary>
    public async Task MakeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Days.Of(now);
        if (_madeOn == today || now < _makeNotBefore)
        {
            return;
        }

        var areMade = true;
        foreach (var day in Enumerable.Range(today, DaysAhead + 1).Except(await ListAsync(cancellationToken)))
        {
            areMade &= await TryAsync("made", day, transaction => TryMakeAsync(transaction, day), cancellationToken) == true;
        }

        (_madeOn, _makeNotBefore) = areMade ? (today, now) : (0, now + Pause);
    }

    /// <summary>
    /// Goes on to drop the days that are over: first the journal of their jobs, <paramref name="limit"/> jobs at a time, then all of the jobs at once.
    /// Says of how many jobs.
    /// </summary>
    public async Task<int> DropAsync(Retention retention, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = Purging.Before(now, retention.Finished);
        var dropped = 0;
        while (dropped < limit && now >= _dropNotBefore && await NextAsync(before, cancellationToken) is { } walk)
        {
            dropped += await GoOnAsync(walk, limit - dropped, now, cancellationToken);
            IsStuck = _walk is not null && now < _dropNotBefore && EndOf(walk.Day) + TimeSpan.TicksPerDay <= before;
            if (IsStuck)
            {
                LogStuck(walk.Day, DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(walk.Day)));
            }
        }

        return dropped;
    }

    private async Task<Walk?> NextAsync(long before, CancellationToken cancellationToken) => _walk is { } walk && EndOf(walk.Day) <= before
        ? walk
        : (await ListAsync(cancellationToken)).Where(day => EndOf(day) <= before).Select(day => new Walk(day, Guid.Empty)).FirstOrDefault();

    private static long EndOf(int day) => (day + 1) * TimeSpan.TicksPerDay;

    private async Task<int> GoOnAsync(Walk walk, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<Guid>? jobs = null;
        await TryAsync("emptied", walk.Day, async transaction => (jobs = await TakeEntriesAsync(transaction, walk, limit)) is not null, cancellationToken);
        if (jobs is null)
        {
            (_walk, _dropNotBefore) = (null, now + Pause);
            return 0;
        }

        _walk = jobs.Count == 0 ? walk : walk with { After = jobs[^1] };
        if (jobs.Count < limit)
        {
            var isDropped = await TryAsync("dropped", walk.Day, transaction => DropAsync(transaction, walk.Day), cancellationToken);
            (_walk, _dropNotBefore) = (isDropped is null ? _walk : null, isDropped == true ? now : now + Pause);
        }

        return jobs.Count;
    }

    private Task<List<int>> ListAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync(transaction => transaction.Use(ListSql).ListAsync(row => row.GetInt32(0)), cancellationToken);

    // A day that already has rows in the default partition stays there: they would have to be moved first.
    private static async Task<bool> TryMakeAsync(Transaction transaction, int day)
    {
        if (!await IsAloneAsync(transaction))
        {
            return false;
        }

        if (!await transaction.Use(IsInDefaultSql).Set(day).IsTrueAsync())
        {
            await transaction.UseOnce(Invariant($"create table if not exists carillon.job_done_{day} partition of carillon.job_done for values from ({day}) to ({day + 1})")).RunAsync();
        }

        return true;
    }

    private static async Task<List<Guid>?> TakeEntriesAsync(Transaction transaction, Walk walk, int limit)
    {
        if (!await IsMineAsync(transaction, walk.Day))
        {
            return null;
        }

        var jobs = await transaction.UseOnce(Invariant($"select id from carillon.job_done_{walk.Day} where id > $1 order by id limit $2")).Set(walk.After).Set(limit).ListAsync(row => row.Id(0));
        await JournalTable.DeleteOfJobsAsync(transaction, [.. jobs]);
        return jobs;
    }

    private static async Task<bool> DropAsync(Transaction transaction, int day)
    {
        if (!await IsMineAsync(transaction, day))
        {
            return false;
        }

        await transaction.UseOnce(Invariant($"drop table carillon.job_done_{day}")).RunAsync();
        return true;
    }

    // Looked for once it is ours, for another may have dropped it.
    private static async Task<bool> IsMineAsync(Transaction transaction, int day) =>
        await IsAloneAsync(transaction) && (await transaction.Use(ListSql).ListAsync(row => row.GetInt32(0))).Contains(day);

    // One node at a time: two that both change partitions would wait for each other. And no longer for those who end jobs than a moment.
    private static async Task<bool> IsAloneAsync(Transaction transaction)
    {
        await transaction.Use(PatienceSql).RunAsync();
        return await transaction.Use(AloneSql).IsTrueAsync();
    }

    // Null where the server refused.
    private async Task<bool?> TryAsync(string what, int day, Func<Transaction, Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await connections.WriteAsync(work, cancellationToken);
        }
        catch (PostgresException exception)
        {
            LogLater(day, what, exception.MessageText);
            return null;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(2110, LogLevel.Debug, "The partition of day {Day} could not be {What} now ({Reason}); a later purge tries again.")]
    private partial void LogLater(int day, string what, string reason);

    [LoggerMessage(2111, LogLevel.Warning, "The table job_done_{Day} (jobs that ended on {Date:yyyy-MM-dd}) is more than a day past its retention and could not be dropped. Its jobs are removed one by one meanwhile. Look in pg_locks who holds it, or what depends on it.")]
    private partial void LogStuck(int day, DateOnly date);

    /// <summary>A day on its way out: the journal of its jobs is gone up to this one.</summary>
    private sealed record Walk(int Day, Guid After);
}
