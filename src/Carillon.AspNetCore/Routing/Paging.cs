using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Carillon.AspNetCore.Json;
using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Routing;

/// <summary>One page of a list.</summary>
internal static class Paging
{
    /// <summary>The place that the call's cursor names; null for the first page.</summary>
    public static async Task<string?> PlaceAsync(this ApiCall call)
    {
        var place = call.Query("cursor") is { } cursor ? await call.Doors.Cursors.OpenAsync(Identity(call), cursor, call.Aborted) : null;
        if (place is null && call.Query("cursor") is { } refused)
        {
            call.Refuse("cursor", refused.Length <= 40 ? refused : refused[..40] + "…", "is not a cursor of this query; use the member next of the page before, with the same filters");
        }

        call.ThrowFaults();
        return place;
    }

    /// <summary>The answer; <paramref name="next"/> is the place after the last item, null at the end.</summary>
    public static async Task<IResult> PageAsync<T>(this ApiCall call, IReadOnlyList<T> items, string? next, JsonTypeInfo<Page<T>> contract)
    {
        var cursor = next is null ? null : await call.Doors.Cursors.SealAsync(Identity(call), next, call.Aborted);
        return Results.Json(new Page<T>(items, cursor), contract);
    }

    /// <summary>A page of a list that was read whole, in the order of the items' names.</summary>
    public static async Task<IResult> PageOfAllAsync<T>(this ApiCall call, IReadOnlyList<T> all, Func<T, string> nameOf, JsonTypeInfo<Page<T>> contract)
    {
        var limit = call.Limit();
        var place = await call.PlaceAsync();
        var rest = place is null ? all : [.. all.Where(item => string.CompareOrdinal(nameOf(item), place) > 0)];
        IReadOnlyList<T> items = [.. rest.Take(limit)];
        return await call.PageAsync(items, rest.Count > limit ? nameOf(items[^1]) : null, contract);
    }

    /// <summary>Reads one item more than asked, in a second read if the first was full, to know whether the list ends here.</summary>
    public static async Task<(IReadOnlyList<T> Items, string? Next)> ReadAsync<T>(int limit, string? place, Func<string?, int, Task<IReadOnlyList<T>>> read, Func<T, string> placeOf)
    {
        var items = await read(place, limit);
        var isFull = items.Count == limit && (await read(placeOf(items[^1]), 1)).Count > 0;
        return (items, isFull ? placeOf(items[^1]) : null);
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static long Number(string place) => long.Parse(place, CultureInfo.InvariantCulture);

    // Path and filters: a cursor goes on in the list that it came from, nowhere else.
    private static string Identity(ApiCall call)
    {
        var request = call.Http.Request;
        var filters = request.Query.Where(pair => pair.Key is not ("cursor" or "limit")).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
        return $"{request.Path}?{string.Join("&", filters)}";
    }
}
