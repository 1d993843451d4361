using Carillon.Jobs;
using Carillon.Scheduling;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Testing.Snippets;

// What docs/hosting.md shows: compiled here, and compared by DocumentationTests.
internal static class HostingSnippets
{
    public static async Task WholeHostAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddCarillon(carillon => carillon
            .UseSqlite("carillon.db")
            .Handle("letters.send", (Letter letter, CancellationToken stopping) => Console.Out.WriteLineAsync($"Dear {letter.To}")));
        var host = builder.Build();
        await host.StartAsync();
        var jobs = host.Services.GetRequiredService<JobClient>();
        await jobs.EnqueueAsync("letters.send", new Letter("Ada"));
        await host.WaitForShutdownAsync();
    }

    public static void Handlers(IServiceCollection services) =>
        services.AddCarillon(carillon => carillon
            .UseMemory()
            .Handle("cache.warm", (CancellationToken stopping) => Task.CompletedTask)
            .Handle("letters.send", (Letter letter, CancellationToken stopping) => Task.CompletedTask)
            .Handle("letters.print", (Letter letter, JobContext job) =>
            {
                job.Logger.LogInformation("Printing for {To}, attempt {Attempt}", letter.To, job.Attempt);
                job.ReportProgress(50);
                return Task.CompletedTask;
            })
            .Handle("letters.collect", async (JobContext job) =>
            {
                using var office = new HttpClient();
                using var answer = await office.GetAsync(new Uri("https://office.example/letters"), job.CancellationToken);
                return (int)answer.StatusCode switch
                {
                    200 => null, // done
                    429 => job.RetryAfter(TimeSpan.FromMinutes(10), "the office is busy"),
                    404 => JobContext.Fail("there is no such office"),
                    _ => throw new HttpRequestException($"the office answered {answer.StatusCode}"), // retried by the policy
                };
            })
            .Handle(new HandlerDefinition
            {
                Name = "letters.archive",
                Run = async job => { await Task.Yield(); return null; },
                Queue = "archive",
                MaxConcurrent = 2,
                Timeout = TimeSpan.FromMinutes(5),
                Retry = new RetryPolicy { Attempts = 3, Backoff = Backoff.Fixed, Base = TimeSpan.FromSeconds(30) },
                NeverRetry = [typeof(UnauthorizedAccessException)],
                Schedules = [new HandlerSchedule(RecurrenceKind.Cron, "0 3 * * *") { Zone = "Europe/Zurich" }],
            }));

    public static async Task RequestAsync(JobClient jobs)
    {
        var receipt = await jobs.EnqueueAsync(new JobRequest
        {
            Handler = "letters.send",
            Args = """{"to":"Ada"}"""u8.ToArray(),
            Delay = TimeSpan.FromMinutes(10),
            Key = "letter-to-ada",
            ExpiresAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
        });
        Console.WriteLine($"{receipt.Status}: {receipt.Id}"); // Created, or Existing with the id of the job that has the key
        var job = await jobs.WaitAsync(receipt.Id, TimeSpan.FromSeconds(30));
        Console.WriteLine(job?.State);
    }

    public static async Task ScheduleAsync(ScheduleClient schedules)
    {
        var act = new Act("setup", "code", "schedule.put");
        await schedules.PutAsync(new ScheduleRequest
        {
            Name = "letters-each-morning",
            Handler = "letters.collect",
            Kind = RecurrenceKind.Cron,
            Expression = "0 7 * * mon-fri",
            Zone = "Europe/Zurich",
            Overlap = OverlapPolicy.Skip,
        }, act);
    }

    public static void Options(IServiceCollection services) =>
        services.AddCarillon(carillon => carillon
            .UseSqlite("carillon.db")
            .Configure(options =>
            {
                options.MaxConcurrentJobs = 20;
                options.DrainTimeout = TimeSpan.FromMinutes(2);
            }));

    public static void Middleware(IServiceCollection services) =>
        services.AddCarillon(carillon => carillon
            .UseMemory()
            .Use(async (job, next) =>
            {
                using var scope = job.Logger.BeginScope("job {Job}", job.Id);
                try
                {
                    return await next(job);
                }
                catch (TimeoutException error)
                {
                    return job.RetryAfter(TimeSpan.FromMinutes(1), error.Message);
                }
            }));

    public static void Several(IServiceCollection services)
    {
        services.AddCarillon(carillon => carillon.UseSqlite("carillon.db"));
        services.AddCarillon("reports", carillon => carillon.UseSqlite("reports.db"));
        services.AddTransient<MonthEnd>();
    }

    public static void Health(IServiceCollection services) =>
        services.AddHealthChecks().AddCarillon().AddCarillon("reports");

    internal sealed class MonthEnd([FromKeyedServices("reports")] JobClient reports)
    {
        public Task RunAsync() => reports.EnqueueAsync(new JobRequest { Handler = "reports.month" });
    }

    internal sealed record Letter(string To);
}
