using Carillon.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Reads [Cron] and [Every].</summary>
internal sealed class ScheduleReader(List<Problem> problems)
{
    private static readonly HashSet<string> KnownZones = ReadZones();

    /// <summary>The schedules on the given symbols, and their names.</summary>
    public (EquatableArray<ScheduleModel> Schedules, EquatableArray<GivenName> Names) Read(string handler, IEnumerable<ISymbol> symbols)
    {
        var found = symbols.SelectMany(ReadAll).ToList();
        return (new(found.Select(static one => one.Schedule)), new(found.Select(one => new GivenName(one.Schedule.Name ?? handler, one.Place))));
    }

    private IEnumerable<(ScheduleModel Schedule, Place? Place)> ReadAll(ISymbol symbol) =>
        AttributeReader.On(symbol, Names.Cron).Select(ReadCron).Concat(AttributeReader.On(symbol, Names.Every).Select(ReadEvery));

    private (ScheduleModel, Place?) ReadCron(AttributeReader cron)
    {
        var (text, zone) = (cron.First ?? "", cron.Get<string>("Zone"));
        if (ScheduleText.Cron(text, FaultOfZone) is { } error)
        {
            problems.Add(Problem.Of(Rules.Cron, cron.PlaceInFirst(error.Position, error.Length), Language.Shown.Of(text), error.Message));
        }

        if (zone is not null && !KnownZones.Contains(zone))
        {
            var near = KnownZones.FirstOrDefault(known => string.Equals(known, zone, StringComparison.OrdinalIgnoreCase) || known.EndsWith("/" + zone, StringComparison.OrdinalIgnoreCase));
            problems.Add(Problem.Of(Rules.Zone, cron.PlaceOf("Zone"), Language.Shown.Of(zone), near is null ? "" : $" (did you mean '{near}'?)"));
        }

        return (new ScheduleModel(true, text, zone, ReadName(cron)), cron.PlaceOf("Name"));
    }

    private (ScheduleModel, Place?) ReadEvery(AttributeReader every)
    {
        var text = every.First ?? "";
        if (ScheduleText.Every(text) is { } error)
        {
            problems.Add(Problem.Of(Rules.Every, every.PlaceInFirst(error.Position, error.Length), Language.Shown.Of(text), error.Message));
        }

        return (new ScheduleModel(false, text, null, ReadName(every)), every.PlaceOf("Name"));
    }

    private static string? FaultOfZone(string zone) => KnownZones.Contains(zone) ? null : $"The zone '{Language.Shown.Of(zone)}' is not in the IANA list";

    private string? ReadName(AttributeReader schedule)
    {
        var name = schedule.Get<string>("Name");
        if (name is null || OptionsReader.FaultOf(name) is not { } fault)
        {
            return name;
        }

        problems.Add(Problem.Of(Rules.Option, schedule.PlaceOf("Name"), "Name", $"'{Language.Shown.Of(name)}'", $"{fault}; write a name such as \"nightly\""));
        return null;
    }

    private static HashSet<string> ReadZones()
    {
        using var stream = typeof(ScheduleReader).Assembly.GetManifestResourceStream("zones.txt")
            ?? throw new InvalidOperationException("The generator was built without its list of zones, zones.txt.");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0)];
    }
}
