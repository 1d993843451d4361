using System.Text.Json;
using Carillon.Store;

namespace Carillon.Locks;

/// <summary>A lock that is held, as a reader sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Node">The node that holds it.</param>
/// <param name="Token">The fencing token of this grant.</param>
/// <param name="Since">When it was asked for.</param>
/// <param name="Until">It is free then, if its node does not renew its lease.</param>
public sealed record LockView(string Name, string Node, long Token, DateTimeOffset? Since, DateTimeOffset Until)
{
    internal static LockView Of(Lease lease)
    {
        using var data = JsonDocument.Parse(lease.Data);
        DateTimeOffset? since = data.RootElement.TryGetProperty("since", out var text) && text.TryGetDateTimeOffset(out var at) ? at : null;
        return new LockView(lease.Name[LockRequest.Prefix.Length..], lease.Owner, lease.Token, since, lease.Until);
    }
}
