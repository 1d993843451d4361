using System.Text.Json;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Peers.Parts;

/// <summary>Carillon as a user's host would have it: its defaults, history kept.</summary>
internal static class CarillonParts
{
    private const int Batch = 1_000;

    public static IReadOnlyDictionary<string, Func<int[], Task>> All { get; } = new Dictionary<string, Func<int[], Task>>
    {
        ["prepare"] = async _ => (await OpenAsync(null)).Dispose(),
        ["fill"] = numbers => FillAsync(numbers[0], numbers.ElementAtOrDefault(1)),
        ["singles"] = numbers => SinglesAsync(numbers[0], numbers[1]),
        ["work"] = _ => WorkAsync(),
        ["listen"] = _ => ListenAsync(),
        ["send"] = numbers => SendAsync(null, numbers[0], numbers[1]),
        ["pickup"] = numbers => SendAsync(SayBody, numbers[0], numbers[1]),
        ["due"] = numbers => DueAsync(numbers[0], TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(numbers[1])),
        ["burst"] = numbers => DueAsync(numbers[0], TimeSpan.FromMilliseconds(numbers[1]), TimeSpan.Zero),
        ["idle"] = numbers => IdleAsync(numbers[0]),
    };

    private static async Task<IHost> OpenAsync(Action<JobContext>? called)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddCarillon(carillon => carillon.UsePostgres(Part.Database).Configure(options => options.Enabled = called is not null).Handle("noop", context =>
        {
            called?.Invoke(context);
            return Task.FromResult<Outcome?>(null);
        }));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static JobClient JobsOf(IHost host) => host.Services.GetRequiredService<JobClient>();

    private static void SayBody(JobContext context)
    {
        var at = Part.Now;
        using var args = JsonDocument.Parse(context.Args);
        Part.Say($"body {args.RootElement.GetProperty("i").GetInt32()} {at:F4}");
    }

    private static async Task FillAsync(int count, int keys)
    {
        using var host = await OpenAsync(null);
        var rate = await Part.InFlightAsync(count / Batch, 2, async (number, stop) => await JobsOf(host).EnqueueAsync(
            [.. Enumerable.Range(0, Batch).Select(i => new JobRequest { Handler = "noop", ConcurrencyKey = keys > 0 ? $"key {((number * Batch) + i) % keys}" : null })], stop));
        Part.Say($"rate {rate * Batch:F0}");
        await host.StopAsync();
    }

    private static async Task SinglesAsync(int count, int callers)
    {
        using var host = await OpenAsync(null);
        var request = new JobRequest { Handler = "noop" };
        Part.Say($"rate {await Part.InFlightAsync(count, callers, async (_, stop) => await JobsOf(host).EnqueueAsync(request, stop)):F0}");
        await host.StopAsync();
    }

    private static async Task WorkAsync()
    {
        using var bodies = new Bodies();
        using var host = await OpenAsync(context => bodies.Add(context.Id.ToString()));
        Part.Say($"ready");
        await Part.ToldAsync();
        await host.StopAsync();
        bodies.Keep();
    }

    private static async Task ListenAsync()
    {
        using var host = await OpenAsync(SayBody);
        Part.Say($"ready");
        await Part.ToldAsync();
        await host.StopAsync();
    }

    private static async Task SendAsync(Action<JobContext>? called, int count, int gap)
    {
        using var host = await OpenAsync(called);
        await Part.SendSlowlyAsync(count, gap, i => JobsOf(host).EnqueueAsync(new JobRequest { Handler = "noop", Args = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, int> { ["i"] = i }) }));
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        await host.StopAsync();
    }

    private static async Task DueAsync(int count, TimeSpan wait, TimeSpan gap)
    {
        using var left = new CountdownEvent(count);
        using var host = await OpenAsync(context =>
        {
            Part.Say($"late {(context.Clock.GetUtcNow() - context.ScheduledAt).TotalMilliseconds:F4}");
            left.Signal();
        });
        var first = TimeProvider.System.GetUtcNow() + wait;
        await PutAsync(host, count, i => (RecurrenceKind.At, (first + (gap * i)).ToString("O")));
        await Task.Run(left.Wait);
        await host.StopAsync();
    }

    private static async Task IdleAsync(int count)
    {
        using var host = await OpenAsync(static _ => { });
        await PutAsync(host, count, _ => (RecurrenceKind.Cron, "0 0 29 2 *"));
        Part.Say($"ready");
        await Part.ToldAsync();
        await host.StopAsync();
    }

    private static async Task PutAsync(IHost host, int count, Func<int, (RecurrenceKind Kind, string Expression)> when)
    {
        var schedules = host.Services.GetRequiredService<ScheduleClient>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(Batch))
        {
            await schedules.PutAllAsync([.. chunk.Select(i => Request(i, when(i)))], new Act("bench", "bench", "schedule.put"));
        }
    }

    private static ScheduleRequest Request(int number, (RecurrenceKind Kind, string Expression) when) =>
        new() { Name = $"schedule {number}", Handler = "noop", Kind = when.Kind, Expression = when.Expression };
}
