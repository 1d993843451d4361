using System.Collections.Concurrent;
using System.Globalization;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Faults;

/// <summary>Clients that post jobs as fast as they are answered, and remember what the server has accepted.</summary>
internal sealed class LoadOfJobs
{
    private const int Clients = 4;
    private readonly ConcurrentDictionary<Guid, byte> _accepted = new();
    private readonly ConcurrentDictionary<string, Guid?> _keys = new();
    private int _keyCount;

    /// <summary>Jobs whose acceptance was answered with a 2xx.</summary>
    public IReadOnlyCollection<Guid> Accepted => [.. _accepted.Keys];

    /// <summary>Each idempotency key that was sent; null while no answer to it has come.</summary>
    public IReadOnlyDictionary<string, Guid?> Keys => _keys;

    /// <summary>Posts until the server is gone; <paramref name="reached"/> is set when so many more jobs are accepted.</summary>
    public async Task RunAsync(Api api, int more, TaskCompletionSource reached, int seed)
    {
        await RepeatUnansweredAsync(api);
        var target = _accepted.Count + more;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => PostAsync(api, new Random((seed * Clients) + client), () => _ = _accepted.Count >= target && reached.TrySetResult())));
    }

    /// <summary>What was sent under a key and never answered is sent again under the same key.</summary>
    public async Task RepeatUnansweredAsync(Api api)
    {
        foreach (var (key, _) in _keys.Where(pair => pair.Value is null))
        {
            await PostKeyedAsync(api, key);
        }
    }

    private async Task PostAsync(Api api, Random random, Action answered)
    {
        try
        {
            while (true)
            {
                await (random.Next(4) == 0 ? PostKeyedAsync(api, string.Create(CultureInfo.InvariantCulture, $"key-{Interlocked.Increment(ref _keyCount)}")) : PostManyAsync(api, random));
                answered();
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // The server was killed; its answer never came, so nothing is known to be accepted.
        }
    }

    private async Task PostManyAsync(Api api, Random random)
    {
        var jobs = Enumerable.Range(0, random.Next(1, 30)).Select(_ => $$$"""{"handler":"work","args":{"ms":{{{(random.Next(20) == 0 ? 300 : random.Next(20))}}}}}""");
        var answer = await api.PostAsync("/api/v1/jobs/bulk", $$"""{"jobs":[{{string.Join(',', jobs)}}]}""");
        foreach (var item in answer.Is(System.Net.HttpStatusCode.Created).Items)
        {
            _accepted[item.GetProperty("id").GetGuid()] = 0;
        }
    }

    private async Task PostKeyedAsync(Api api, string key)
    {
        _keys.TryAdd(key, null);
        var answer = await api.PostAsync("/api/v1/jobs", """{"handler":"work","args":{"ms":1}}""", key);
        Assert.True(answer.IsAccepted, answer.Text);
        _keys[key] = answer.Id;
        _accepted[answer.Id] = 0;
    }
}
