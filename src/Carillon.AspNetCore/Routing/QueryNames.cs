using Carillon.Language;

namespace Carillon.AspNetCore.Routing;

/// <summary>A misspelt filter that is ignored would list too much, or cancel too much: unknown query parameters are refused.</summary>
internal static class QueryNames
{
    public static void Check(ApiCall call, ApiRoute? route)
    {
        if (route is null or { IsLenient: true })
        {
            return;
        }

        foreach (var name in call.Http.Request.Query.Keys.Where(name => route.Query.All(known => known.Name != name)))
        {
            var nearest = Spelling.Nearest(name, route.Query.Select(known => known.Name));
            var known = route.Query.Count == 0 ? "this path takes no query parameters" : $"known are {string.Join(", ", route.Query.Select(parameter => parameter.Name))}";
            call.Refuse(name.Length <= 80 ? name : name[..80], null, $"is an unknown query parameter; {(nearest is null ? known : $"did you mean '{nearest}'?")}");
        }

        call.ThrowFaults();
    }
}
