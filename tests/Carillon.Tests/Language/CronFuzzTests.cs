using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Carillon.Language;
using Xunit.Abstractions;

namespace Carillon.Tests.Language;

/// <summary>
/// Random bytes and maimed expressions: nothing crashes, nothing hangs, and nothing is read that <see cref="SlowCron"/>'s patterns exclude.
/// A short slice in the normal run; <c>./test fuzz --minutes 5</c> goes on with a new seed, which it prints.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class CronFuzzTests(ITestOutputHelper output)
{
    private const string Letters = "0123456789 \t*/,-?LWH#()lwhMONfriJAN@=:.{}\"TZ_٣é\0\n";
    private static readonly string[] Dialects = ["unix", "cronos", "quartz"];
    private static readonly string[] Words =
    [
        "@daily", "@every 5m", "@every", "@reboot", "@@", "CRON_TZ=UTC", "TZ=Europe/Berlin", "TZ=", "CRON_TZ=Nowhere", "L-", "LW-", "MON#", "FRI/2", "99999999999999999999", "-", "*/", "H(", "H(1-5)/2", "1970-2199",
        "every", "after end", "2027-01-31T09:00", "weekday", "at", "noon", "on the last friday", "and", "{\"hours\":1}", "(((", "0/0", "\u2028", "🎉",
    ];

    [Fact]
    public void No_text_crashes_hangs_or_is_read_against_the_grammar()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CARILLON_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("CARILLON_FUZZ_MINUTES"), CultureInfo.InvariantCulture, out var span) ? span : 0;
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        var texts = 0L;
        while (texts < 20_000 || watch.Elapsed.TotalMinutes < minutes)
        {
            var text = Text(random);
            var dialect = Dialects[random.Next(3)];
            try
            {
                CheckCron(text, dialect);
                CheckOther(text, random);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}, text {texts}, {dialect}: {JsonSerializer.Serialize(text)}: {fault.Message}", fault);
            }

            texts++;
        }

        var report = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {texts} texts in {watch.Elapsed.TotalSeconds:0} s, none crashed, hung or was read against the grammar");
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("CARILLON_FUZZ_REPORT") is { Length: > 0 } path) File.WriteAllText(path, report + "\n");
    }

    private static void CheckCron(string text, string dialect)
    {
        var asked = new RecurrenceText(RecurrenceForm.Cron, text, dialect, "job");
        var isRead = Quickly(() => Recurrence.TryParse(asked, out _, out _));
        Assert.Equal(isRead, Recurrence.TryParse(asked, out var recurrence, out var error));
        Assert.Equal(IsCron(text, dialect), isRead);
        if (error is not null)
        {
            Assert.InRange(error.Position, 0, text.Length);
            Assert.InRange(error.Length, 0, text.Length - error.Position);
            return;
        }

        AssertWhole(recurrence!);
        Assert.Equal(recurrence, Recurrence.Parse(new RecurrenceText(recurrence!.Form, recurrence.ToString(), recurrence.Dialect, "job")));
        Assert.Equal(recurrence, JsonSerializer.Deserialize<Recurrence>(JsonSerializer.Serialize(recurrence)));
    }

    private static void CheckOther(string text, Random random)
    {
        foreach (var form in new[] { RecurrenceForm.Every, RecurrenceForm.At, RecurrenceForm.Text })
        {
            var asked = new RecurrenceText(form, text);
            if (!Quickly(() => Recurrence.TryParse(asked, out _, out _))) continue;
            AssertWhole(Recurrence.Parse(asked).AnchoredAt(DateTimeOffset.UnixEpoch.AddDays(random.Next(40_000))));
        }
    }

    private static void AssertWhole(Recurrence recurrence)
    {
        Assert.NotEmpty(recurrence.Explain());
        Assert.NotEmpty(recurrence.ExplainFields());
        Assert.NotNull(recurrence.Warnings);
        Assert.True(Zones.TryFind("Africa/Casablanca", out var zone, out _));
        foreach (var from in new[] { DateTimeOffset.MinValue, LanguageCases.Instant("2026-03-22T01:30Z"), LanguageCases.Instant("2199-12-31T00:00Z"), DateTimeOffset.MaxValue })
        {
            Quickly(() => recurrence.Next(from, zone) is not null);
            Quickly(() => recurrence.Previous(from, zone) is not null);
        }
    }

    /// <summary>By the slow patterns: a zone in front, macros, then the fields.</summary>
    private static bool IsCron(string text, string dialect)
    {
        if (text.Length is 0 or > Recurrence.MaxLength) return false;
        var rest = text.TrimStart(' ', '\t');
        var prefix = new[] { "CRON_TZ=", "TZ=" }.FirstOrDefault(start => rest.StartsWith(start, StringComparison.OrdinalIgnoreCase));
        if (prefix is not null)
        {
            var words = rest[prefix.Length..].Split([' ', '\t'], 2);
            if (!Zones.TryFind(words[0], out _, out _)) return false;
            rest = words.Length > 1 ? words[1] : "";
        }

        rest = rest.Trim(' ', '\t');
        if (rest.Equals("@reboot", StringComparison.OrdinalIgnoreCase)) return prefix is null;
        if (rest.Split(' ', '\t')[0].Equals("@every", StringComparison.OrdinalIgnoreCase))
        {
            return prefix is null && Durations.TryParse(rest[6..].Replace('\t', ' '), out var every, out _) && every >= TimeSpan.FromMilliseconds(100);
        }

        return SlowCron.Read(rest, dialect, "job") is not null;
    }

    private static string Text(Random random)
    {
        if (random.Next(5) == 0) return new string([.. Enumerable.Range(0, random.Next(random.Next(8) == 0 ? 300 : 40)).Select(_ => Letter(random))]);
        var text = random.Next(8) == 0 ? string.Join(' ', Enumerable.Range(0, random.Next(1, 8)).Select(_ => Words[random.Next(Words.Length)])) : RandomCron.Expression(random, Dialects[random.Next(3)]);
        for (var changes = random.Next(5); changes > 0; changes--) text = Maim(text, random);
        return text;
    }

    private static string Maim(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(7) switch
        {
            0 => text.Insert(at, Letter(random).ToString()),
            1 => text.Insert(at, Words[random.Next(Words.Length)]),
            2 or 3 when at < text.Length => text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at)),
            4 when at < text.Length => $"{text[..at]}{Letter(random)}{text[(at + 1)..]}",
            5 => text[at..] + " " + text[..at],
            _ => text.Insert(at, text[..random.Next(text.Length + 1)]),
        };
    }

    private static char Letter(Random random) => random.Next(12) == 0 ? (char)random.Next(char.MaxValue) : Letters[random.Next(Letters.Length)];

    // A pause of the machine is no hang: what was slow once is asked again.
    private static bool Quickly(Func<bool> work)
    {
        for (var left = 5; ; left--)
        {
            var begin = Stopwatch.GetTimestamp();
            var answer = work();
            if (Stopwatch.GetElapsedTime(begin).TotalMilliseconds <= 50) return answer;
            Assert.True(left > 1, "over 50 ms, five times");
        }
    }
}
