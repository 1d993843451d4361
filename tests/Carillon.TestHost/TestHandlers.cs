using System.Text.Json;
using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.TestHost;

/// <summary>Handlers that write to the oracle when they start and when they end.</summary>
internal static class TestHandlers
{
    /// <summary>Takes as many milliseconds as its argument says.</summary>
    public static async Task<Outcome?> WorkAsync(JobContext context, OracleFile oracle)
    {
        oracle.Write(context, "start");
        await Task.Delay(TimeSpan.FromMilliseconds(MillisecondsOf(context)), TimeProvider.System, context.CancellationToken);
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
        try
        {
            await gate.Opened.WaitAsync(context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            oracle.Write(context, $"stopped-{context.StopCause}");
            throw;
        }

        oracle.Write(context, "end");
        return null;
    }

    private static double MillisecondsOf(JobContext context)
    {
        using var args = JsonDocument.Parse(context.Args.IsEmpty ? "{}"u8.ToArray() : context.Args);
        return args.RootElement.TryGetProperty("ms", out var given) ? given.GetDouble() : 0;
    }
}
