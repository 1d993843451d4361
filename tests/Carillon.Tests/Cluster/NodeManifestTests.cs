using Carillon.Cluster;

namespace Carillon.Tests.Cluster;

public sealed class NodeManifestTests
{
    private static readonly DateTimeOffset Noon = new(2027, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_node_tells_of_a_handler_is_read_as_it_was_written()
    {
        var handler = new HandlerManifest("mail.send", "Sends", "mails", 4, true, """{"type":"object"}""") { KeepFinished = TimeSpan.FromDays(30) };

        var read = NodeManifest.Parse(new NodeManifest("ada", "1.0.0", 7, Noon, 10, [handler, new HandlerManifest("x", null, null, null, false, null)]).ToJson());

        Assert.Equal([handler, new HandlerManifest("x", null, null, null, false, null)], read!.Handlers);
    }

    [Fact]
    public void An_older_node_does_not_tell_how_long_its_jobs_are_kept()
    {
        const string Older = """
            {"node":"ada","version":"0.9.0","processId":7,"startedAt":"2027-01-01T12:00:00+00:00","slots":10,"handlers":[{"name":"mail.send","maxConcurrent":4,"isPrivileged":false}],"roles":"All"}
            """;

        Assert.Equal(new HandlerManifest("mail.send", null, null, 4, false, null), Assert.Single(NodeManifest.Parse(Older)!.Handlers));
    }
}
