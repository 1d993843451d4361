using Carillon.Generators.Model;
using Carillon.Language;
using Microsoft.CodeAnalysis;

namespace Carillon.Generators.Reading;

/// <summary>Reads the name and the settings of [Handles] and checks them by the limits of JobRules.</summary>
internal sealed class OptionsReader(AttributeReader attribute, List<Problem> problems)
{
    private const int MaxNameLength = 200;
    private const int MaxAttempts = 1_000;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(7);

    /// <summary>The handler's name; null where it cannot be one.</summary>
    public string? ReadName()
    {
        var name = attribute.First;
        if (FaultOf(name) is not { } fault)
        {
            return name;
        }

        problems.Add(Problem.Of(Rules.Name, attribute.FirstPlace, Shown.Of(name ?? ""), fault));
        return null;
    }

    /// <summary>The settings; those that are out of range are left out.</summary>
    public OptionsModel Read() => new()
    {
        Description = attribute.Get<string>("Description"),
        Queue = ReadQueue(),
        MaxConcurrent = ReadCount("MaxConcurrent", int.MaxValue, "for no limit"),
        Attempts = ReadCount("Attempts", MaxAttempts, "for the host's policy"),
        TimeoutTicks = ReadTimeout().Ticks,
        KeepFinishedTicks = ReadKeepFinished(),
        NeverRetry = new EquatableArray<string>(ReadNeverRetry()),
    };

    internal static string? FaultOf(string? name) => name switch
    {
        null or "" => "is empty",
        { Length: > MaxNameLength } => $"has {name.Length} characters, but at most {MaxNameLength} are allowed",
        _ when name.Trim() != name => "has blanks at its ends",
        _ when name.Any(static letter => char.IsControl(letter) || letter is '\u2028' or '\u2029') => "holds control characters",
        _ when !IsWellFormed(name) => "holds half a surrogate pair",
        _ => null,
    };

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    private string? ReadQueue()
    {
        var queue = attribute.Get<string>("Queue");
        if (queue is null || FaultOf(queue) is not { } fault)
        {
            return queue;
        }

        Refuse("Queue", $"'{Shown.Of(queue)}'", $"{fault}; write a name such as \"mail\"");
        return null;
    }

    private int ReadCount(string name, int max, string meaningOfZero)
    {
        var count = attribute.Get<int>(name);
        if (count >= 0 && count <= max)
        {
            return count;
        }

        Refuse(name, $"{count}", $"must be from 1 to {max}, or 0 {meaningOfZero}");
        return 0;
    }

    private TimeSpan ReadTimeout()
    {
        if (attribute.Get<string>("Timeout") is not { } text)
        {
            return default;
        }

        if (!Durations.TryParse(text, out var timeout, out var error))
        {
            Refuse("Timeout", $"'{Shown.Of(text)}'", $"cannot be read: {error.Message}");
        }
        else if (timeout <= TimeSpan.Zero || timeout > LongestTimeout)
        {
            Refuse("Timeout", $"'{Shown.Of(text)}'", "must be more than 0s and at most 7d");
            return default;
        }

        return timeout;
    }

    private long? ReadKeepFinished()
    {
        if (attribute.Get<string>("KeepFinished") is not { } text)
        {
            return null;
        }

        if (Durations.TryParse(text, out var kept, out var error))
        {
            return kept.Ticks;
        }

        Refuse("KeepFinished", $"'{Shown.Of(text)}'", $"cannot be read: {error.Message}");
        return null;
    }

    private IEnumerable<string> ReadNeverRetry()
    {
        foreach (var type in attribute.Types("NeverRetry"))
        {
            if (IsException(type))
            {
                yield return Names.Code(type);
            }
            else if (type.TypeKind != TypeKind.Error)
            {
                Refuse("NeverRetry", Names.Shown(type), "must be a type of exception");
            }
        }
    }

    private static bool IsException(ITypeSymbol? type) => type is not null && (Names.Of(type) == "System.Exception" || IsException(type.BaseType));

    private void Refuse(string name, string value, string fault) => problems.Add(Problem.Of(Rules.Option, attribute.PlaceOf(name), name, value, fault));
}
