namespace Carillon.Language;

/// <summary>A time of day as it was written.</summary>
/// <param name="Token">Its first word.</param>
/// <param name="Seconds">Since midnight.</param>
/// <param name="HasMeridiem">With am or pm.</param>
/// <param name="IsBare">An hour of at most 12 without anything: 24-hour clock, unless another time says am or pm.</param>
internal sealed record EnglishClockTime(EnglishToken Token, int Seconds, bool HasMeridiem, bool IsBare);
