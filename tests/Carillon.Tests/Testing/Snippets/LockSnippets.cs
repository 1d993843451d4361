using Carillon.Locks;

namespace Carillon.Tests.Testing.Snippets;

internal interface IArchive
{
    Task WriteAsync(string text, long fence, CancellationToken cancellationToken);
}

// What docs/locks.md shows: compiled here, and compared by DocumentationTests.
internal sealed class LockSnippets(LockClient locks, IArchive archive)
{
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        await using var held = await locks.AcquireAsync("archive/2026", cancellationToken);
        await archive.WriteAsync("everything", fence: held.Token, held.Lost);
    }
}
