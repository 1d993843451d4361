namespace Carillon.Server.Checks;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>In order.</summary>
    Ok,

    /// <summary>Works, but something will surprise.</summary>
    Warning,

    /// <summary>Does not work.</summary>
    Trouble,
}

/// <summary>One thing that the doctor looked at.</summary>
/// <param name="Severity">How bad.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">What to do; null when nothing need be done.</param>
internal sealed record Finding(Severity Severity, string Subject, string Text, string? Fix = null);
