using Microsoft.AspNetCore.Http;

namespace Carillon.AspNetCore.Routing;

/// <summary>What every answer says to browsers: this is data of one caller, to be shown in nothing. No CORS header is ever sent.</summary>
internal static class ApiHeaders
{
    public static void Write(HttpResponse response)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}
