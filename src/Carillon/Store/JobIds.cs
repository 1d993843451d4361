namespace Carillon.Store;

/// <summary>
/// Makes UUIDv7 (RFC 9562 §5.7) from the given clock and chance. Within a millisecond a 42-bit counter follows the time (§6.2 method 1),
/// so the ids of one process rise strictly, also over a backward step of the clock, and insert at the end of a B-tree.
/// </summary>
internal sealed class JobIds(TimeProvider clock, Chance chance)
{
    private const long CounterLimit = 1L << 42;
    private readonly Lock _lock = new();
    private long _lastMilliseconds;
    private long _counter;

    public Guid Next()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > _lastMilliseconds)
            {
                (_lastMilliseconds, _counter) = (now, chance.NextLong() & ((CounterLimit >> 1) - 1));
            }
            else if (++_counter == CounterLimit)
            {
                (_lastMilliseconds, _counter) = (_lastMilliseconds + 1, 0);
            }

            return Make(_lastMilliseconds, _counter, chance.NextLong());
        }
    }

    /// <summary>
    /// The one id of a schedule's instant, made from both: who asks for it twice is told that it is there. Its time is the instant's, so it does
    /// not sort by when it was made.
    /// </summary>
    public static Guid Of(Guid schedule, DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[24];
        schedule.TryWriteBytes(bytes, bigEndian: true, out _);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[16..], instant.UtcTicks);
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(bytes, hash);
        var counter = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(hash) & (CounterLimit - 1);
        return Make(Math.Max(0, instant.ToUnixTimeMilliseconds()), counter, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(hash[8..]));
    }

    /// <summary>The smallest id of an instant: ids of jobs created at or after it are not below.</summary>
    public static Guid FirstAt(DateTimeOffset instant) => Make(Math.Max(0, instant.ToUnixTimeMilliseconds()), 0, 0);

    // 48 bits time | version 7 | 12 bits counter | variant 2 | 30 bits counter | 32 bits chance
    private static Guid Make(long milliseconds, long counter, long random)
    {
        var high = ((ulong)milliseconds << 16) | 0x7000UL | (ulong)(counter >> 30);
        var low = 0x8000_0000_0000_0000UL | ((ulong)(counter & 0x3FFF_FFFF) << 32) | (uint)random;
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}
