using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Carillon.AspNetCore.Json;
using Carillon.AspNetCore.Shapes;
using Carillon.Language;
using Carillon.Scheduling;
using Carillon.Server.Cli;

namespace Carillon.Server.Verbs;

/// <summary><c>carillon next</c>: what a recurrence means and when it fires, without a server.</summary>
internal static class NextVerb
{
    private const int MaxCount = 1_000;
    private static readonly Argument<string?> Expression = new("expression") { Description = "Cron, an interval, an instant, or English", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Form = new("--form") { Description = "How it is written: cron, every, at or text [by its looks]", HelpName = "FORM" };
    private static readonly Option<string?> Dialect = new("--dialect") { Description = "How cron is read: unix, cronos or quartz [unix]", HelpName = "NAME" };
    private static readonly Option<string?> ZoneId = new("--zone") { Description = "IANA zone by whose clocks it is read [UTC]", HelpName = "ZONE" };
    private static readonly Option<string?> From = new("--from") { Description = "Instants later than this: 2027-01-31T09:00:00+01:00, or without an offset by the zone's clocks [now]", HelpName = "INSTANT" };
    private static readonly Option<int?> Count = new("--count") { Description = "So many instants, up to 1000 [5]", HelpName = "N" };
    private static readonly Option<string?> Name = new("--name") { Description = "The schedule's name, by which H spreads", HelpName = "NAME" };
    private static readonly Option<string?> Gap = new("--gap") { Description = "A local time that the clock skips: end, shift or skip", HelpName = "WHAT" };
    private static readonly Option<string?> Repeat = new("--repeat") { Description = "A local time that it shows twice: first, last or both", HelpName = "WHICH" };
    private static readonly Option<string?> CalendarFile = new("--calendar") { Description = "Only what this calendar lets in: a file of its JSON, or an iCalendar file (.ics) whose events are left out", HelpName = "FILE" };
    private static readonly Option<string?> Shift = new("--business-day") { Description = "What falls on no business day moves: next, previous or nearest", HelpName = "WHERE" };
    private static readonly Option<bool> Batch = new("--batch") { Description = "Read questions as JSON lines from the standard input, answer a line each" };

    public static Verb Make() => new Verb("next", "What a recurrence means, and its next instants; needs no server",
            "carillon next '30 2 * * MON-FRI' --zone Europe/Berlin --from 2027-03-26T00:00 --count 3",
            "carillon next '0 0 12 ? * FRI#2' --dialect quartz",
            "carillon next 'every 90s' --json",
            "carillon next 'on the 1st at 9' --calendar holidays.ics --business-day next",
            "carillon next --batch")
        .With(Expression, Form, Dialect, ZoneId, From, Count, Name, Gap, Repeat, CalendarFile, Shift, Batch)
        .Does((session, _) => Task.FromResult(Run(session)));

    private static int Run(Session session)
    {
        if (session.Get(Batch)) return RunBatch(session);
        var text = session.Get(Expression) ?? throw new CliException(Exit.BadInput, "An expression is missing: carillon next '0 9 * * MON-FRI', or --batch.");
        var zone = ZoneOf(session.Get(ZoneId));
        var form = Choice<RecurrenceForm>("--form", session.Get(Form));
        var recurrence = Read(session, new RecurrenceText(form ?? RecurrenceGuess.FormOf(text), text, session.Get(Dialect), session.Get(Name)))
            .With(new ClockChanges(Choice<ClockGap>("--gap", session.Get(Gap)), Choice<ClockRepeat>("--repeat", session.Get(Repeat))))
            .On(CalendarText.Read(session.Get(CalendarFile)), Choice<BusinessDay>("--business-day", session.Get(Shift)));
        RefuseOther(session.Get(ZoneId), zone, recurrence.Zone);
        var count = session.Get(Count) ?? 5;
        if (count is < 1 or > MaxCount) throw new CliException(Exit.BadInput, $"--count ({count}) must be from 1 to {MaxCount}.");
        var view = PreviewView.Of(RecurrencePreview.Of(recurrence, zone, Instant(session.Get(From), recurrence.Zone ?? zone), false, count));
        return session.Answer(JsonSerializer.SerializeToElement(view, ApiJson.Wire.PreviewView), _ => Print(session.Terminal, view, form is null, session.Get(Dialect) is not null));
    }

    private static int RunBatch(Session session)
    {
        const string Example = "echo '{\"expr\":\"0 9 * * *\",\"zone\":\"Europe/Berlin\"}' | carillon next --batch";
        if (session.Get(Expression) is { } text)
        {
            throw new CliException(Exit.BadInput, $"--batch reads its questions from the standard input, so the expression ('{Shown.Of(text)}') would not be answered. Leave one of them out; in a batch it is a line: {Example}");
        }

        Option[] single = [Form, Dialect, ZoneId, From, Count, Name, Gap, Repeat, CalendarFile, Shift];
        return single.FirstOrDefault(session.IsGiven) is { } option
            ? throw new CliException(Exit.BadInput, $"{option.Name} is for a single expression; with --batch each line says its own form, dialect, zone, from, inclusive, count and name: {Example}")
            : NextBatch.Run(Console.In, session.Terminal.Out, TimeProvider.System);
    }

    private static Recurrence Read(Session session, RecurrenceText text)
    {
        if (Recurrence.TryParse(text, out var recurrence, out var error)) return recurrence;

        // The place is shown under the text, as a compiler shows it.
        session.Terminal.Note($"  {text.Text}");
        session.Terminal.Note($"  {new string(' ', error.Position)}{new string('^', Math.Max(1, error.Length))}");
        throw new CliException(Exit.BadInput, $"{error.Message}{(text.Form == RecurrenceForm.Text ? " (It was read as English; --form says otherwise.)" : "")}");
    }

    private static Zone ZoneOf(string? id) => Zones.TryFind(id ?? "UTC", out var zone, out var error) ? zone : throw new CliException(Exit.BadInput, error);

    private static void RefuseOther(string? given, Zone zone, Zone? named)
    {
        if (given is not null && named is not null && !named.Equals(zone))
        {
            throw new CliException(Exit.BadInput, $"--zone ({zone}) differs from the zone that the expression itself names ({named}); keep one of them.");
        }
    }

    private static DateTimeOffset Instant(string? given, Zone zone)
    {
        if (given is null) return DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var text = given.Length == "2027-01-31".Length ? given + "T00:00" : given;
        return Recurrence.TryParse(new RecurrenceText(RecurrenceForm.At, text), out var at, out var error) && at.Next(DateTimeOffset.MinValue, zone) is { } instant
            ? instant
            : throw new CliException(Exit.BadInput, $"--from: {error?.Message}");
    }

    private static T? Choice<T>(string option, string? given) where T : struct, Enum => given is null ? null
        : Names.TryParse<T>(given, out var value) ? value
        : throw new CliException(Exit.BadInput, $"{option}: {Names.Expected<T>(given)}");

    private static void Print(Terminal terminal, PreviewView view, bool isGuessed, bool isDialectGiven)
    {
        terminal.Line($"{view.Explanation}");
        terminal.Line($"Read as {Written(view, isGuessed, isDialectGiven)}: {view.Canonical}");
        PrintFields(terminal, view.Fields);
        terminal.Line($"Zone {view.Zone}, zone data {view.ZoneData}");
        foreach (var warning in view.Warnings) terminal.Note($"Warning: {warning}");
        terminal.Line();
        if (view.Next.Count == 0) terminal.Line("No instant comes, up to the year 2199.");
        foreach (var next in view.Next)
        {
            var local = DateTimeOffset.Parse(next.Local, CultureInfo.InvariantCulture).ToString("ddd yyyy-MM-dd HH:mm:ss.FFFFFFF zzz", CultureInfo.InvariantCulture);
            terminal.Line($"  {local,-38}{Instants.Format(next.At),-24}{next.Clock}".TrimEnd());
        }
    }

    // Where a field's meaning is what was written, once is enough.
    private static void PrintFields(Terminal terminal, IReadOnlyList<FieldExplanation> fields)
    {
        var width = Math.Clamp(fields.Where(field => field.Meaning != field.Text).Max(field => (int?)field.Text.Length) ?? 0, 16, 40) + 2;
        foreach (var field in fields)
        {
            terminal.Line($"  {field.Name,-14}{(field.Meaning == field.Text ? field.Text : $"{field.Text.PadRight(width - 2)}  {field.Meaning}")}");
        }
    }

    // The form may be guessed; the dialect never is.
    private static string Written(PreviewView view, bool isGuessed, bool isDialectGiven)
    {
        var looks = isGuessed ? " by its looks" : "";
        return view.Form switch
        {
            RecurrenceForm.Cron => $"cron{looks}, dialect {view.Dialect}{(isDialectGiven ? "" : ", the default")}",
            RecurrenceForm.Every => "an interval" + looks,
            RecurrenceForm.At => "one instant" + looks,
            _ => "English" + looks,
        };
    }
}
