namespace Carillon.EndToEnd.Tests.Wires;

/// <summary>How a commit is cut off.</summary>
internal enum CommitFault
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Before the server hears of it: nothing is applied.</summary>
    Unapplied,

    /// <summary>The server commits, and its answer never comes.</summary>
    Applied,
}
