using System.Collections.Concurrent;
using System.Diagnostics;
using Carillon.Jobs;
using Carillon.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Engine;

/// <summary>Runs one claimed job: scope, time-out, middleware and handler, then the decision how it ended.</summary>
internal sealed class JobRunner(HandlerRegistry handlers, JobServices host, EngineOptions options, Chance chance, ILoggerFactory loggers)
{
    // No store fires further ahead than this.
    private static readonly TimeSpan LongestAhead = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    /// <summary>Runs it. Null: the claim was lost while it ran, and nothing may be written.</summary>
    public async Task<Finish?> RunAsync(Attempt attempt)
    {
        var job = attempt.Job;
        await WaitAsync(attempt);
        var handler = handlers.Find(job.Handler) ?? throw new InvalidOperationException($"A job of the handler '{job.Handler}' was claimed by a node that does not have it.");
        attempt.StartedAt = host.Clock.GetUtcNow();
        var tags = new TagList { { "messaging.destination.name", job.Queue }, { "carillon.handler", job.Handler } };
        Telemetry.Telemetry.JobWait.Record(Math.Max(0, (attempt.StartedAt - job.RunAt).TotalSeconds), tags);
        using var activity = StartActivity(job);
        var outcome = await RunHandlerAsync(attempt, handler);
        var endedAt = host.Clock.GetUtcNow();
        Record(outcome, endedAt - attempt.StartedAt, tags, activity);
        var isInDoubt = await OwnTransaction.CloseAsync(attempt.Context?.CompletedIn);
        return outcome is null ? null : new Finish(job, isInDoubt ? OutcomeRule.WithoutCommit(job, outcome, EndOf(attempt, handler)) : outcome)
        {
            IsInDoubt = isInDoubt,
            StartedAt = attempt.StartedAt,
            EndedAt = endedAt,
            KeepFor = handler.KeepFinished,
            IsReleased = attempt.Cause == StopCause.Shutdown && outcome is Outcome.Snoozed,
            Progress = attempt.Context?.Progress,
            Facts = attempt.Log.Take() is { } lines ? [lines] : [],
        };
    }

    /// <summary>A logger for an attempt at the job.</summary>
    public AttemptLog LogOf(Job job) =>
        new(_loggers.GetOrAdd(job.Handler, static (handler, loggers) => loggers.CreateLogger($"Carillon.Handlers.{handler}"), loggers), host.Clock, job);

    // Claimed a moment before its instant (IScheduleStore.FireAheadAsync). What is further ahead was claimed in its time, and the clock stepped back since;
    // it may also step back while this waits.
    private async Task WaitAsync(Attempt attempt)
    {
        if (attempt.Job.RunAt - host.Clock.GetUtcNow() is { Ticks: > 0 } rest && rest <= LongestAhead)
        {
            using var limit = new CancellationTokenSource(LongestAhead, TimeProvider.System);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, attempt.Token);
            await host.Until(attempt.Job.RunAt, either.Token);
        }
    }

    private async Task<Outcome?> RunHandlerAsync(Attempt attempt, HandlerDefinition handler)
    {
        var job = attempt.Job;
        if (attempt.Cause != StopCause.None)
        {
            return OutcomeRule.OfError(job, new OperationCanceledException(), EndOf(attempt, handler));
        }

        var context = new JobContext(job, host, attempt.Log, attempt.Token) { StartedAt = attempt.StartedAt, KeepFor = handler.KeepFinished };
        attempt.Context = context;
        var limit = host.Clock.CreateTimer(static state => ((Attempt)state!).Stop(StopCause.Timeout), attempt, TimeoutOf(job, handler), System.Threading.Timeout.InfiniteTimeSpan);
        await using var scope = host.Services.CreateAsyncScope();
        context.Services = scope.ServiceProvider;
        try
        {
            return OutcomeRule.OfReturn(job, PolicyOf(job, handler), await handler.Run(context), context.Result);
        }
        catch (Exception error)
        {
            return OutcomeRule.OfError(job, error, EndOf(attempt, handler));
        }
        finally
        {
            await limit.DisposeAsync();
        }
    }

    private AttemptEnd EndOf(Attempt attempt, HandlerDefinition handler) => new(
        attempt.Cause, attempt.CancelReason, PolicyOf(attempt.Job, handler), handler.NeverRetry, TimeoutOf(attempt.Job, handler), host.Clock.GetUtcNow(), chance.NextDouble());

    private RetryPolicy PolicyOf(Job job, HandlerDefinition handler) => job.Retry ?? handler.Retry ?? options.Retry;

    private TimeSpan TimeoutOf(Job job, HandlerDefinition handler) => job.Timeout ?? handler.Timeout ?? options.JobTimeout;

    // One span from the enqueuing call to each attempt: the job carries the W3C trace context of its creation.
    private static Activity? StartActivity(Job job)
    {
        if (!Telemetry.Telemetry.Source.HasListeners())
        {
            return null;
        }

        _ = ActivityContext.TryParse(job.Traceparent, null, isRemote: true, out var parent);
        var activity = Telemetry.Telemetry.Source.StartActivity($"process {job.Handler}", ActivityKind.Consumer, parent);
        return activity?.SetTag("messaging.system", "carillon").SetTag("messaging.destination.name", job.Queue).SetTag("messaging.message.id", job.Id.ToString())
            .SetTag("carillon.handler", job.Handler).SetTag("carillon.attempt", job.Attempt).SetTag("carillon.schedule", job.Schedule);
    }

    private static void Record(Outcome? outcome, TimeSpan duration, TagList tags, Activity? activity)
    {
        var name = outcome?.GetType().Name.ToLowerInvariant() ?? "claim lost";
        tags.Add("carillon.outcome", name);
        if (outcome is Outcome.Retry or Outcome.Dead)
        {
            tags.Add("error.type", name);
            activity?.SetStatus(ActivityStatusCode.Error, name);
        }

        Telemetry.Telemetry.ProcessDuration.Record(duration.TotalSeconds, tags);
        Telemetry.Telemetry.JobEnded.Add(1, tags);
    }
}
