using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Carillon.EndToEnd.Tests.Running;

namespace Carillon.EndToEnd.Tests.Serving;

/// <summary>A damaged database file: the server does not start, names it, and leaves it as it is.</summary>
public sealed class DamagedFileTests(SoundFile sound) : IClassFixture<SoundFile>, IDisposable
{
    private const int PageSize = 8192;
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("cut inside the header")]
    [InlineData("garbage in the header")]
    [InlineData("cut in half")]
    [InlineData("zeroes")]
    [InlineData("a page overwritten, 1")]
    [InlineData("a page overwritten, 2")]
    [InlineData("a page overwritten, 3")]
    public async Task It_is_refused_by_name_and_not_touched(string damage)
    {
        Write(file => Damage(file, damage));
        var before = Hash();

        await using var server = ServerProcess.Launch(ServerStart.Serve(_directory.Database));
        Assert.Equal(78, await server.ExitAsync());

        Assert.Contains(_directory.Database, server.Output.Text, StringComparison.Ordinal);
        Assert.Equal(before, Hash());
    }

    // SQLite's own check passes over pages that hold nothing; such damage shows at the first write that wants to use one.
    [Fact]
    public async Task Damage_to_a_page_that_holds_nothing_makes_the_server_not_ready_and_no_write_is_accepted()
    {
        Write(file => Overwrite(file, PageSize * (long)(FreePage(file) - 1), PageSize, seed: 1));
        var before = Hash();

        await using var server = await ServerProcess.StartAsync(ServerStart.Serve(_directory.Database));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Api.GetAsync("/health/ready")).Status);
        Assert.Equal(500, (await server.Api.ListAsync("/api/v1/jobs?state=pending")).Count);
        var bulk = string.Join(',', Enumerable.Repeat("""{"handler":"heartbeat","delay":"1h"}""", 1000));
        var answer = await server.Api.PostAsync("/api/v1/jobs/bulk", $"[{bulk}]");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.Status, answer.Type));
        Assert.Contains($"{_directory.Database} is damaged", server.Output.Text, StringComparison.Ordinal);
        await server.KillAsync();
        Assert.Equal(before, Hash());
    }

    private void Write(Action<FileStream> damage)
    {
        File.Copy(sound.Path, _directory.Database);
        using var file = new FileStream(_directory.Database, FileMode.Open);
        damage(file);
    }

    private static void Damage(FileStream file, string damage)
    {
        var pages = file.Length / PageSize;
        switch (damage)
        {
            case "cut inside the header":
                file.SetLength(50);
                break;
            case "garbage in the header":
                Overwrite(file, 0, 100, seed: 7);
                break;
            case "cut in half":
                file.SetLength(pages / 2 * PageSize);
                break;
            case "zeroes":
                file.Write(new byte[file.Length]);
                break;
            default:
                var (seed, free) = (int.Parse(damage.Split(", ")[1], CultureInfo.InvariantCulture), FreePage(file));
                var page = new Random(seed).NextInt64(2, pages);
                Overwrite(file, PageSize * ((page == free ? page + 1 : page) - 1), PageSize, seed);
                break;
        }
    }

    // Bytes 32 to 35 of the header: the first page of the list of free ones.
    private static int FreePage(FileStream file)
    {
        var header = new byte[100];
        file.Position = 0;
        file.ReadExactly(header);
        return BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(32));
    }

    private static void Overwrite(FileStream file, long offset, int length, int seed)
    {
        var garbage = new byte[length];
        new Random(seed).NextBytes(garbage);
        file.Position = offset;
        file.Write(garbage);
    }

    private string Hash() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_directory.Database)));
}
