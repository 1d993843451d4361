using Carillon.Server.Cli;

namespace Carillon.Tests.Server;

public sealed class ProblemTests
{
    [Fact]
    public void A_single_fault_is_told_once()
    {
        var text = Problem.Read("""{"detail":"state (bogus): must be one of …","errors":[{"field":"state","value":"bogus","message":"must be one of …"}]}""");

        Assert.Equal("state (bogus): must be one of …", text);
    }

    [Fact]
    public void Several_faults_stand_below_what_they_amount_to()
    {
        var text = Problem.Read("""{"detail":"2 faults.","errors":[{"field":"a","message":"is required"},{"field":"b","value":"1","message":"is odd"}]}""");

        Assert.Equal(["2 faults.", "  a: is required", "  b (1): is odd"], text!.Split(Environment.NewLine));
    }
}
