using Carillon.Store;

namespace Carillon.Postgres;

/// <summary>Lanes, and the jobs parked beside them.</summary>
internal static class LaneTable
{
    // The update that changes nothing makes the row of another one's insert come back.
    private const string AddSql = /*lang=sql*/ """
        insert into carillon.lane (queue, handler, priority) values ($1, $2, $3)
        on conflict (queue, handler, priority) do update set priority = excluded.priority
        returning id
        """;

    private const string FindSql = "select id from carillon.lane where queue = $1 and handler = $2 and priority = $3";
    private const string AllSql = "select id, queue, handler, priority from carillon.lane";
    private const string UnparkSql = "select carillon.unpark($1)";
    private const string ParkedKeysSql = "select distinct concurrency_key from carillon.job where concurrency_key is not null and lane < 0 order by 1";

    private const string UnparkAllSql = /*lang=sql*/ """
        update carillon.job set lane = -lane
         where lane < 0 and concurrency_key = any ($1) and not exists (select 1 from carillon.busy_key b where b.key = concurrency_key)
        """;

    /// <summary>The lane's id; the lane is made if need be.</summary>
    public static async Task<int> OfAsync(Transaction transaction, string queue, string handler, int priority)
    {
        var lane = (queue, handler, priority);
        if (transaction.Memory.Lanes.TryGetValue(lane, out var id) || transaction.NewLanes.TryGetValue(lane, out id))
        {
            return id;
        }

        id = await transaction.Use(FindSql).Set(queue).Set(handler).Set(priority).FirstAsync(row => row.GetInt32(0));
        id = id != 0 ? id : await transaction.Use(AddSql).Set(queue).Set(handler).Set(priority).FirstAsync(row => row.GetInt32(0));
        return transaction.NewLanes[lane] = id;
    }

    /// <summary>Remembers the names of all lanes.</summary>
    public static async Task<int> LoadAsync(Transaction transaction)
    {
        var lanes = await transaction.Use(AllSql).ListAsync(row => (Id: row.GetInt32(0), Name: (row.GetString(1), row.GetString(2), row.GetInt32(3))));
        lanes.ForEach(lane => transaction.Memory.LaneNames[lane.Id] = lane.Name);
        return lanes.Count;
    }

    /// <summary>
    /// Jobs of these keys left, or their keys are free: the first parked job of each lane may be claimed again. Whether a key is busy is not
    /// asked: a job unparked for nothing is parked again by the next claim that meets it, one that stays parked for nothing is lost.
    /// </summary>
    public static async Task UnparkAsync(Transaction transaction, string[] concurrencyKeys)
    {
        TellUnparked(transaction, await transaction.Use(UnparkSql).SetAll(concurrencyKeys, NpgsqlTypes.NpgsqlDbType.Text).FirstAsync(row => row.GetInt32(0)));
    }

    public static void TellUnparked(Transaction transaction, int count)
    {
        if (count > 0)
        {
            transaction.Memory.Frontier.Return();
            transaction.Tell(StoreSignal.Jobs);
        }
    }

    /// <summary>After many jobs moved in time: nothing parked is ahead of what may be claimed.</summary>
    public static async Task UnparkAllAsync(Transaction transaction)
    {
        var keys = await transaction.Use(ParkedKeysSql).ListAsync(row => row.GetString(0));
        await transaction.Use(UnparkAllSql).SetAll(keys.ToArray(), NpgsqlTypes.NpgsqlDbType.Text).RunAsync();
    }
}
