namespace Carillon.Access;

/// <summary>What a caller may do; each role may do what the one before it may.</summary>
public enum Role
{
    /// <summary>Reads; no secrets.</summary>
    Viewer,

    /// <summary>Enqueues, triggers, retries, cancels, pauses and resumes.</summary>
    Operator,

    /// <summary>Writes schedules, keys and settings.</summary>
    Admin,
}
