using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Store;
using Microsoft.Extensions.Logging;

namespace Carillon.Jobs;

/// <summary>Why a running job was asked to stop.</summary>
public enum StopCause
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>A person cancelled it, or an overlap rule.</summary>
    Cancelled,

    /// <summary>It ran longer than its time-out.</summary>
    Timeout,

    /// <summary>The host is shutting down; the job will run again elsewhere or later, and no attempt is burned.</summary>
    Shutdown,

    /// <summary>The node lost its lease: another may run the job already, and nothing this one still writes will count.</summary>
    ClaimLost,
}

/// <summary>What a handler knows of the job it runs.</summary>
public sealed partial class JobContext
{
    private readonly Job _job;
    private readonly JobServices _host;

    internal JobContext(Job job, JobServices host, ILogger logger, CancellationToken cancellationToken)
    {
        (_job, _host, Logger, CancellationToken) = (job, host, logger, cancellationToken);
        Services = host.Services;
    }

    /// <summary>The job's id.</summary>
    public Guid Id => _job.Id;

    /// <summary>The handler's name.</summary>
    public string Handler => _job.Handler;

    /// <summary>The queue it came from.</summary>
    public string Queue => _job.Queue;

    /// <summary>The schedule that made it.</summary>
    public string? Schedule => _job.Schedule;

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt => _job.Attempt;

    /// <summary>The nominal instant, whatever retries and jitter did.</summary>
    public DateTimeOffset ScheduledAt => _job.ScheduledAt;

    /// <summary>Labels of the job.</summary>
    public IReadOnlyList<string> Tags => _job.Tags;

    /// <summary>The arguments as they stand in the store.</summary>
    public ReadOnlyMemory<byte> Args => _job.Args;

    /// <summary>The same for each attempt at this job: hand it to systems that drop duplicates, since a job may run more than once.</summary>
    public string IdempotencyKey => _job.Id.ToString("N");

    /// <summary>Cancelled when the job should stop; <see cref="StopCause"/> says why.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Why <see cref="CancellationToken"/> was cancelled.</summary>
    public StopCause StopCause { get; internal set; }

    /// <summary>Its lines land in the execution's log (capped) as well as in the host's.</summary>
    public ILogger Logger { get; }

    /// <summary>The scope of this attempt.</summary>
    public IServiceProvider Services { get; internal set; }

    /// <summary>Cluster time.</summary>
    public TimeProvider Clock => _host.Clock;

    internal Job Job => _job;

    internal JsonSerializerOptions Json => _host.Json;

    internal double? Progress { get; private set; }

    internal string? Result { get; private set; }

    /// <summary>Says how far it is, 0 to 100. Readers see it within about a second; the last one stays with the job. No number (0 ÷ 0) says nothing.</summary>
    public void ReportProgress(double percent)
    {
        Progress = double.IsNaN(percent) ? Progress : Math.Clamp(percent, 0, 100);
        _host.Progressed(this);
    }

    /// <summary>Keeps a result with the job, as JSON; the last one counts. Counts only if the attempt succeeds.</summary>
    public void SetResult<T>(T result, JsonTypeInfo<T> contract) => Result = JsonSerializer.Serialize(result, contract);

    /// <summary>Keeps a result with the job, written as the host's JSON options say.</summary>
    public void SetResult<T>(T result) => SetResult(result, (JsonTypeInfo<T>)Json.GetTypeInfo(typeof(T)));

    /// <summary>Keeps a result that is JSON text already.</summary>
    public void SetResultJson(string json)
    {
        JsonDocument.Parse(json).Dispose();
        Result = json;
    }

    /// <summary>Reads the arguments as the host's JSON options say.</summary>
    public T ReadArgs<T>() => _host.ReadArgs<T>(_job);

    /// <summary>An outcome: run again no earlier than after <paramref name="delay"/>, as the other side asked; counts as a failed attempt.</summary>
    public Outcome RetryAfter(TimeSpan delay, string error) => new Outcome.Retry(Clock.GetUtcNow() + delay, error);

    /// <summary>An outcome: run again after <paramref name="delay"/>, without having failed.</summary>
    public Outcome Snooze(TimeSpan delay) => new Outcome.Snoozed(Clock.GetUtcNow() + delay);

    /// <summary>An outcome: failed for good; no retry can help.</summary>
    public static Outcome Fail(string error) => new Outcome.Dead("error", error);
}
