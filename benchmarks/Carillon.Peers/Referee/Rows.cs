namespace Carillon.Peers.Referee;

/// <summary>What is measured of one peer in one round; each answers with figures by the names of their rows.</summary>
internal sealed class Rows(Server server, Settings settings)
{
    private static readonly TimeSpan FinishPause = TimeSpan.FromMilliseconds(300);
    private readonly int _jobs = settings.IsQuick ? 20_000 : 100_000;

    public IReadOnlyList<Row> All =>
    [
        new("drain", DrainAsync),
        new("singles", SinglesAsync),
        new("two", TwoAsync),
        new("pickup", PickupAsync),
        new("due", DueAsync),
        new("burst", BurstAsync),
        new("idle", peer => IdleAsync(peer, 100)) { IsAtOnce = true },
        new("idle-many", peer => IdleAsync(peer, settings.IsQuick ? 10_000 : 100_000)) { IsOwn = true, IsAtOnce = true },
        new("keyed", KeyedAsync) { IsOwn = true },
        new("large", LargeAsync) { IsOwn = true, IsAtOnce = true },
    ];

    private async Task<IEnumerable<KeyValuePair<string, double>>> DrainAsync(Peer peer)
    {
        var jobs = _jobs / peer.Scale;
        var enqueue = await FillAsync(peer, jobs);
        var before = await server.StatementsAsync(peer);
        var (rate, whole) = await WorkAsync(peer, jobs);
        var statements = await server.StatementsAsync(peer) - before;
        return new Dictionary<string, double>
        {
            ["enqueue, 1,000 a call, two callers (jobs/s)"] = enqueue,
            ["drain, first to last body (jobs/s)"] = rate,
            ["drain, from the start of the process (jobs/s)"] = whole,
            ["statements a job while it drains"] = statements / jobs,
        };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> SinglesAsync(Peer peer)
    {
        await PrepareAsync(peer);
        using var process = PeerProcess.Start(peer, server.Port, null, "singles", _jobs / 5 / (peer.Scale > 1 ? 10 : 1), 50);
        await process.DoneAsync();
        return new Dictionary<string, double> { ["enqueue one at a time, 50 callers (jobs/s)"] = process.Lines("rate")[0][0] };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> TwoAsync(Peer peer)
    {
        var jobs = _jobs / peer.Scale;
        await FillAsync(peer, jobs);
        var files = new[] { Path.GetTempFileName(), Path.GetTempFileName() };
        var workers = files.Select(file => PeerProcess.Start(peer, server.Port, file, "work")).ToList();
        while (workers.Sum(worker => worker.Last("count")?[0] ?? 0) < jobs)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        var counts = workers.Select(worker => worker.Last("count")).OfType<double[]>().ToList();
        await Task.Delay(FinishPause, TimeProvider.System);
        await Task.WhenAll(workers.Select(worker => worker.EndAsync()));
        var ids = files.SelectMany(File.ReadLines).ToList();
        Array.ForEach(files, File.Delete);
        return new Dictionary<string, double>
        {
            ["drain by two processes (jobs/s)"] = jobs / (counts.Max(count => count[2]) - counts.Min(count => count[1])) * 1000,
            ["bodies called twice by two processes"] = ids.Count - ids.Distinct().Count(),
        };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> PickupAsync(Peer peer)
    {
        var samples = settings.IsQuick ? 50 : 200;
        await PrepareAsync(peer);
        using var listener = PeerProcess.Start(peer, server.Port, null, "listen");
        await listener.ReadyAsync();
        using var sender = PeerProcess.Start(peer, server.Port, null, "send", samples, 31);

        // What they ask while they start is no job's.
        await sender.ReadyAsync();
        var before = await server.StatementsAsync(peer);
        await sender.UntilAsync(process => process.Lines("sent").Count == samples);
        await Task.Delay(FinishPause, TimeProvider.System);
        var statements = await server.StatementsAsync(peer) - before;
        await sender.DoneAsync();
        await listener.EndAsync();
        using var one = PeerProcess.Start(peer, server.Port, null, "pickup", samples, 31);
        await one.DoneAsync();
        var (other, same) = (Latencies(sender, listener), Latencies(one, one));
        return new Dictionary<string, double>
        {
            ["idle, from the return of the enqueue in another process to the start: p50 (ms)"] = Quantile(other, 0.5),
            ["idle, from the return of the enqueue in another process to the start: p99 (ms)"] = Quantile(other, 0.99),
            ["idle, from the return of the enqueue in the same process to the start: p50 (ms)"] = Quantile(same, 0.5),
            ["idle, from the return of the enqueue in the same process to the start: p99 (ms)"] = Quantile(same, 0.99),
            ["statements a job, one at a time"] = statements / samples,
        };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> DueAsync(Peer peer)
    {
        var late = await LatenessAsync(peer, "due", 100, settings.IsQuick ? 97 : 121);
        return new Dictionary<string, double> { ["100 known instants, lateness: p50 (ms)"] = Quantile(late, 0.5), ["100 known instants, lateness: p99 (ms)"] = Quantile(late, 0.99) };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> BurstAsync(Peer peer)
    {
        var count = settings.IsQuick ? 1_000 : 10_000;
        var late = await LatenessAsync(peer, "burst", count, peer.Scale > 1 ? 20_000 : 12_000);
        return new Dictionary<string, double> { ["10,000 due at one instant: p50 (ms)"] = Quantile(late, 0.5), ["10,000 due at one instant: the last (ms)"] = late[^1] };
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> IdleAsync(Peer peer, int schedules)
    {
        var (settle, sample) = settings.IsQuick ? (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)) : (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
        var name = schedules == 100 ? "idle, 100 schedules" : "idle, 100,000 schedules";
        var samples = new List<KeyValuePair<string, double>>();
        await PrepareAsync(peer);
        using var process = PeerProcess.Start(peer, server.Port, null, "idle", schedules);
        await process.ReadyAsync();
        await Task.Delay(settle, TimeProvider.System);
        for (var round = 0; round < settings.Rounds; round++)
        {
            var (transactions, processor) = (await server.TransactionsAsync(peer), process.ProcessorTime);
            await Task.Delay(sample, TimeProvider.System);
            samples.Add(new($"{name}: transactions a minute", (await server.TransactionsAsync(peer) - transactions) / sample.TotalMinutes));
            samples.Add(new($"{name}: processor (% of a core)", (process.ProcessorTime - processor) / sample * 100));
        }

        await process.EndAsync();
        return samples;
    }

    private async Task<IEnumerable<KeyValuePair<string, double>>> KeyedAsync(Peer peer)
    {
        await FillAsync(peer, _jobs, 10_000);
        return new Dictionary<string, double> { ["drain, every job with one of 10,000 concurrency keys (jobs/s)"] = (await WorkAsync(peer, _jobs)).Rate };
    }

    // The finished rows are copies of real ones; the pending ones are enqueued as any.
    private async Task<IEnumerable<KeyValuePair<string, double>>> LargeAsync(Peer peer)
    {
        var rates = new List<KeyValuePair<string, double>>();
        await FillAsync(peer, 10_000);
        await WorkAsync(peer, 10_000);
        await server.RunInAsync(peer, LargeSql(settings.IsQuick ? 10 : 1_000));
        await FillAsync(peer, settings.IsQuick ? 20_000 : 900_000, isFresh: false);
        await server.RunInAsync(peer, "vacuum analyze");
        for (var round = 0; round < settings.Rounds; round++)
        {
            await FillAsync(peer, _jobs, isFresh: false);
            rates.Add(new("drain beside 10 M finished and 1 M pending rows (jobs/s)", (await WorkAsync(peer, _jobs)).Rate));
        }

        return rates;
    }

    private static string LargeSql(int times) => $"""
        do $$
        declare columns text;
        begin
            select string_agg(quote_ident(column_name), ', ') into columns
              from information_schema.columns where table_schema = 'carillon' and table_name = 'job_done' and column_name <> 'id' and is_generated = 'NEVER';
            execute format('insert into carillon.job_done (id, %1$s) select gen_random_uuid(), %1$s from carillon.job_done, generate_series(1, {times})', columns);
        end $$
        """;

    private async Task PrepareAsync(Peer peer)
    {
        await server.FreshAsync(peer);
        using var process = PeerProcess.Start(peer, server.Port, null, "prepare");
        await process.DoneAsync();
        await server.SettleAsync();
    }

    private async Task<double> FillAsync(Peer peer, int jobs, int keys = 0, bool isFresh = true)
    {
        // As in the middle of a day: the checkpoint lies some time back, and the planner knows the tables.
        await (isFresh ? PrepareAsync(peer) : server.SettleAsync());
        using var process = PeerProcess.Start(peer, server.Port, null, "fill", jobs, keys);
        await process.DoneAsync();
        await (isFresh ? server.RunInAsync(peer, "analyze") : Task.CompletedTask);
        return process.Lines("rate")[0][0];
    }

    private async Task<(double Rate, double Whole)> WorkAsync(Peer peer, int jobs)
    {
        using var worker = PeerProcess.Start(peer, server.Port, null, "work");
        await worker.UntilAsync(process => process.Last("count")?[0] >= jobs);
        var count = worker.Lines("count").First(line => line[0] >= jobs);
        await Task.Delay(FinishPause, TimeProvider.System);
        await worker.EndAsync();
        return (count[0] / (count[2] - count[1]) * 1000, count[0] / (count[2] - worker.StartedAt) * 1000);
    }

    private async Task<IReadOnlyList<double>> LatenessAsync(Peer peer, string part, int count, int span)
    {
        await PrepareAsync(peer);
        using var process = PeerProcess.Start(peer, server.Port, null, part, count, span);
        await process.DoneAsync();
        return [.. process.Lines("late").Select(line => line[0]).Order()];
    }

    private static IReadOnlyList<double> Latencies(PeerProcess sender, PeerProcess listener)
    {
        var bodies = listener.Lines("body").GroupBy(line => line[0]).ToDictionary(group => group.Key, group => group.First()[1]);
        return [.. sender.Lines("sent").Where(line => bodies.ContainsKey(line[0])).Select(line => bodies[line[0]] - line[1]).Order()];
    }

    private static double Quantile(IReadOnlyList<double> sorted, double share) => sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * share) - 1, 0, sorted.Count - 1)];
}

/// <summary>Something to measure.</summary>
internal sealed record Row(string Name, Func<Peer, Task<IEnumerable<KeyValuePair<string, double>>>> Measure)
{
    /// <summary>Only Carillon's: the others have no such thing, or it says nothing beside them.</summary>
    public bool IsOwn { get; init; }

    /// <summary>One go gives the figures of all rounds, and all take it at the same time: who is idle disturbs nobody.</summary>
    public bool IsAtOnce { get; init; }
}
