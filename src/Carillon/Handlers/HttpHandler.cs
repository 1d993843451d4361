using Carillon.Jobs;
using Carillon.Store;

namespace Carillon.Handlers;

/// <summary>
/// Calls an HTTP address. It brings nothing along that a caller did not ask for: no proxy, no cookies, no credentials of the process, no
/// redirects, no unpacking of compressed bodies.
/// </summary>
internal sealed class HttpHandler(HttpTargets targets)
{
    public const string Name = "http";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(1);

    private readonly HttpMessageInvoker _client = Open(targets);

    public HandlerDefinition Definition => new()
    {
        Name = Name,
        Description = "Calls an HTTP address and checks the status of the answer.",
        ArgsSchema = HttpArgs.Schema,
        Run = RunAsync,
    };

    private async Task<Outcome?> RunAsync(JobContext context)
    {
        if (HttpCall.Of(HandlerArgs.Read(context, HandlerJson.Default.HttpArgs), targets, out var faults) is not { } call)
        {
            return JobContext.Fail(string.Join("; ", faults));
        }

        var start = context.Clock.GetTimestamp();
        var answer = await SendAsync(call, context);
        if (!call.Expected.Contains((int)answer.Status))
        {
            var error = answer.Describe(call);
            return answer.RestFrom(context.Clock.GetUtcNow()) is { } rest ? context.RetryAfter(rest, error) : throw new AttemptFailedException(error);
        }

        var duration = context.Clock.GetElapsedTime(start);
        context.SetResult(new HttpResult((int)answer.Status, (long)duration.TotalMilliseconds, answer.Snippet), HandlerJson.Default.HttpResult);
        return null;
    }

    private async Task<HttpAnswer> SendAsync(HttpCall call, JobContext context)
    {
        using var limit = new CancellationTokenSource(call.Timeout, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        try
        {
            using var request = call.ToRequest(context.IdempotencyKey);
            using var response = await _client.SendAsync(request, either.Token);
            return await HttpAnswer.ReadAsync(response, either.Token);
        }
        catch (Exception error) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("the call was broken off", error, context.CancellationToken);
        }
        catch (OperationCanceledException error)
        {
            var waited = limit.IsCancellationRequested ? call.Timeout : ConnectTimeout;
            throw new AttemptFailedException($"{call} failed: no answer within {Language.Durations.Format(waited)}", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new AttemptFailedException(HttpFailure.Describe(call, error), error);
        }
    }

    // A connection is used again for a minute at most: then the name is looked up, and its addresses are checked, anew.
#pragma warning disable CA2000 // the invoker owns it, and both live as long as the host's handlers
    private static HttpMessageInvoker Open(HttpTargets targets) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectCallback = targets.ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        Credentials = null,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = ConnectionLifetime,
        PreAuthenticate = false,
        UseCookies = false,
        UseProxy = false,
    });
#pragma warning restore CA2000
}
