using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary>The verbs in the order in which the help lists them.</summary>
internal static class AllVerbs
{
    public static IEnumerable<Verb> Make() =>
    [
        ServeVerb.Make(),
        ApplyVerb.Make(),
        JobVerbs.Make(),
        ScheduleVerbs.Make(),
        CalendarVerbs.Make(),
        NextVerb.Make(),
        ExplainVerbs.Make(),
        HandlerVerbs.Make(),
        QueueVerbs.Make(),
        StatusVerb.Make(),
        NodeVerbs.Make(),
        LockVerbs.Make(),
        KeyVerbs.Make(),
        DoctorVerb.Make(),
        DatabaseVerbs.Make(),
        BenchVerb.Make(),
        VersionVerb.Make(),
    ];
}
