using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.ClusterFaults;

/// <summary>
/// Clients that post so many jobs a second, each under an idempotency key of its own, to whichever node is up; what is not answered is
/// sent again under the same key, to another node, until it is.
/// </summary>
internal sealed class SteadyLoad(ClusterOfServers cluster, int perSecond, int seed) : IDisposable
{
    private const int BundlesPerSecond = 20;
    private const int Clients = 24;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly SemaphoreSlim _clients = new(Clients);
    private readonly ConcurrentDictionary<Guid, byte> _accepted = new();
    private readonly ConcurrentBag<string> _strange = [];
    private readonly ConcurrentBag<Task> _posts = [];
    private CancellationTokenSource _stopping = new();
    private readonly Random _random = new(seed);
    private Task _running = Task.CompletedTask;
    private int _refused;
    private int _keys;
    private int _more;

    /// <summary>Jobs whose acceptance was answered with a 2xx.</summary>
    public IReadOnlyCollection<Guid> Accepted => [.. _accepted.Keys];

    /// <summary>503s that said when to come again.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Answers that no client should get.</summary>
    public IReadOnlyCollection<string> Strange => _strange;

    public void Start()
    {
        _stopping.Dispose();
        _stopping = new CancellationTokenSource();
        _running = PostAsync(_stopping.Token);
    }

    /// <summary>Posts one job beside the load, until it is accepted.</summary>
    public Task PostAsync(string body) => UntilAcceptedAsync(body, string.Create(CultureInfo.InvariantCulture, $"{cluster.Schema}-more-{Interlocked.Increment(ref _more)}"), 0);

    /// <summary>Posts no new job; done when all that was sent is answered.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await Task.WhenAll(_posts);
    }

    /// <summary>Waits until so many more are accepted.</summary>
    public async Task UntilMoreAsync(int more)
    {
        var target = _accepted.Count + more;
        await Poll.UntilAsync(() => Task.FromResult(_accepted.Count), count => count >= target, string.Create(CultureInfo.InvariantCulture, $"{more} more jobs accepted"));
    }

    public void Dispose()
    {
        _http.Dispose();
        _clients.Dispose();
        _stopping.Dispose();
    }

    private async Task PostAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1) / BundlesPerSecond);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                for (var i = 0; i < perSecond / BundlesPerSecond; i++)
                {
                    _posts.Add(UntilAcceptedAsync(Body(), string.Create(CultureInfo.InvariantCulture, $"{cluster.Schema}-{++_keys}"), _random.Next()));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the load.
        }
    }

    // Most are short; some are long enough that a fault falls into them; some share a key, some begin later.
    private string Body()
    {
        var ms = _random.Next(20) == 0 ? _random.Next(200, 1_200) : _random.Next(30);
        var more = _random.Next(12) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $$""","concurrencyKey":"k{{_random.Next(4)}}" """),
            1 => string.Create(CultureInfo.InvariantCulture, $$""","delay":"{{_random.Next(1_500)}}ms" """),
            _ => "",
        };
        var args = cluster.Settings.ArgsOf(more.StartsWith(""","c""", StringComparison.Ordinal) ? ms % 30 : ms);
        return $$"""{"handler":"{{cluster.Settings.Handler}}","args":{{args}}{{more}}}""";
    }

    private async Task UntilAcceptedAsync(string body, string key, int first)
    {
        var since = Stopwatch.GetTimestamp();
        await _clients.WaitAsync();
        try
        {
            for (var turn = first; !await TryPostAsync(body, key, turn); turn++)
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"no node accepted a job within {Patience}");
                await Task.Delay(Again, TimeProvider.System);
            }
        }
        finally
        {
            _clients.Release();
        }
    }

    private async Task<bool> TryPostAsync(string body, string key, int turn)
    {
        if (cluster.Up is not { Count: > 0 } up)
        {
            return false;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(up[(turn & int.MaxValue) % up.Count].Api.Address, "/api/v1/jobs")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await _http.SendAsync(request);
            return Take(await Answer.OfAsync(response), response.Headers.RetryAfter is not null);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException or ObjectDisposedException)
        {
            // The node is gone or stands still; whether it accepted is not known.
            return false;
        }
    }

    private bool Take(Answer answer, bool saysWhen)
    {
        if (answer.IsAccepted)
        {
            _accepted[answer.Id] = 0;
            return true;
        }

        if (answer.Status == HttpStatusCode.ServiceUnavailable && saysWhen)
        {
            Interlocked.Increment(ref _refused);
        }
        else
        {
            _strange.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)answer.Status}: {answer.Text}"));
        }

        return false;
    }
}
