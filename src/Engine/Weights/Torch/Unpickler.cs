using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Farm.Engine.Weights;

/// <summary>A name that a pickle asks to import. Nothing is imported: it only tells what a reduction stands for.</summary>
internal sealed record PickleGlobal(string Module, string Name);

/// <summary>An object of a class that is not known; kept as what it was made from, never run.</summary>
internal sealed class PickleObject(object? callee, IReadOnlyList<object?> arguments)
{
    public object? Callee { get; } = callee;

    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>What the pickle set on it.</summary>
    public object? State { get; set; }
}

/// <summary>
/// Python's pickle format, protocols 0 to 4, as far as torch.save uses it, without Python's dangers: names are never imported and nothing is
/// called but what <paramref name="reduce"/> knows. Depth, sizes and counts are bounded by the file's length.
/// </summary>
/// <param name="stream">Where the pickle is.</param>
/// <param name="reduce">What a call stands for; null keeps it as a <see cref="PickleObject"/>.</param>
/// <param name="persistent">What a persistent id stands for.</param>
internal sealed class Unpickler(Stream stream, Func<PickleGlobal, IReadOnlyList<object?>, object?> reduce, Func<object?, object?> persistent)
{
    private const int MaxItems = 50_000_000;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = new();
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>The object of the next pickle in the stream.</summary>
    /// <exception cref="WeightsFormatException">The pickle is damaged or uses what model files never do.</exception>
    public object? Load()
    {
        try
        {
            while (true)
            {
                var code = stream.ReadByte();
                if (code < 0) throw new WeightsFormatException("the pickle is cut off");
                if (code == '.') return Pop();
                Execute((char)code);
                if (_stack.Count > MaxItems) throw new WeightsFormatException("the pickle holds too many objects");
            }
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or FormatException or OverflowException or InvalidOperationException or KeyNotFoundException or EndOfStreamException)
        {
            throw new WeightsFormatException($"the pickle is damaged: {e.Message}", e);
        }
    }

    private void Execute(char code)
    {
        if (!Scalar(code) && !Container(code) && !Memo(code) && !Call(code))
            throw new WeightsFormatException($"the pickle uses the operation 0x{(int)code:x2}, which model files never do");
    }

    private bool Scalar(char code)
    {
        switch (code)
        {
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
            case 'K': Push((long)Bytes(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
            case '\x8a': Push(Integer(Bytes(Bytes(1)[0]))); break;
            case 'I': Push(Line() switch { "00" => false, "01" => true, var text => (object)long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) }); break;
            case 'L': Push(Integer(BigInteger.Parse(Line().TrimEnd('L'), System.Globalization.CultureInfo.InvariantCulture).ToByteArray())); break;
            case 'F': Push(double.Parse(Line(), System.Globalization.CultureInfo.InvariantCulture)); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
            case 'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case '\x8c': Push(Text(Bytes(1)[0])); break;
            case '\x8d': Push(Text(checked((long)BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8))))); break;
            case 'U': Push(Latin(Bytes(1)[0])); break;
            case 'T': Push(Latin(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))); break;
            case 'V': Push(Line()); break;
            case 'S': Push(Line().Trim('\'', '"')); break;
            case 'C': Push(Bytes(Bytes(1)[0])); break;
            case 'B': Push(Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            default: return false;
        }
        return true;
    }

    private bool Container(char code)
    {
        switch (code)
        {
            case '(': _marks.Push(_stack.Count); break;
            case ')': Push(Array.Empty<object?>()); break;
            case 't': Push(PopToMark()); break;
            case '\x85': Push(PopMany(1)); break;
            case '\x86': Push(PopMany(2)); break;
            case '\x87': Push(PopMany(3)); break;
            case ']': Push(new List<object?>()); break;
            case 'l': Push(PopToMark().ToList()); break;
            case '}': Push(new OrderedDictionary<object, object?>()); break;
            case 'd': Push(SetItems(new OrderedDictionary<object, object?>(), PopToMark())); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(PopToMark()); break;
            case 's': SetItems(PopMany(2)); break;
            case 'u': SetItems(PopToMark()); break;
            case '\x8f': Push(new List<object?>()); break;
            case '\x90': Append(PopToMark()); break;
            case '0': Pop(); break;
            case '1': PopToMark(); break;
            case '2': Push(_stack[^1]); break;
            default: return false;
        }
        return true;
    }

    private bool Memo(char code)
    {
        switch (code)
        {
            case '\x80': Bytes(1); break;
            case '\x95': Bytes(8); break;
            case 'q': _memo[Bytes(1)[0]] = _stack[^1]; break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = _stack[^1]; break;
            case 'p': _memo[long.Parse(Line(), System.Globalization.CultureInfo.InvariantCulture)] = _stack[^1]; break;
            case '\x94': _memo[_memo.Count] = _stack[^1]; break;
            case 'h': Push(_memo[Bytes(1)[0]]); break;
            case 'j': Push(_memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))]); break;
            case 'g': Push(_memo[long.Parse(Line(), System.Globalization.CultureInfo.InvariantCulture)]); break;
            default: return false;
        }
        return true;
    }

    private bool Call(char code)
    {
        switch (code)
        {
            case 'c': Push(new PickleGlobal(Line(), Line())); break;
            case '\x93': PushNamed(PopMany(2)); break;
            case 'R' or '\x81': Reduce(PopMany(2)); break;
            case '\x92': Reduce(PopMany(3)); break;
            case 'b': Build(); break;
            case 'Q': Push(persistent(Pop())); break;
            case 'P': Push(persistent(Line())); break;
            default: return false;
        }
        return true;
    }

    private void PushNamed(object?[] names) => Push(new PickleGlobal((string)names[0]!, (string)names[1]!));

    private void Reduce(object?[] call)
    {
        var arguments = call[1] as IReadOnlyList<object?> ?? [];
        var known = call[0] is PickleGlobal global ? reduce(global, arguments) : null;
        Push(known ?? new PickleObject(call[0], arguments));
    }

    private void Build()
    {
        var state = Pop();
        if (_stack[^1] is PickleObject target) target.State = state;
    }

    private void Append(IEnumerable<object?> items)
    {
        if (_stack[^1] is List<object?> list) list.AddRange(items);
    }

    private void SetItems(object?[] items) => SetItems(_stack[^1], items);

    private static object? SetItems(object? target, object?[] items)
    {
        if (target is not OrderedDictionary<object, object?> dictionary) return target;
        for (var i = 0; i + 1 < items.Length; i += 2)
        {
            if (items[i] is { } key) dictionary[key] = items[i + 1];
        }
        return dictionary;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Pop() => PopMany(1)[0];

    private object?[] PopMany(int count)
    {
        var items = _stack.GetRange(_stack.Count - count, count).ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return items;
    }

    private object?[] PopToMark() => PopMany(_stack.Count - _marks.Pop());

    private byte[] Bytes(long count)
    {
        if (count < 0 || count > stream.Length - stream.Position) throw new WeightsFormatException("the pickle claims more bytes than there are");
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Text(long length) => Encoding.UTF8.GetString(Bytes(length));

    private string Latin(long length) => Encoding.Latin1.GetString(Bytes(length));

    private string Line()
    {
        var line = new StringBuilder();
        for (int next; (next = stream.ReadByte()) != '\n';)
        {
            if (next < 0) throw new WeightsFormatException("the pickle is cut off");
            line.Append((char)next);
        }
        return line.ToString().TrimEnd('\r');
    }

    private static object Integer(byte[] littleEndian)
    {
        var value = new BigInteger(littleEndian);
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }
}
