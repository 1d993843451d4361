using System.Text;

namespace Carillon.Language;

/// <summary>
/// Where <c>H</c> falls: 64-bit FNV-1a over the UTF-8 bytes of the schedule's name and then one byte for the field (0 second, 1 minute, 2 hour,
/// 3 day of month, 4 month, 5 day of week), its upper half xor'ed onto its lower, modulo the number of values. Published and held by a test:
/// an upgrade must not move anybody's nights.
/// </summary>
internal static class CronHash
{
    /// <summary>A number from 0 up to, not including, <paramref name="count"/>.</summary>
    public static int Of(string name, int field, int count)
    {
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var part in Encoding.UTF8.GetBytes(name)) hash = Mix(hash, part);
        hash = Mix(hash, (byte)field);
        return (int)((uint)(hash ^ (hash >> 32)) % (uint)count);
    }

    private static ulong Mix(ulong hash, byte part) => unchecked((hash ^ part) * 1_099_511_628_211UL);
}
