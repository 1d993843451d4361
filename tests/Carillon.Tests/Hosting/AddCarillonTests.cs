using Carillon.Hosting;
using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Carillon.Store.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Carillon.Tests.Hosting;

public sealed class AddCarillonTests
{
    [Fact]
    public async Task A_host_runs_a_job_from_its_enqueue_to_its_result()
    {
        await using var host = await TestHost.StartAsync(carillon => carillon
            .Handle("add", (int[] numbers, JobContext context) =>
            {
                context.SetResultJson($"{numbers.Sum()}");
                return Task.CompletedTask;
            }));

        var receipt = await host.Jobs.EnqueueAsync("add", new[] { 1, 2, 3 });
        var job = await host.Jobs.WaitAsync(receipt.Id, TimeSpan.FromDays(1));

        Assert.Equal((JobState.Succeeded, "6"), (job!.State, job.Result));
    }

    [Fact]
    public async Task Each_attempt_has_a_scope_of_its_own()
    {
        var scopes = new HashSet<object>(ReferenceEqualityComparer.Instance);
        await using var host = TestHost.Build(
            carillon => carillon.Handle("work", (JobContext context) =>
            {
                scopes.Add(context.Services.GetRequiredService<Scoped>());
                return context.Attempt == 1 ? throw new InvalidOperationException("it failed") : Task.FromResult<Outcome?>(null);
            }),
            services: services => services.AddScoped<Scoped>());
        await host.StartAsync();

        var receipt = await host.Jobs.EnqueueAsync(new JobRequest { Handler = "work", Retry = new RetryPolicy { Base = TimeSpan.Zero } });
        await host.Jobs.WaitAsync(receipt.Id, TimeSpan.FromDays(1));

        Assert.Equal(2, scopes.Count);
    }

    [Fact]
    public async Task Several_in_one_process_keep_to_themselves()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCarillon(carillon => carillon.UseMemory().Handle("who", (JobContext context) => Answer(context, "first")));
        builder.Services.AddCarillon("reports", carillon => carillon.UseMemory().Handle("who", (JobContext context) => Answer(context, "reports")));
        using var host = builder.Build();
        await host.StartAsync();
        var (first, reports) = (host.Services.GetRequiredService<JobClient>(), host.Services.GetRequiredKeyedService<JobClient>("reports"));

        var one = await first.EnqueueAsync(new JobRequest { Handler = "who" });
        var other = await reports.EnqueueAsync(new JobRequest { Handler = "who" });

