using System.Globalization;
using Carillon.Access;
using Carillon.AspNetCore.Json;
using Carillon.Store;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Access;

/// <summary>Who may pass. One place for every route: authentication, role, budget; closed unless something opens it.</summary>
internal sealed class Gate(IStore store, KeyRing ring, TimeProvider clock, CarillonApiOptions options)
{
    private readonly RateBudget _budget = new(clock, options.RequestsPerSecond, options.RequestBurst);
    private readonly RefusalCount _refusals = new(clock);

    /// <summary>The caller, or the answer that turns the call away.</summary>
    public async Task<(Caller? Caller, IResult? Refusal)> AdmitAsync(HttpContext http, Role? least)
    {
        var from = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (least is null)
        {
            return (new Caller("anybody", from, null, null), null);
        }

        var (caller, refusal) = await AuthenticateAsync(http, from);
        if (caller is null)
        {
            return (null, refusal);
        }

        if (Spend(http, caller) is { } late)
        {
            return (null, late);
        }

        return caller.Role < least ? (null, await ForbidAsync(http, caller, least.Value)) : (caller, null);
    }

    private async Task<(Caller? Caller, IResult? Refusal)> AuthenticateAsync(HttpContext http, string from)
    {
        if (Secret(http.Request) is { } secret)
        {
            var key = await ring.FindAsync(secret, http.RequestAborted);
            return key is null ? (null, await RefuseSecretAsync(http, from)) : (new Caller(key.Name, from, key.Role, key.Id), null);
        }

        if (await ring.HasKeysAsync(http.RequestAborted))
        {
            return (null, Unauthorized(http, "An API key is needed: Authorization: Bearer KEY."));
        }

        return LocalRule.Refuse(http) is { } reason
            ? (null, Unauthorized(http, $"An API key is needed: {reason}."))
            : (new Caller("local", from, Role.Admin, null), null);
    }

    // Only headers: a key in the address would stand in logs and histories.
    private static string? Secret(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var authorization = request.Headers.Authorization.ToString();
        return authorization.Length == 0
            ? request.Headers.TryGetValue("X-Api-Key", out var key) ? key.ToString() : null
            : authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..] : authorization;
    }

    private async Task<IResult> RefuseSecretAsync(HttpContext http, string from)
    {
        var (count, left) = _refusals.Note(RefusalCount.Of(http.Connection.RemoteIpAddress));

        // One entry for the first of a minute and one when the address is told to wait: a flood must not fill the journal.
        if (count == 1 || count == options.FailedLogInsPerMinute + 1)
        {
            await JournalAsync(new Act("unknown", from, "login.failed"), $$"""{"act":"login.failed","failures":{{count}}}""", "log-in", http.RequestAborted);
        }

        return count > options.FailedLogInsPerMinute
            ? TooMany(http, left, "Too many wrong keys came from this address; wait before the next one.")
            : Unauthorized(http, "The credentials are not valid.");
    }

    private async Task<IResult> ForbidAsync(HttpContext http, Caller caller, Role least)
    {
        // The first of a minute: a denied flood must not fill the journal either.
        if (_refusals.Note($"key {caller.KeyId}").Count == 1)
        {
            var data = $$"""{"act":"denied","needs":"{{Names.Of(least)}}","has":"{{Names.Of(caller.Role!.Value)}}"}""";
            await JournalAsync(new Act(caller.Name, caller.From, "denied"), data, caller.KeyId ?? "local", http.RequestAborted);
        }

        return Problem.Of(StatusCodes.Status403Forbidden, $"This needs the role {Names.Of(least)}; the key '{caller.Name}' has the role {Names.Of(caller.Role!.Value)}.");
    }

    private Task JournalAsync(Act act, string data, string key, CancellationToken cancellationToken) => store.AppendAsync(
        [new JournalEntry { Subject = new Subject(SubjectKind.Key, key), Kind = JournalKinds.Act, At = clock.GetUtcNow(), Who = act.Who, From = act.From, Data = data }],
        cancellationToken);

    private IResult? Spend(HttpContext http, Caller caller)
    {
        var wait = caller.KeyId is null ? TimeSpan.Zero : _budget.Take(caller.KeyId);
        if (wait == TimeSpan.Zero)
        {
            return null;
        }

        http.Response.Headers["RateLimit-Limit"] = _budget.Burst.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["RateLimit-Remaining"] = "0";
        return TooMany(http, wait, $"This key makes more than {options.RequestsPerSecond} requests a second.");
    }

    private static IResult TooMany(HttpContext http, TimeSpan wait, string detail)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.RetryAfter = seconds;
        http.Response.Headers["RateLimit-Reset"] = seconds;
        return Problem.Of(StatusCodes.Status429TooManyRequests, detail);
    }

    private static IResult Unauthorized(HttpContext http, string detail)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"carillon\"";
        return Problem.Of(StatusCodes.Status401Unauthorized, detail);
    }
}
