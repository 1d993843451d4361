namespace Carillon.EndToEnd.Tests.Running;

/// <summary>A test that changes the clock of a process; skipped where libfaketime is not installed.</summary>
public sealed class FaketimeFactAttribute : FactAttribute
{
    public FaketimeFactAttribute()
    {
        if (FakeClock.Library is null)
        {
            Skip = "libfaketime is missing; on Debian or Ubuntu: sudo apt-get install faketime";
        }
    }
}