        Assert.Equal("\"first\"", (await first.WaitAsync(one.Id, TimeSpan.FromMinutes(5)))!.Result);
        Assert.Equal("\"reports\"", (await reports.WaitAsync(other.Id, TimeSpan.FromMinutes(5)))!.Result);
        Assert.Null(await first.GetAsync(other.Id));
        await host.StopAsync();
    }

    [Fact]
    public void Two_of_one_process_have_node_names_of_their_own()
    {
        var services = new ServiceCollection().AddLogging()
            .AddCarillon(carillon => carillon.UseMemory()).AddCarillon("reports", carillon => carillon.UseMemory()).BuildServiceProvider();

        string NodeOf(string name) => services.GetRequiredKeyedService<CarillonInstance>(name).Engine.Node;

        Assert.NotEqual(NodeOf(""), NodeOf("reports"));
    }

    [Fact]
    public void A_name_is_given_once()
    {
        var services = new ServiceCollection().AddCarillon(carillon => carillon.UseMemory());

        Assert.Throws<InvalidOperationException>(() => services.AddCarillon(carillon => carillon.UseMemory()));
    }

    [Fact]
    public async Task All_that_is_wrong_with_what_was_built_is_told_at_once()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCarillon(carillon => carillon
            .Handle("twice", static (CancellationToken _) => Task.CompletedTask)
            .Handle("twice", static (CancellationToken _) => Task.CompletedTask)
            .Handle(new HandlerDefinition { Name = "odd", Run = null!, Timeout = TimeSpan.FromDays(8), MaxConcurrent = 0, Retry = new RetryPolicy { Attempts = 0 }, Attempts = 0, Queue = "" }));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(7, error.Failures.Count());
        Assert.Contains(error.Failures, fault => fault.Contains("No store", StringComparison.Ordinal));
        Assert.Equal(5, error.Failures.Count(fault => fault.Contains("handler 'odd'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Attempts_of_a_handler_change_the_number_and_leave_the_hosts_pauses()
    {
        var hosts = new RetryPolicy { Attempts = 9, Backoff = Backoff.Fixed, Base = TimeSpan.FromMinutes(1) };
        await using var host = TestHost.Build(carillon => carillon
            .Configure(options => options.Retry = hosts)
            .Handle(new HandlerDefinition { Name = "twice", Run = static _ => Task.FromResult<Outcome?>(null), Attempts = 2 })
            .Handle(new HandlerDefinition { Name = "plain", Run = static _ => Task.FromResult<Outcome?>(null) }));

        var handlers = host.Services.GetRequiredService<HandlerRegistry>();

        Assert.Equal(hosts with { Attempts = 2 }, handlers.Find("twice")!.Retry);
        Assert.Null(handlers.Find("plain")!.Retry);
    }

    [Fact]
    public async Task A_schedule_that_names_no_queue_takes_its_handlers()
    {
        await using var host = await TestHost.StartAsync(carillon => carillon.Handle(new HandlerDefinition { Name = "send", Run = static _ => Task.FromResult<Outcome?>(null), Queue = "mail" }));
        var act = new Act("ada", "cli", "schedule.put");
        var request = new ScheduleRequest { Name = "a", Handler = "send", Kind = RecurrenceKind.Every, Expression = "1h" };

        var own = await host.Schedules.PutAsync(request, act);
        var named = await host.Schedules.PutAsync(request with { Name = "b", Queue = "slow" }, act);
        var unknown = await host.Schedules.PutAsync(request with { Name = "c", Handler = "elsewhere" }, act);

        Assert.Equal(["mail", "slow", "default"], new[] { own, named, unknown }.Select(put => put.Schedule!.Queue));
    }

    [Fact]
    public async Task Two_stores_are_one_too_many()
    {
        await using var host = TestHost.Build(carillon => carillon.UseMemory());

        await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
    }

    [Fact]
    public async Task A_host_that_is_not_enabled_takes_jobs_and_runs_none()
    {
        var store = new MemoryStore();
        await using var host = await TestHost.StartAsync(
            carillon => carillon.Configure(options => options.Enabled = false).Handle("work", static (CancellationToken _) => Task.CompletedTask), store);

        var receipt = await host.Jobs.EnqueueAsync(new JobRequest { Handler = "work" });

        Assert.Equal(JobState.Pending, (await host.Jobs.WaitAsync(receipt.Id, TimeSpan.Zero))!.State);
        Assert.Empty(await host.Instance.Cluster.ListHandlersAsync());
        Assert.Null(await host.Instance.Cluster.FindLeaderAsync());
    }

    [Fact]
    public async Task It_is_healthy_from_start_to_stop()
    {
        await using var host = TestHost.Build(static _ => { }, services: services => services.AddLogging().AddHealthChecks().AddCarillon());
        var before = await HealthAsync(host);
        await host.StartAsync();
        var while_ = await HealthAsync(host);
        await host.StopAsync();

        Assert.Equal([HealthStatus.Unhealthy, HealthStatus.Healthy, HealthStatus.Unhealthy], [before, while_, await HealthAsync(host)]);
    }

    [Fact]
    public async Task It_is_not_healthy_while_the_store_is_away()
    {
        var spy = Engine.StoreSpy.Around(new MemoryStore(), out var store);
        await using var host = TestHost.Build(static _ => { }, store, services => services.AddLogging().AddHealthChecks().AddCarillon());
        await host.StartAsync();

        spy.Fail("GetDefinitionAsync");

        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));
    }

    private static async Task<HealthStatus> HealthAsync(TestHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["carillon"].Status;

    private static Task<Outcome?> Answer(JobContext context, string who)
    {
        context.SetResultJson($"\"{who}\"");
        return Task.FromResult<Outcome?>(null);
    }

    private sealed class Scoped;
}
