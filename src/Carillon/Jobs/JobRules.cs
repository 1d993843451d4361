using System.Globalization;
using System.Text.Json;
using Carillon.Store;

namespace Carillon.Jobs;

/// <summary>The limits of a request, in one place; the API, the CLI and code meet the same ones.</summary>
internal static class JobRules
{
    public const int MaxArgsBytes = 256 * 1024;
    public const int MaxNameLength = 200;
    public const int MaxBatch = 1_000;
    public const int MaxLimit = 100_000;
    public const int MaxRateCount = 1_000_000;
    public const int LeastPriority = -100;
    public const int MostPriority = 100;
    private const int MaxTags = 20;
    private const int MaxTagLength = 100;
    private const int MaxAttempts = 1_000;
    private const int MaxAfter = 1_000;
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestRate = TimeSpan.FromDays(31);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3_660);

    /// <summary>Every fault of the request.</summary>
    public static IEnumerable<Fault> Check(JobRequest request, DateTimeOffset now) =>
        Name("handler", request.Handler)
            .Concat(request.Queue is null ? [] : Name("queue", request.Queue))
            .Concat(Optional("key", request.Key))
            .Concat(Optional("concurrencyKey", request.ConcurrencyKey))
            .Concat(Optional("group", request.Group))
            .Concat(When(request, now))
            .Concat(Priority(request.Priority))
            .Concat(Args(request.Args))
            .Concat(Retry(request.Retry))
            .Concat(Timeout(request.Timeout))
            .Concat(Labels(request));

    /// <summary>A name: printable, not blank at its ends, at most 200 characters.</summary>
    public static IEnumerable<Fault> Name(string field, string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            yield return new Fault(field, name, "is required");
        }
        else if (name.Length > MaxNameLength)
        {
            yield return new Fault(field, name[..40] + "…", $"has {name.Length} characters; at most {MaxNameLength} are allowed");
        }
        else if (!IsPrintable(name) || name.Trim() != name)
        {
            yield return new Fault(field, Visible(name), "must be printable text without control characters, and without blanks at its ends");
        }
    }

    /// <summary>Faults of a priority.</summary>
    public static IEnumerable<Fault> Priority(int priority) =>
        priority is < LeastPriority or > MostPriority ? [new Fault("priority", $"{priority}", $"must be from {LeastPriority} to {MostPriority}")] : [];

    /// <summary>Faults of arguments: too long, or not JSON.</summary>
    public static IEnumerable<Fault> Args(byte[] args)
    {
        if (args.Length > MaxArgsBytes)
        {
            return [new Fault("args", $"{args.Length} bytes", $"at most {MaxArgsBytes} bytes are allowed; store the payload elsewhere and pass its address")];
        }

        return args.Length == 0 || IsJson(args) ? [] : [new Fault("args", null, "must be valid JSON")];
    }

    /// <summary>Faults of a retry policy.</summary>
    public static IEnumerable<Fault> Retry(RetryPolicy? retry)
    {
        if (retry is null)
        {
            yield break;
        }

        if (retry.Attempts is < 1 or > MaxAttempts)
        {
            yield return new Fault("retry.attempts", $"{retry.Attempts}", $"must be from 1 (no retry) to {MaxAttempts}");
        }

        if (retry.Base < TimeSpan.Zero || retry.Base > LongestTimeout)
        {
            yield return new Fault("retry.base", Shown(retry.Base), "must be from 0s to 7d");
        }

        if (retry.Cap < TimeSpan.Zero || retry.Cap > LongestTimeout)
        {
            yield return new Fault("retry.cap", Shown(retry.Cap), "must be from 0s to 7d");
        }

        if (retry.Factor is not (>= 1 and <= 100))
        {
            yield return new Fault("retry.factor", $"{retry.Factor}", "must be from 1 to 100");
        }

        if (retry.Jitter is not (>= 0 and <= 1))
        {
            yield return new Fault("retry.jitter", $"{retry.Jitter}", "must be from 0 to 1");
        }

        if (retry.Backoff == Backoff.Explicit ? retry.Delays.Count is 0 or > 100 : retry.Delays.Count > 0)
        {
            yield return new Fault("retry.delays", $"{retry.Delays.Count} items", "belongs to the backoff \"explicit\", which needs 1 to 100 of them");
        }

        if (retry.Delays.Any(delay => delay < TimeSpan.Zero || delay > LongestTimeout))
        {
            yield return new Fault("retry.delays", null, "each must be from 0s to 7d");
        }
    }

    /// <summary>Faults of a time-out.</summary>
    public static IEnumerable<Fault> Timeout(TimeSpan? timeout) =>
        timeout is { } given && (given <= TimeSpan.Zero || given > LongestTimeout) ? [new Fault("timeout", Shown(given), "must be more than 0s and at most 7d")] : [];

    /// <summary>Faults of a queue's limits.</summary>
    public static IEnumerable<Fault> Check(QueueLimits limits) =>
        (limits.MaxConcurrent is < 1 or > MaxLimit
            ? [new Fault("maxConcurrent", $"{limits.MaxConcurrent}", $"must be from 1 to {MaxLimit}, or null for no limit; to stop a queue, pause it")]
            : Enumerable.Empty<Fault>())
        .Concat(Rate("maxRate", limits.MaxRate)).Concat(Rate("maxRatePerGroup", limits.MaxRatePerGroup));

    private static IEnumerable<Fault> Rate(string field, RateLimit? rate)
    {
        if (rate is null)
        {
            yield break;
        }

        if (rate.Count is < 1 or > MaxRateCount)
        {
            yield return new Fault($"{field}.count", $"{rate.Count}", $"must be from 1 to {MaxRateCount}; to stop a queue, pause it");
        }

        if (rate.Per <= TimeSpan.Zero || rate.Per > LongestRate)
        {
            yield return new Fault($"{field}.per", Shown(rate.Per), "must be more than 0s and at most 31d");
        }

        if (rate.Burst is < 1 or > MaxLimit)
        {
            yield return new Fault($"{field}.burst", $"{rate.Burst}", $"must be from 1 to {MaxLimit}");
        }
    }

    /// <summary>Faults of a handler, each under its name.</summary>
    public static IEnumerable<Fault> Check(HandlerDefinition handler) =>
        Name("handler", handler.Name)
            .Concat(handler.Queue is null ? [] : Name("queue", handler.Queue))
            .Concat(Retry(handler.Retry))
            .Concat(handler.Attempts is < 1 or > MaxAttempts ? [new Fault("attempts", $"{handler.Attempts}", $"must be from 1 to {MaxAttempts}, or null for the policy's")] : [])
            .Concat(Timeout(handler.Timeout))
            .Concat(Kept("keepFinished", handler.KeepFinished, unset: "null for the host's"))
            .Concat(Limit("maxConcurrent", handler.MaxConcurrent, unset: "null for no limit"))
            .Select(fault => fault with { Field = $"handler '{handler.Name}', {fault.Field}" });

    /// <summary>Faults of how many of a handler's jobs may run at once.</summary>
    public static IEnumerable<Fault> Limit(string field, int? limit, string unset) =>
        limit is < 1 or > MaxLimit ? [new Fault(field, $"{limit}", $"must be from 1 to {MaxLimit}, or {unset}")] : [];

    /// <summary>Faults of how long a handler's ended jobs are kept.</summary>
    public static IEnumerable<Fault> Kept(string field, TimeSpan? kept, string unset) =>
        kept < TimeSpan.Zero ? [new Fault(field, Shown(kept.Value), $"must be 0s or more, or {unset}")] : [];

    private static IEnumerable<Fault> When(JobRequest request, DateTimeOffset now)
    {
        if (request is { RunAt: not null, Delay: not null })
        {
            yield return new Fault("delay", null, "cannot be given together with runAt; keep one of them");
        }

        if (request.Delay is { } delay && (delay < TimeSpan.Zero || delay > LongestDelay))
        {
            yield return new Fault("delay", Shown(delay), "must be from 0s to 3660d");
        }

        if (request.RunAt is { } runAt && runAt > now + LongestDelay)
        {
            yield return new Fault("runAt", $"{runAt:O}", "must be within ten years from now");
        }

        if (request.ExpiresAt is { } expiresAt && expiresAt <= now)
        {
            yield return new Fault("expiresAt", $"{expiresAt:O}", "is already past");
        }

        if (request.KeyHold < TimeSpan.Zero || request.KeyHold > LongestTimeout * 4)
        {
            yield return new Fault("keyHold", Shown(request.KeyHold), "must be from 0s to 28d");
        }
    }

    private static IEnumerable<Fault> Labels(JobRequest request)
    {
        if (request.Tags.Count > MaxTags || request.Tags.Any(tag => string.IsNullOrEmpty(tag) || tag.Length > MaxTagLength || !IsPrintable(tag)))
        {
            yield return new Fault("tags", $"{request.Tags.Count} items", $"at most {MaxTags} tags of 1 to {MaxTagLength} printable characters are allowed");
        }

        if (request.After.Count > MaxAfter)
        {
            yield return new Fault("after", $"{request.After.Count} items", $"at most {MaxAfter} are allowed");
        }
    }

    /// <summary>Faults of a name that may be left out.</summary>
    public static IEnumerable<Fault> Optional(string field, string? name) => name is null ? [] : Name(field, name);

    private static bool IsPrintable(string text) => !text.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029') && IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    // As the API reads it, not as .NET writes it.
    private static string Shown(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#######}s");

    private static string Visible(string text) => JsonEncodedText.Encode(text).ToString();

    private static bool IsJson(byte[] args)
    {
        try
        {
            var reader = new Utf8JsonReader(args, new JsonReaderOptions { MaxDepth = 64 });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
