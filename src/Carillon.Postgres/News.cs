using System.Threading.Channels;

namespace Carillon.Postgres;

/// <summary>Tells one sleeper that something is new; what comes while it is awake counts as one.</summary>
internal sealed class News
{
    private readonly Channel<bool> _open = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Tell() => _open.Writer.TryWrite(true);

    /// <summary>Waits until there is something; it stays until it is taken.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _open.Reader.WaitToReadAsync(cancellationToken).AsTask();

    /// <summary>From here on only what is newer counts.</summary>
    public void Take() => _open.Reader.TryRead(out _);
}
