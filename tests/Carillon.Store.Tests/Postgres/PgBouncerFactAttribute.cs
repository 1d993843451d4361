namespace Carillon.Store.Tests.Postgres;

/// <summary>A test that needs PgBouncer; passed over where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PgBouncerFactAttribute : FactAttribute
{
    public PgBouncerFactAttribute() =>
        Skip = PgBouncer.Program is null ? "pgbouncer is not installed. On Debian or Ubuntu: sudo apt-get install pgbouncer" : null;
}
