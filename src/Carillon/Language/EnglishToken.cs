namespace Carillon.Language;

/// <summary>The units of time that English counts in.</summary>
internal enum EnglishUnit
{
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>A word, number or sign, and where it stands.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Value">The number, the bits of the weekdays (Sunday lowest), the month, the unit, the second of the day; −1 for a time that no clock shows.</param>
internal readonly record struct EnglishToken(EnglishKind Kind, int Position, int Length, int Value)
{
    public int End => Position + Length;

    public EnglishUnit Unit => (EnglishUnit)Value;

    public bool IsUnit(EnglishUnit unit) => Kind == EnglishKind.Unit && Unit == unit;
}
