using Carillon.Cluster;
using Carillon.Language;

namespace Carillon.Hosting;

/// <summary>Roles as a setting or the command line names them.</summary>
internal static class RoleText
{
    /// <summary>Reads names separated by commas; null with what is wrong.</summary>
    public static NodeRoles? Read(string text, out string? fault)
    {
        fault = null;
        var roles = NodeRoles.None;
        foreach (var given in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (RoleNames.Find(given) is var role and not NodeRoles.None)
            {
                roles |= role;
                continue;
            }

            var meant = Spelling.Nearest(given, RoleNames.All) is { } nearest ? $"; did you mean '{nearest}'?" : "";
            fault = $"'{given}' is no role; there are {string.Join(", ", RoleNames.All)}{meant}";
            return null;
        }

        fault = roles == NodeRoles.None ? $"no role is named; there are {string.Join(", ", RoleNames.All)}" : null;
        return fault is null ? roles : null;
    }
}
