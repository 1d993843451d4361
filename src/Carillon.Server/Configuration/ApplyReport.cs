using Carillon.Server.Cli;

namespace Carillon.Server.Configuration;

/// <summary>What applying a file did, or would do.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Owner">Its owner name.</param>
/// <param name="Lines">One line a schedule.</param>
/// <param name="Queues">Queues whose limit was set.</param>
/// <param name="Warnings">What is odd but no fault: unknown handlers, names that others hold.</param>
internal sealed record ApplyReport(string File, string Owner, IReadOnlyList<ApplyLine> Lines, IReadOnlyList<string> Queues, IReadOnlyList<string> Warnings)
{
    /// <summary>One sentence.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            Part(ApplyAct.Add, "added"), Part(ApplyAct.Update, "updated"), Part(ApplyAct.Remove, "removed"), Part(ApplyAct.Keep, "kept"),
            Part(ApplyAct.LeaveDeleted, "left deleted"), Part(ApplyAct.Conflict, "held by others"), Queues.Count == 0 ? "" : $"{Counted.Of(Queues.Count, "queue limit")} set",
        ];
        var said = parts.Where(part => part.Length > 0).ToList();
        return $"{File}: {(said.Count == 0 ? "no schedules" : string.Join(", ", said))}";
    }

    private string Part(ApplyAct act, string word) => Lines.Count(line => line.Act == act) is > 0 and var count ? $"{count} {word}" : "";
}
