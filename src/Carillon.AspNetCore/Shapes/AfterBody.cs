using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.AspNetCore.Json;
using Carillon.Store;

namespace Carillon.AspNetCore.Shapes;

/// <summary>"Run after that job": the job's id alone, or with the end that counts.</summary>
[JsonConverter(typeof(AfterConverter))]
internal sealed record AfterBody(Guid Job, AfterCondition On)
{
    public static string? Check(JsonElement element)
    {
        const string expected = "must be a job's id, or {\"job\":\"…\",\"on\":\"success\"|\"anyEnd\"}";
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.TryGetGuid(out _) ? null : expected;
        }

        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("job", out var job) || job.ValueKind != JsonValueKind.String || !job.TryGetGuid(out _))
        {
            return expected;
        }

        return element.EnumerateObject().All(member => member.Name == "job" || (member.Name == "on" && IsCondition(member.Value))) ? null : expected;
    }

    private static bool IsCondition(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && RawJsonRule.IsUnicode(element, out var text) && Names.TryParse<AfterCondition>(text, out _);
}

/// <summary>JSON of a dependency; <see cref="AfterBody.Check"/> has passed it.</summary>
internal sealed class AfterConverter : JsonConverter<AfterBody>
{
    public override AfterBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var element = document.RootElement;
        if (element.ValueKind == JsonValueKind.String)
        {
            return new AfterBody(element.GetGuid(), AfterCondition.Success);
        }

        var on = element.TryGetProperty("on", out var given) && Names.TryParse<AfterCondition>(given.GetString() ?? "", out var condition) ? condition : AfterCondition.Success;
        return new AfterBody(element.GetProperty("job").GetGuid(), on);
    }

    public override void Write(Utf8JsonWriter writer, AfterBody value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("job", value.Job);
        writer.WriteString("on", Names.Of(value.On));
        writer.WriteEndObject();
    }
}
