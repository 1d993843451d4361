using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>The door to jobs: enqueue, look, wait, cancel, retry. Safe for concurrent use.</summary>
public sealed partial class JobClient
{
    private const int MaxKeyLooks = 3;
    private readonly IStore _store;
    private readonly TimeProvider _clock;
    private readonly JobIds _ids;
    private readonly HandlerQueues _queues;
    private readonly JsonSerializerOptions _json;

    internal JobClient(IStore store, TimeProvider clock, JobIds ids, HandlerQueues queues, JsonSerializerOptions json) =>
        (_store, _clock, _ids, _queues, _json) = (store, clock, ids, queues, json);

    /// <summary>Accepts a job. When this returns, the job survives a crash of the process (and, as the store promises, of the machine).</summary>
    /// <exception cref="InvalidRequestException">The request has faults; all are listed.</exception>
    public async Task<JobReceipt> EnqueueAsync(JobRequest request, CancellationToken cancellationToken = default) =>
        (await EnqueueAsync([request], cancellationToken))[0];

    /// <summary>Accepts a job with arguments that the host's JSON options can write.</summary>
    public Task<JobReceipt> EnqueueAsync<T>(string handler, T args, CancellationToken cancellationToken = default) =>
        EnqueueAsync(JobRequest.Of(handler, args, (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T))), cancellationToken);

    /// <summary>Accepts at most 1,000 jobs, all or none. The answers stand in their order.</summary>
    public Task<IReadOnlyList<JobReceipt>> EnqueueAsync(IReadOnlyList<JobRequest> requests, CancellationToken cancellationToken = default) =>
        EnqueueAsync(requests, (Act?)null, cancellationToken);

    /// <summary>
    /// Accepts jobs that a person hands in: who did it is written with them, one journal entry a call. A call that made nothing (an existing job
    /// had the key, a dependency was missing) leaves none.
    /// </summary>
    public Task<IReadOnlyList<JobReceipt>> EnqueueAsync(IReadOnlyList<JobRequest> requests, Act? act, CancellationToken cancellationToken = default) =>
        EnqueueAsync(requests, act, _store.EnqueueAsync, cancellationToken);

    private async Task<IReadOnlyList<JobReceipt>> EnqueueAsync(IReadOnlyList<JobRequest> requests, Act? act, WriteJobs write, CancellationToken cancellationToken)
    {
        if (requests.Count == 0)
        {
            return [];
        }

        var now = _clock.GetUtcNow();
        requests = Written(requests);
        Check(requests, JobRules.MaxBatch, now);
        requests = await _queues.FillAsync(requests, cancellationToken);
        List<NewJob> jobs = [.. requests.Select(request => ToNewJob(request, now))];
        return Read(await write(jobs, act is null ? null : EnqueueFact.Of(jobs, act, now), now, cancellationToken));
    }

    /// <summary>Accepts a batch and one more job that runs when all of the batch have ended as <paramref name="condition"/> says; all or none.</summary>
    /// <returns>The receipts of the batch, in order, and last that of <paramref name="then"/>.</returns>
    public Task<IReadOnlyList<JobReceipt>> EnqueueBatchAsync(
        IReadOnlyList<JobRequest> batch, JobRequest then, AfterCondition condition = AfterCondition.AnyEnd, CancellationToken cancellationToken = default) =>
        EnqueueBatchAsync(batch, then, condition, _store.EnqueueAsync, cancellationToken);

    private async Task<IReadOnlyList<JobReceipt>> EnqueueBatchAsync(
        IReadOnlyList<JobRequest> batch, JobRequest then, AfterCondition condition, WriteJobs write, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        (batch, then) = (Written(batch), then.Written(_json));
        Check([.. batch, then], JobRules.MaxBatch + 1, now);
        var all = await _queues.FillAsync([.. batch, then], cancellationToken);
        List<NewJob> jobs = [.. all.Select(request => ToNewJob(request, now))];
        var ids = jobs.ConvertAll(job => job.Id);
        IReadOnlyList<EnqueueResult> results;
        var attempt = 0;
        do
        {
            jobs[^1] = jobs[^1] with { After = [.. then.After, .. ids.SkipLast(1).Select(id => new After(id, condition))] };
            results = await write(jobs, null, now, cancellationToken);
        }
        while (TryFollowKeys(ids, results) && ++attempt < MaxKeyLooks);
        return Read(results);
    }

    // A job of the batch whose key is taken is not written: what was to wait for it waits for the one that has the key.
    private static bool TryFollowKeys(List<Guid> ids, IReadOnlyList<EnqueueResult> results)
    {
        if (results[^1].Status != EnqueueStatus.UnknownDependency)
        {
            return false;
        }

        var isChanged = false;
        for (var i = 0; i < ids.Count - 1; i++)
        {
            isChanged |= ids[i] != results[i].Id;
            ids[i] = results[i].Id;
        }

        return isChanged;
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

    /// <summary>The job once it has ended, or as it stands when <paramref name="timeout"/> (0 to 24 days) is over; null when there is none.</summary>
    public async Task<Job?> WaitAsync(Guid id, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var ended = new Bell();
        void OnSignal(StoreSignal signal)
        {
            if (signal.HasFlag(StoreSignal.Ended))
            {
                ended.Ring();
            }
        }

        using var limit = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _store.Signalled += OnSignal;
        try
        {
            var job = await _store.GetAsync(id, cancellationToken);
            while (job is { IsEnded: false } && !either.IsCancellationRequested)
            {
                await ended.WaitAsync(either.Token);
                job = await _store.GetAsync(id, cancellationToken);
            }

            return job;
        }
        finally
        {
            _store.Signalled -= OnSignal;
        }
    }

    // Typed calls with types of the host's own are written only here, where its JSON options are known.
    private IReadOnlyList<JobRequest> Written(IReadOnlyList<JobRequest> requests) =>
        requests.Any(static request => request.WriteArgs is not null) ? [.. requests.Select(request => request.Written(_json))] : requests;

    private static void Check(IReadOnlyList<JobRequest> requests, int limit, DateTimeOffset now)
    {
        if (requests.Count > limit)
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
        Queue = request.Queue ?? "default",
        Priority = request.Priority,
        RunAt = request.Delay is { } delay ? now + delay : request.RunAt,
        IsDelayed = request.Delay is not null,
        Key = request.Key,
        KeyHold = request.KeyHold,
        OnConflict = request.OnConflict,
        ConcurrencyKey = request.ConcurrencyKey,
        Group = request.Group,
        Retry = request.Retry,
        Timeout = request.Timeout,
        ExpiresAt = request.ExpiresAt,
        After = request.After,
        Traceparent = Activity.Current?.Id,
        Tags = request.Tags,
    };

    private static IReadOnlyList<JobReceipt> Read(IReadOnlyList<EnqueueResult> results)
    {
        var faults = results.Index()
            .Where(result => result.Item.Status == EnqueueStatus.UnknownDependency)
            .Select(result => new Fault(results.Count == 1 ? "after" : $"jobs[{result.Index}].after", null, "names a job that does not exist (or is past its retention)"))
            .ToList();
        return faults.Count == 0 ? [.. results.Select(result => new JobReceipt(result.Id, result.Status))] : throw new InvalidRequestException(faults);
    }
}
