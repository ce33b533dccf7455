using System.Buffers.Binary;
using System.Text;

namespace Farm.Worker.Imaging.Webp;

/// <summary>Writes an EXIF block (a big-endian TIFF directory) of ASCII texts.</summary>
internal static class ExifWriter
{
    private const int HeaderSize = 8;
    private const int EntrySize = 12;
    private const ushort Ascii = 2;

    /// <summary>The block; letters beyond ASCII become question marks.</summary>
    public static byte[] Write(IEnumerable<KeyValuePair<ushort, string>> texts)
    {
        var entries = texts.OrderBy(entry => entry.Key).ToArray();
        var directory = new byte[HeaderSize + 2 + entries.Length * EntrySize + 4];
        "MM\0*"u8.CopyTo(directory);
        BinaryPrimitives.WriteInt32BigEndian(directory.AsSpan(4), HeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(directory.AsSpan(HeaderSize), (ushort)entries.Length);
        var values = new MemoryStream();
        for (var i = 0; i < entries.Length; i++)
        {
            byte[] value = [.. Encoding.ASCII.GetBytes(entries[i].Value), 0];
            var entry = directory.AsSpan(HeaderSize + 2 + i * EntrySize);
            BinaryPrimitives.WriteUInt16BigEndian(entry, entries[i].Key);
            BinaryPrimitives.WriteUInt16BigEndian(entry[2..], Ascii);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], value.Length);
            if (value.Length <= 4)
            {
                value.CopyTo(entry[8..]);
                continue;
            }
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], directory.Length + (int)values.Length);
            values.Write(value);
            if (value.Length % 2 == 1) values.WriteByte(0);
        }
        return [.. directory, .. values.ToArray()];
    }
}
