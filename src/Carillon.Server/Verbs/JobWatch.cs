using System.CommandLine;
using System.Text.Json;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon job watch</c>: long requests to the server, no polling.</summary>
internal static class JobWatch
{
    private static readonly Argument<string> Id = new("id") { Description = "The job's id" };
    private static readonly Option<TimeSpan?> Timeout = new("--timeout") { Description = "Give up after so long: 30s, 5m", HelpName = "DURATION", CustomParser = DurationOption.Parse };
    private static readonly TimeSpan OneRequest = TimeSpan.FromSeconds(30);

    public static Verb Make() => new Verb("watch", "Wait for a job's end; exit code 0 only if it succeeded", "carillon job watch 01981c2e-7c9b-7d3e-8a54-2f6f6b1d9c10 --timeout 5m")
        .With(Id, Timeout)
        .Does((session, cancellationToken) => FollowAsync(session, session.Get(Id), session.Get(Timeout), cancellationToken));

    public static async Task<int> FollowAsync(Session session, string id, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var (path, begun, shown) = ($"{JobVerbs.Path}/{Query.Segment(id)}/wait", TimeProvider.System.GetTimestamp(), "");
        while (true)
        {
            var left = timeout - TimeProvider.System.GetElapsedTime(begun) ?? OneRequest;
            var seconds = Math.Clamp((int)Math.Ceiling(left.TotalSeconds), 0, (int)OneRequest.TotalSeconds);
            var job = await session.Api.GetAsync(Query.Of(path, ("timeout", $"{seconds}s")), cancellationToken);
            if (IsEnded(job) || left <= TimeSpan.Zero)
            {
                return End(session, job, id);
            }

            if (!session.IsJson && JobText.Line(job, id) is var line && line != shown)
            {
                session.Terminal.Note(shown = line);
            }
        }
    }

    private static int End(Session session, JsonElement job, string id)
    {
        session.Answer(job, answer => session.Terminal.Line(JobText.Line(answer, id)));
        if (!IsEnded(job))
        {
            session.Terminal.Note("It has not ended yet.");
        }

        return job.Text("state") is "succeeded" ? Exit.Ok : Exit.Failed;
    }

    private static bool IsEnded(JsonElement job) => job.Text("state") is "succeeded" or "dead" or "cancelled";
}
