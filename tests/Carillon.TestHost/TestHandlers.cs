using System.Diagnostics;
using System.Text.Json;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.TestHost;

/// <summary>Handlers that write to the oracle when they start and when they end.</summary>
internal static class TestHandlers
{
    /// <summary>All of them.</summary>
    public static IEnumerable<HandlerDefinition> All(OracleFile oracle, Gate gate) =>
    [
        Of("work", context => WorkAsync(context, oracle)),
        Of("block", context => BlockAsync(context, oracle)),
        Of("await-file", context => AwaitFileAsync(context, oracle)),
        Of("hold", context => HoldAsync(context, oracle, gate)),
        Of("starve", context => StarveAsync(context, oracle)),
        Of("die", context => Die(context, oracle)),
        Of("throw", context => Throw(context, oracle)),
        Of("stubborn", context => StubbornAsync(context, oracle)),
        Of("greet", context => GreetAsync(context, oracle)),
    ];

    /// <summary>Takes as many milliseconds as its argument says.</summary>
    public static async Task<Outcome?> WorkAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        await UnlessStoppedAsync(context, oracle, Task.Delay(TimeSpan.FromMilliseconds(MillisecondsOf(context)), TimeProvider.System, context.CancellationToken));
        oracle.Write(context, "end");
        return null;
    }

    /// <summary>Blocks a thread of the pool for as many milliseconds as its argument says, whatever it is told.</summary>
    public static Task<Outcome?> BlockAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(MillisecondsOf(context)), CancellationToken.None);
        oracle.Write(context, "end");
        return Task.FromResult<Outcome?>(null);
    }

    /// <summary>Runs until the file that its argument names is there.</summary>
    public static async Task<Outcome?> AwaitFileAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        using var args = JsonDocument.Parse(context.Args);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!File.Exists(args.RootElement.GetProperty("file").GetString()))
        {
            await timer.WaitForNextTickAsync(context.CancellationToken);
        }

        oracle.Write(context, "end");
        return null;
    }

    /// <summary>Runs until the gate opens, or until it is asked to stop.</summary>
    public static async Task<Outcome?> HoldAsync(JobContext context, OracleFile oracle, Gate gate)
    {
        oracle.Write(context, "start");
        await UnlessStoppedAsync(context, oracle, gate.Opened.WaitAsync(context.CancellationToken));
        oracle.Write(context, "end");
        return null;
    }

    /// <summary>Blocks every thread of the pool for as long.</summary>
    public static Task<Outcome?> StarveAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        var (since, length) = (Stopwatch.GetTimestamp(), TimeSpan.FromMilliseconds(MillisecondsOf(context)));
        for (var i = 0; i < 200; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => WaitOut(), null);
        }

        WaitOut();
        oracle.Write(context, "end");
        return Task.FromResult<Outcome?>(null);

        void WaitOut()
        {
            if (length - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } rest)
            {
                using var own = new ManualResetEventSlim();
                own.Wait(rest);
            }
        }
    }

    /// <summary>Takes its process with it.</summary>
    public static Task<Outcome?> Die(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        Environment.FailFast("a handler of the test takes its process with it");
        return Task.FromResult<Outcome?>(null);
    }

    /// <summary>Fails each time, with a long story.</summary>
    public static Task<Outcome?> Throw(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        throw new InvalidOperationException($"attempt {context.Attempt} failed {new string('!', 100_000)}");
    }

    /// <summary>Takes as many milliseconds as its argument says, whoever asks it to stop.</summary>
    public static async Task<Outcome?> StubbornAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        await Task.Delay(TimeSpan.FromMilliseconds(MillisecondsOf(context)), TimeProvider.System, CancellationToken.None);
        oracle.Write(context, "end");
        return null;
    }

    /// <summary>Needs arguments of its own shape.</summary>
    public static Task<Outcome?> GreetAsync(JobContext context, OracleFile oracle)
    {
        var greeting = context.ReadArgs<Greeting>();
        oracle.Write(context, "start");
        oracle.Write(context, $"greeted-{greeting.Name}-{greeting.Times}");
        oracle.Write(context, "end");
        return Task.FromResult<Outcome?>(null);
    }

    private static HandlerDefinition Of(string name, JobDelegate run) => new() { Name = name, Run = run };

    private static async Task UnlessStoppedAsync(JobContext context, OracleFile oracle, Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            oracle.Write(context, $"stopped-{context.StopCause}");
            throw;
        }
    }

    private static double MillisecondsOf(JobContext context)
    {
        using var args = JsonDocument.Parse(context.Args.IsEmpty ? "{}"u8.ToArray() : context.Args);
        return args.RootElement.TryGetProperty("ms", out var given) ? given.GetDouble() : 0;
    }
}

/// <summary>The arguments of <c>greet</c>.</summary>
internal sealed record Greeting
{
    public string Name { get; init; } = "nobody";

    public int Times { get; init; } = 1;
}
