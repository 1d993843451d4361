using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.AspNetCore.Json;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>Who did what to what, when, from where, and how it was before and after.</summary>
internal sealed record AuditView(long Id, DateTimeOffset At, string? Who, string? From, string? What, SubjectView Subject, RawJson? Before, RawJson? After)
{
    // What no reader needs and no reader should have.
    private static readonly string[] Masked = ["hash", "secret"];

    public static AuditView Of(JournalEntry entry)
    {
        var data = JsonNode.Parse(entry.Data) as JsonObject;
        return new AuditView(
            entry.Sequence, entry.At, entry.Who, entry.From, (string?)data?["act"],
            new SubjectView(Names.Of(entry.Subject.Kind), entry.Subject.Id), Show(data?["before"]), Show(data?["after"]));
    }

    private static RawJson? Show(JsonNode? state)
    {
        if (state is JsonObject members)
        {
            foreach (var name in Masked.Where(members.ContainsKey))
            {
                members[name] = "***";
            }

            if (members["args"] is JsonValue kept && kept.TryGetValue(out string? base64) && Read(base64) is { } args)
            {
                members["args"] = args;
            }
        }

        return RawJson.Of(state?.ToJsonString());
    }

    // The store keeps arguments as bytes; a reader wants to see what they say.
    private static JsonNode? Read(string base64)
    {
        try
        {
            return JsonNode.Parse(Convert.FromBase64String(base64));
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>What an entry is about.</summary>
internal sealed record SubjectView(string Kind, string Id);
