using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>A retry policy as the API takes and gives it; what is left out is the default.</summary>
internal sealed record RetryBody
{
    public int? Attempts { get; init; }

    public Backoff? Backoff { get; init; }

    public TimeSpan? Base { get; init; }

    public TimeSpan? Cap { get; init; }

    public double? Factor { get; init; }

    public double? Jitter { get; init; }

    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    public RetryPolicy ToPolicy()
    {
        var standard = RetryPolicy.Default;
        return new RetryPolicy
        {
            Attempts = Attempts ?? (Delays is { Count: > 0 } ? Delays.Count + 1 : standard.Attempts),
            Backoff = Backoff ?? (Delays is { Count: > 0 } ? Store.Backoff.Explicit : standard.Backoff),
            Base = Base ?? standard.Base,
            Cap = Cap ?? standard.Cap,
            Factor = Factor ?? standard.Factor,
            Jitter = Jitter ?? standard.Jitter,
            Delays = Delays ?? [],
        };
    }

    public static RetryBody? Of(RetryPolicy? policy) => policy is null ? null : new RetryBody
    {
        Attempts = policy.Attempts,
        Backoff = policy.Backoff,
        Base = policy.Base,
        Cap = policy.Cap,
        Factor = policy.Factor,
        Jitter = policy.Jitter,
        Delays = policy.Delays,
    };
}
