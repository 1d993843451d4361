using Carillon.Access;

namespace Carillon.AspNetCore.Shapes;

/// <summary>An API key to be.</summary>
internal sealed record KeyBody
{
    public string? Name { get; init; }

    public Role? Role { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An API key; its secret is nowhere.</summary>
internal sealed record KeyView(string Id, string Name, Role Role, string Last4, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static KeyView Of(ApiKey key) => new(key.Id, key.Name, key.Role, key.Last4, key.CreatedAt, key.ExpiresAt);
}

/// <summary>An API key just made: the one answer with its secret.</summary>
internal sealed record NewKeyView(string Id, string Name, Role Role, string Last4, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string Key);
