using System.CommandLine;
using Carillon.Language;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>Where there is nothing of the name that was given: the one that was probably meant, or the verb that lists them.</summary>
internal static class NearestName
{
    /// <param name="path">The API's list of what has such names.</param>
    /// <param name="list">The verb that shows it.</param>
    /// <param name="name">The name that was given.</param>
    /// <param name="act">What is done with it.</param>
    public static Func<Session, CancellationToken, Task<int>> Or(string path, string list, Argument<string> name, Func<Session, CancellationToken, Task<int>> act) => async (session, cancellationToken) =>
    {
        try
        {
            return await act(session, cancellationToken);
        }
        catch (CliException unknown) when (unknown.ExitCode == Exit.NotFound)
        {
            var page = await session.Api.GetAsync(Query.Of(path, ("limit", 200)), cancellationToken);
            var nearest = Spelling.Nearest(session.Get(name), page.Items("items").Select(item => item.Text("name") ?? ""));
            throw new CliException(unknown.ExitCode, nearest is null ? $"{unknown.Message} `carillon {list}` shows them." : $"{unknown.Message} Did you mean '{nearest}'?");
        }
    };
}
