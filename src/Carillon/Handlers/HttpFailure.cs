using System.Net.Sockets;

namespace Carillon.Handlers;

/// <summary>Says in plain words why a call got no answer.</summary>
internal static class HttpFailure
{
    public static string Describe(HttpCall call, Exception error)
    {
        var where = $"{call.Target.Host}:{call.Target.Uri.Port}";
        if (Find<TargetRefusedException>(error) is { } refused)
        {
            return refused.Message;
        }

        var what = (error as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError => $"no TLS connection to {where}: {Innermost(error).Message}",
            HttpRequestError.ResponseEnded => $"{where} closed the connection before its answer was whole",
            HttpRequestError.InvalidResponse => $"{where} answered with something that is not HTTP",
            HttpRequestError.ConfigurationLimitExceeded => $"{where} answered with more header lines than are taken",
            _ when Find<SocketException>(error) is { } socket => Describe(where, call.Target.Host, socket),
            _ => $"the connection to {where} broke: {Innermost(error).Message}",
        };
        return $"{call} failed: {what}";
    }

    private static string Describe(string where, string host, SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{where} refused the connection (nothing listens there)",
        SocketError.HostNotFound or SocketError.NoData => $"the name '{host}' is unknown",
        SocketError.TryAgain => $"the name '{host}' could not be looked up just now",
        SocketError.TimedOut => $"{where} did not answer",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => $"there is no way to {where}",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => $"{where} broke the connection off",
        _ => $"no connection to {where}: {error.Message}",
    };

    private static T? Find<T>(Exception? error) where T : Exception => error is null or T ? (T?)error : Find<T>(error.InnerException);

    private static Exception Innermost(Exception error) => error.GetBaseException();
}
