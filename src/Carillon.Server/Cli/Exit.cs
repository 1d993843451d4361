namespace Carillon.Server.Cli;

/// <summary>How the program ends; <c>docs/cli.md</c> prints this table.</summary>
internal static class Exit
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Ok = 0;

    /// <summary>It failed, or the answer is no: a job that did not succeed, trouble that the doctor found.</summary>
    public const int Failed = 1;

    /// <summary>The command line or what it handed over cannot be understood or taken.</summary>
    public const int BadInput = 2;

    /// <summary>No server answers at the address.</summary>
    public const int NotReachable = 3;

    /// <summary>There is no such job, schedule, queue, key or file.</summary>
    public const int NotFound = 4;

    /// <summary>The key is missing, unknown or has too small a role.</summary>
    public const int NotAllowed = 5;

    /// <summary>The configuration was refused and nothing was started (<c>EX_CONFIG</c> of sysexits).</summary>
    public const int Configuration = 78;
}
