using System.Runtime.InteropServices;
using System.Text;

namespace Carillon.Sqlite.Native;

/// <summary>Recently read short texts, so that a thousand jobs of one handler hold one string of its name. A full place is overwritten.</summary>
internal sealed class Names
{
    private const int Places = 512;
    private const int Longest = 64;
    private readonly (byte[] Utf8, string Text)[] _places = new (byte[], string)[Places];

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > Longest)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var place = ref _places[Hash(utf8) & (Places - 1)];
        if (place.Utf8 is null || !utf8.SequenceEqual(place.Utf8))
        {
            place = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        }

        return place.Text;
    }

    // Eight bytes at a step; names of a family differ near their ends, so the end is always in.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * 0x9E37_79B9_7F4A_7C15;
        }

        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x9E37_79B9_7F4A_7C15;
        }

        return (uint)(hash >> 40);
    }
}
