using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>The door to jobs: enqueue, look, wait, cancel, retry. Safe for concurrent use.</summary>
public sealed class JobClient
{
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly JobIds _ids;
    private readonly HandlerRegistry _handlers;
    private readonly JsonSerializerOptions _json;

    internal JobClient(IStore store, TimeProvider clock, JobIds ids, HandlerRegistry handlers, JsonSerializerOptions json) =>
        (_store, _clock, _ids, _handlers, _json) = (store, clock, ids, handlers, json);

    /// <summary>Accepts a job. When this returns, the job survives a crash of the process (and, as the store promises, of the machine).</summary>
    /// <exception cref="InvalidRequestException">The request has faults; all are listed.</exception>
    public async Task<JobReceipt> EnqueueAsync(JobRequest request, CancellationToken cancellationToken = default) =>
        (await EnqueueAsync([request], cancellationToken))[0];

    /// <summary>Accepts a job with arguments that the host's JSON options can write.</summary>
    public Task<JobReceipt> EnqueueAsync<T>(string handler, T args, CancellationToken cancellationToken = default) =>
        EnqueueAsync(JobRequest.Of(handler, args, (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T))), cancellationToken);

    /// <summary>Accepts at most 1,000 jobs, all or none. The answers stand in their order.</summary>
    public async Task<IReadOnlyList<JobReceipt>> EnqueueAsync(IReadOnlyList<JobRequest> requests, CancellationToken cancellationToken = default)
    {
        if (requests.Count == 0)
        {
            return [];
        }

        var now = _clock.GetUtcNow();
        requests = Written(requests);
        Check(requests, now);
        return await WriteAsync([.. requests.Select(request => ToNewJob(request, now))], now, cancellationToken);
    }

    /// <summary>Accepts a batch and one more job that runs when all of the batch have ended as <paramref name="condition"/> says; all or none.</summary>
    /// <returns>The receipts of the batch, in order, and last that of <paramref name="then"/>.</returns>
    public async Task<IReadOnlyList<JobReceipt>> EnqueueBatchAsync(
        IReadOnlyList<JobRequest> batch, JobRequest then, AfterCondition condition = AfterCondition.AnyEnd, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow();
        (batch, then) = (Written(batch), then.Written(_json));
        Check([.. batch, then], now);
        List<NewJob> jobs = [.. batch.Select(request => ToNewJob(request, now))];
        jobs.Add(ToNewJob(then, now) with { After = [.. then.After, .. jobs.Select(job => new After(job.Id, condition))] });
        return await WriteAsync(jobs, now, cancellationToken);
    }

    /// <summary>One job, live or ended; null when there is none (never was, or past its retention).</summary>
    public Task<Job?> GetAsync(Guid id, CancellationToken cancellationToken = default) => _store.GetAsync(id, cancellationToken);

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<Job>> ListAsync(JobQuery query, CancellationToken cancellationToken = default) => _store.ListAsync(query, cancellationToken);

    /// <summary>Attempts: the running ones first, then by their end, latest first.</summary>
    public Task<IReadOnlyList<Execution>> ListExecutionsAsync(ExecutionQuery query, CancellationToken cancellationToken = default) =>
        _store.ListExecutionsAsync(query, cancellationToken);

    /// <summary>A job's history in order: attempts, log lines, acts.</summary>
    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(JournalQuery query, CancellationToken cancellationToken = default) =>
        _store.ReadAsync(query, cancellationToken);

    /// <summary>Cancels waiting jobs at once and asks running ones to stop; says which it concerned. Ended jobs are left alone.</summary>
    public Task<IReadOnlyList<Guid>> CancelAsync(JobFilter filter, Act act, int limit = JobRules.MaxBatch, CancellationToken cancellationToken = default) =>
        _store.ChangeAsync(filter, JobChange.Cancel, limit, act, _clock.GetUtcNow(), cancellationToken);

    /// <summary>Makes dead, cancelled and back-off jobs due now, with all attempts before them; says which it concerned.</summary>
    public Task<IReadOnlyList<Guid>> RetryAsync(JobFilter filter, Act act, int limit = JobRules.MaxBatch, CancellationToken cancellationToken = default) =>
        _store.ChangeAsync(filter, JobChange.Retry, limit, act, _clock.GetUtcNow(), cancellationToken);

    /// <summary>The job once it has ended, or as it stands when <paramref name="timeout"/> is over; null when there is none.</summary>
    public async Task<Job?> WaitAsync(Guid id, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var ended = new SemaphoreSlim(0);
        void OnSignal(StoreSignal signal) => _ = signal.HasFlag(StoreSignal.Ended) && ended.CurrentCount == 0 ? ended.Release() : 0;
        using var limit = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _store.Signalled += OnSignal;
        try
        {
            return await UntilEndedAsync(id, ended, either.Token, cancellationToken);
        }
        finally
        {
            _store.Signalled -= OnSignal;
        }
    }

    private async Task<Job?> UntilEndedAsync(Guid id, SemaphoreSlim ended, CancellationToken either, CancellationToken cancellationToken)
    {
        var job = await _store.GetAsync(id, cancellationToken);
        while (job is { IsEnded: false } && await EndsAsync(ended, either))
        {
            job = await _store.GetAsync(id, cancellationToken);
        }

        return job;
    }

    private static async Task<bool> EndsAsync(SemaphoreSlim ended, CancellationToken either)
    {
        try
        {
            await ended.WaitAsync(either);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private IReadOnlyList<JobRequest> Written(IReadOnlyList<JobRequest> requests) =>
        requests.Any(static request => request.WriteArgs is not null) ? [.. requests.Select(request => request.Written(_json))] : requests;

    private static void Check(IReadOnlyList<JobRequest> requests, DateTimeOffset now)
    {
        if (requests.Count > JobRules.MaxBatch + 1)
        {
            throw new InvalidRequestException([new Fault("jobs", $"{requests.Count} items", $"at most {JobRules.MaxBatch} jobs are taken at once; send them in several calls")]);
        }

        List<Fault>? faults = null;
        for (var i = 0; i < requests.Count; i++)
        {
            foreach (var fault in JobRules.Check(requests[i], now))
            {
                (faults ??= []).Add(requests.Count == 1 ? fault : fault with { Field = $"jobs[{i}].{fault.Field}" });
            }
        }

        if (faults is not null)
        {
            throw new InvalidRequestException(faults);
        }
    }

    private NewJob ToNewJob(JobRequest request, DateTimeOffset now) => new()
    {
        Id = _ids.Next(),
        Handler = request.Handler,
        Args = request.Args,
        Queue = request.Queue ?? _handlers.Find(request.Handler)?.Queue ?? "default",
        Priority = request.Priority,
        RunAt = request.Delay is { } delay ? now + delay : request.RunAt,
        IsDelayed = request.Delay is not null,
        Key = request.Key,
        KeyHold = request.KeyHold,
        OnConflict = request.OnConflict,
        ConcurrencyKey = request.ConcurrencyKey,
        Retry = request.Retry,
        Timeout = request.Timeout,
        ExpiresAt = request.ExpiresAt,
        After = request.After,
        Traceparent = Activity.Current?.Id,
        Tags = request.Tags,
    };

    private async Task<IReadOnlyList<JobReceipt>> WriteAsync(IReadOnlyList<NewJob> jobs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var results = await _store.EnqueueAsync(jobs, now, cancellationToken);
        var faults = results.Index()
            .Where(result => result.Item.Status == EnqueueStatus.UnknownDependency)
            .Select(result => new Fault(jobs.Count == 1 ? "after" : $"jobs[{result.Index}].after", null, "names a job that does not exist (or is past its retention)"))
            .ToList();
        return faults.Count == 0 ? [.. results.Select(result => new JobReceipt(result.Id, result.Status))] : throw new InvalidRequestException(faults);
    }
}
