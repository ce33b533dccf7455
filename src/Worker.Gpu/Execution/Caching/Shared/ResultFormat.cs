using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.IO.Hashing;
using MessagePack;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>
/// Writes outputs of nodes as bytes: a checksum (XXH128), then MessagePack. Null, booleans, integers of 64 bits, floats and texts stand
/// as they are; anything else is an array of a name and its content, where the name is a codec's or one of this class.
/// </summary>
/// <param name="codecs">The types beyond JSON's.</param>
internal sealed class ResultFormat(IEnumerable<IValueCodec> codecs)
{
    /// <summary>Belongs to the names of results, so that builds which write otherwise do not meet.</summary>
    public const int Version = 1;

    private const int ChecksumSize = 16;
    private const string List = "list";
    private const string Dictionary = "dict";
    private const string Big = "int";

    // What comes from the farm is checked by its checksum; this bounds what a broken writer could do.
    private static readonly MessagePackSecurity Security = MessagePackSecurity.UntrustedData;

    private readonly FrozenDictionary<Type, IValueCodec> _byType = codecs.ToFrozenDictionary(codec => codec.Type);
    private readonly FrozenDictionary<string, IValueCodec> _byName = codecs.ToFrozenDictionary(codec => codec.Name, StringComparer.Ordinal);

    /// <summary>The bytes of outputs; null when they hold something that has no codec.</summary>
    public byte[]? Write(IReadOnlyList<IReadOnlyList<object?>> outputs)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Write(stackalloc byte[ChecksumSize]);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(outputs.Count);
        foreach (var slot in outputs)
        {
            if (!WriteAll(ref writer, slot))
                return null;
        }
        writer.Flush();
        var bytes = buffer.WrittenSpan.ToArray();
        XxHash128.Hash(bytes.AsSpan(ChecksumSize), bytes);
        return bytes;
    }

    /// <summary>The outputs that <see cref="Write(IReadOnlyList{IReadOnlyList{object}})"/> wrote.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or written by a worker that has other types.</exception>
    public IReadOnlyList<IReadOnlyList<object?>> Read(byte[] bytes)
    {
        if (bytes.Length < ChecksumSize || !XxHash128.Hash(bytes.AsSpan(ChecksumSize)).AsSpan().SequenceEqual(bytes.AsSpan(0, ChecksumSize)))
            throw new InvalidDataException("the checksum is wrong");
        try
        {
            var reader = new MessagePackReader(bytes.AsMemory(ChecksumSize));
            var outputs = new IReadOnlyList<object?>[reader.ReadArrayHeader()];
            for (var slot = 0; slot < outputs.Length; slot++)
                outputs[slot] = ReadAll(ref reader);
            return outputs;
        }
        catch (Exception damage) when (damage is MessagePackSerializationException or EndOfStreamException or InsufficientExecutionStackException or FormatException)
        {
            throw new InvalidDataException(damage.Message, damage);
        }
    }

    /// <summary>Writes a value; false when it has no codec.</summary>
    public bool WriteValue(ref MessagePackWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNil();
                return true;
            case bool truth:
                writer.Write(truth);
                return true;
            case long number:
                writer.Write(number);
                return true;
            case double number:
                writer.Write(number);
                return true;
            case float number:
                writer.Write(number);
                return true;
            case string text:
                writer.Write(text);
                return true;
            case BigInteger number:
                Begin(ref writer, Big);
                writer.Write(number.ToString(CultureInfo.InvariantCulture));
                return true;
            default:
                return WriteObject(ref writer, value);
        }
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public object? ReadValue(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                return null;
            case MessagePackType.Boolean:
                return reader.ReadBoolean();
            case MessagePackType.Integer:
                return reader.ReadInt64();
            case MessagePackType.Float:
                return reader.NextCode == MessagePackCode.Float32 ? (object)reader.ReadSingle() : reader.ReadDouble();
            case MessagePackType.String:
                return reader.ReadString();
            case MessagePackType.Array:
                return ReadObject(ref reader);
            default:
                throw new InvalidDataException($"there is a {reader.NextMessagePackType}");
        }
    }

    private bool WriteObject(ref MessagePackWriter writer, object value)
    {
        if (_byType.TryGetValue(value.GetType(), out var codec))
        {
            Begin(ref writer, codec.Name);
            return codec.Write(ref writer, value, this);
        }
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> members:
                Begin(ref writer, Dictionary);
                return WriteMembers(ref writer, members);
            case IReadOnlyList<object?> list:
                Begin(ref writer, List);
                return WriteAll(ref writer, list);
            default:
                return false;
        }
    }

    /// <summary>Writes members as a map.</summary>
    public bool WriteMembers(ref MessagePackWriter writer, IReadOnlyDictionary<string, object?> members)
    {
        writer.WriteMapHeader(members.Count);
        foreach (var (name, member) in members)
        {
            writer.Write(name);
            if (!WriteValue(ref writer, member))
                return false;
        }
        return true;
    }

    /// <summary>Reads members, in order.</summary>
    public OrderedDictionary<string, object?> ReadMembers(ref MessagePackReader reader)
    {
        var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
            members[reader.ReadString() ?? ""] = ReadValue(ref reader);
        return members;
    }

    private bool WriteAll(ref MessagePackWriter writer, IReadOnlyList<object?> list)
    {
        writer.WriteArrayHeader(list.Count);
        foreach (var value in list)
        {
            if (!WriteValue(ref writer, value))
                return false;
        }
        return true;
    }

    private List<object?> ReadAll(ref MessagePackReader reader)
    {
        var list = new List<object?>();
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
            list.Add(ReadValue(ref reader));
        return list;
    }

    private object ReadObject(ref MessagePackReader reader)
    {
        Security.DepthStep(ref reader);
        reader.ReadArrayHeader();
        var name = reader.ReadString() ?? "";
        object value = name switch
        {
            List => ReadAll(ref reader),
            Dictionary => ReadMembers(ref reader),
            Big => BigInteger.Parse(reader.ReadString() ?? "", CultureInfo.InvariantCulture),
            _ when _byName.TryGetValue(name, out var codec) => codec.Read(ref reader, this),
            _ => throw new InvalidDataException($"there is no type '{name}' here"),
        };
        reader.Depth--;
        return value;
    }

    private static void Begin(ref MessagePackWriter writer, string name)
    {
        writer.WriteArrayHeader(2);
        writer.Write(name);
    }
}
