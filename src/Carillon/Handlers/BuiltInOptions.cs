namespace Carillon.Handlers;

/// <summary>What the built-in handlers must be told of their host.</summary>
internal sealed record BuiltInOptions
{
    /// <summary>Targets that the handler <c>http</c> may call although they are not public; <see cref="AllowedTarget"/> says in which forms.</summary>
    public IReadOnlyList<string> HttpAllow { get; init; } = [];

    /// <summary>The origin under which this server can be called, null while it does not listen; null where there is no server.</summary>
    public Func<string?>? Self { get; init; }

    /// <summary>The node's name, as the heartbeat says it.</summary>
    public required string NodeName { get; init; }

    /// <summary>When the node was started, in cluster time.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}
