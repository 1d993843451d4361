using System.Threading.Channels;
using Carillon.Hosting;
using Carillon.Scheduling;
using Carillon.Store.Tests.Failing;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Store.Tests.Sqlite;

/// <summary>What a whole engine costs the file while nothing is due.</summary>
public sealed class IdleEngineTests
{
    [Fact]
    public async Task A_hundred_schedules_of_which_none_is_due_cost_no_statement()
    {
        using var directory = new StoreDirectory();
        var inner = directory.NewStore();
        var (store, control) = FailingStore.Around(inner, failing: 0, FailureMode.BeforeEffect);
        var beats = Channel.CreateUnbounded<string>();
        await using var services = ServicesOf(store);
        await using var instance = services.GetRequiredKeyedService<CarillonInstance>("");
        await instance.StartAsync(CancellationToken.None);
        await instance.Schedules.PutAllAsync([.. Enumerable.Range(0, 100).Select(Yearly)], new Act("test", "test", "schedule.put"));

        control.Called = name => _ = name == nameof(IStore.RenewAsync) && beats.Writer.TryWrite(name);
        await BeatAsync(beats.Reader, 2);
        var before = inner.StatementCount;
        await BeatAsync(beats.Reader, 6);

        Assert.Equal(before, inner.StatementCount);
    }

    private static ServiceProvider ServicesOf(IStore store)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCarillon(carillon => carillon
            .UseStore(_ => store)
            .Configure(options => (options.HeartbeatInterval, options.LeaseDuration) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)))
            .Handle("work", _ => Task.CompletedTask));
        return services.BuildServiceProvider();
    }

    private static ScheduleRequest Yearly(int number) => new() { Name = $"yearly-{number}", Handler = "work", Kind = RecurrenceKind.Cron, Expression = "0 0 1 1 *" };

    // Each beat renews two leases, the node's and the leader's.
    private static async Task BeatAsync(ChannelReader<string> beats, int renewals)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var i = 0; i < renewals; i++)
        {
            await beats.ReadAsync(limit.Token);
        }
    }
}
