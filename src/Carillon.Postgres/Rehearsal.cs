using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Postgres;

/// <summary>
/// Claims and ends of jobs that nobody sees, in short transactions that are taken back, once a node has started and finds nothing to do: what the first
/// real job would wait for (code to be compiled, statements to be planned by each session of the server) is done by then.
/// </summary>
internal sealed partial class Rehearsal(Connections connections, ILogger logger) : IAsyncDisposable
{
    // As many as the pool keeps; a statement's plan is settled after seven runs, the code after thirty.
    public const int Sessions = DataSources.FewestIdle;
    public const int Rounds = 20;

    // Of no other transaction.
    private const string NameSql = "select 'rehearsal ' || pg_current_xact_id()";

    // Others see none of these rows, and no row of others is in their lane.
    private const string StageSql = /*lang=sql*/ """
        with stage as (
            insert into carillon.lane (queue, handler, priority, is_grouped) values ($1, $1, 0, false) returning id),
        node as (
            insert into carillon.lease (name, owner, until, token, data, acquired_at) values ('node/' || $1, $1, $2 + 1, 1, '{}', $2))
        insert into carillon.job (id, scheduled_at, run_at, created_at, token, key_hold, lane, priority, attempt, owner_losses, args_version, state, is_delayed,
               tenant, origin, queue, handler, args_codec, args)
        select gen_random_uuid(), $2, $2, $2, 0, 0, stage.id, 0, 0, 0, 0, 0, false, '', '', $1, $1, 'json', '{}' from stage
        """;

    private readonly CancellationTokenSource _stopping = new();
    private Task _done = Task.CompletedTask;
    private int _isBegun;

    /// <summary>Begins where the first claim brought nothing; whoever has real work needs none. Comes back at once.</summary>
    public void See(ClaimBatch first)
    {
        if (Interlocked.Exchange(ref _isBegun, 1) == 0 && first.Jobs.Count == 0)
        {
            _done = Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(() => TryAsync(_stopping.Token))));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _isBegun, 1);
        await _stopping.CancelAsync();
        await _done;
        _stopping.Dispose();
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await connections.RehearseAsync(PlayAsync, Rounds, cancellationToken);
        }
        catch (Exception exception)
        {
            // Whatever it is: nothing rests on it.
            LogBrokenOff(exception.Message);
        }
    }

    private static async Task PlayAsync(Transaction transaction)
    {
        var now = DateTimeOffset.UnixEpoch;
        var name = (await transaction.Use(NameSql).FirstAsync(row => row.GetString(0)))!;
        await transaction.Use(StageSql).Set(name).Set(now).RunAsync();
        var request = new ClaimRequest { Node = name, NodeToken = 1, Limit = 1, Slots = 1, Handlers = new Dictionary<string, int?> { [name] = null } };
        var rows = await Claiming.RehearseAsync(transaction, request, now);
        await FinishedJobs.RehearseAsync(transaction, [.. rows.ConvertAll(row => row.ToJob((name, name, 0), name, now))], now);
    }

    [LoggerMessage(2130, LogLevel.Debug, "The rehearsal of claims was broken off ({Reason}); the first jobs may begin some milliseconds later for it.")]
    private partial void LogBrokenOff(string reason);
}
