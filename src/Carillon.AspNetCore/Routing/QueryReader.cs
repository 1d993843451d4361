using System.Globalization;
using Carillon.AspNetCore.Json;
using Carillon.Language;

namespace Carillon.AspNetCore.Routing;

/// <summary>Reads typed query parameters; what cannot be read is noted as a fault of the call.</summary>
internal static class QueryReader
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>The parameters of every list.</summary>
    public static IReadOnlyList<QueryParameter> Paging { get; } =
    [
        new("limit", $"how many items at most, 1 to {MaxLimit}; {DefaultLimit} by default", IsNumber: true),
        new("cursor", "the member next of the page before, of the same query"),
    ];

    public static int Limit(this ApiCall call, string name = "limit") => call.Number(name, DefaultLimit, 1, MaxLimit);

    public static int Number(this ApiCall call, string name, int fallback, int least, int most)
    {
        if (call.Query(name) is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        call.Refuse(name, text, $"must be a whole number from {least} to {most}");
        return fallback;
    }

    public static DateTimeOffset? Instant(this ApiCall call, string name)
    {
        if (call.Query(name) is not { } text)
        {
            return null;
        }

        // A plus sign that was not encoded arrives as a blank.
        if (Instants.TryParse(text.Replace(' ', '+'), out var instant))
        {
            return instant;
        }

        call.Refuse(name, text, Instants.Expected);
        return null;
    }

    public static TimeSpan Duration(this ApiCall call, string name, TimeSpan fallback, TimeSpan most)
    {
        if (call.Query(name) is not { } text)
        {
            return fallback;
        }

        if (!Durations.TryParse(text, out var duration, out var error))
        {
            call.Refuse(name, text, error.ToString());
            return fallback;
        }

        if (duration > most)
        {
            call.Refuse(name, text, $"must be at most {Durations.Format(most)}");
        }

        return duration;
    }

    public static T? Choice<T>(this ApiCall call, string name) where T : struct, Enum
    {
        if (call.Query(name) is not { } text)
        {
            return null;
        }

        if (Names.TryParse<T>(text, out var value))
        {
            return value;
        }

        call.Refuse(name, text, Names.Expected<T>(text));
        return null;
    }
}
