using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Farm.Worker.Execution.Caching;

/// <summary>
/// Writes values so that equal ones give equal bytes. They compare as in Python: 1, 1.0 and true are equal, objects are unordered.
/// </summary>
internal abstract class CanonicalWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>What follows.</summary>
    protected enum Tag : byte
    {
        Null,
        Integer,
        BigInteger,
        Float,
        Text,
        List,
        Object,
        Link,
        Unique,
        Opaque,
        NodeId,
        Fingerprint,
    }

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    protected ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Begins anew.</summary>
    protected void Clear() => _buffer.ResetWrittenCount();

    /// <summary>Inputs in the order in which they are written.</summary>
    protected static IEnumerable<T> InNameOrder<T>(IReadOnlyCollection<T> inputs, Func<T, string> name) =>
        inputs.Count < 2 ? inputs : inputs.OrderBy(name, StringComparer.Ordinal);

    /// <summary>Writes a NaN, which equals nothing.</summary>
    protected abstract void WriteNaN();

    /// <summary>Writes an object that JSON does not know.</summary>
    protected abstract void WriteOpaque(object value);

    /// <summary>Writes a value.</summary>
    protected void WriteValue(object? value)
    {
        switch (value)
        {
            case null:
                Write(Tag.Null);
                break;
            case string text:
                Write(Tag.Text);
                WriteText(text);
                break;
            case bool truth:
                WriteInteger(truth ? 1 : 0);
                break;
            case int or long or ulong or BigInteger:
                WriteInteger(value switch { int i => i, long l => l, ulong u => u, _ => (BigInteger)value });
                break;
            case float or double:
                WriteFloat(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case IReadOnlyDictionary<string, object?> members:
                WriteObject(members);
                break;
            case IReadOnlyList<object?> list:
                Write(Tag.List);
                WriteNumber(list.Count);
                foreach (var element in list)
                    WriteValue(element);
                break;
            default:
                WriteOpaque(value);
                break;
        }
    }

    /// <summary>Writes a tag.</summary>
    protected void Write(Tag tag)
    {
        _buffer.GetSpan(1)[0] = (byte)tag;
        _buffer.Advance(1);
    }

    /// <summary>Writes bytes as they are.</summary>
    protected void WriteBytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Writes eight bytes.</summary>
    protected void WriteNumber(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), number);
        _buffer.Advance(sizeof(long));
    }

    /// <summary>Writes a text with its length.</summary>
    protected void WriteText(string text)
    {
        WriteNumber(text.Length);
        Encoding.UTF8.GetBytes(text, _buffer);
    }

    private void WriteObject(IReadOnlyDictionary<string, object?> members)
    {
        Write(Tag.Object);
        WriteNumber(members.Count);
        foreach (var (name, value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            WriteText(name);
            WriteValue(value);
        }
    }

    private void WriteFloat(double number)
    {
        if (double.IsNaN(number))
        {
            WriteNaN();
        }
        else if (double.IsInteger(number))
        {
            WriteInteger(new BigInteger(number));
        }
        else
        {
            Write(Tag.Float);
            WriteNumber(BitConverter.DoubleToInt64Bits(number));
        }
    }

    private void WriteInteger(BigInteger number)
    {
        if (number >= long.MinValue && number <= long.MaxValue)
        {
            Write(Tag.Integer);
            WriteNumber((long)number);
            return;
        }
        Write(Tag.BigInteger);
        WriteText(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
