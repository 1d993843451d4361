using Carillon.EndToEnd.Tests.Running;
using Carillon.Tests.Servers;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>What <c>carillon doctor</c> says of a server that is well.</summary>
public sealed class DoctorTests
{
    // The server names its database without user and password: found by a doctor that logged in as the one who asked.
    [Fact]
    public async Task A_database_that_only_the_server_can_log_in_to_is_no_trouble()
    {
        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(await PostgresServer.AddressOfAsync(PostgresServer.NewSchema())));

        await using var doctor = ServerProcess.Launch(new ServerStart("Carillon.Server", ["doctor", "--server", server.Api.Address.ToString()]));

        Assert.Equal(0, await doctor.ExitAsync());
        Assert.Contains("is open in the running server", doctor.Output.Text, StringComparison.Ordinal);
    }
}
