using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>
/// Computes the signatures of one run. Values compare as in Python: 1, 1.0 and true are equal, objects are unordered, NaN equals
/// nothing, and an object that JSON does not know equals itself alone, in this run alone.
/// </summary>
/// <param name="graph">Where links lead.</param>
internal sealed class SignatureHasher(RunGraph graph)
{
    private static long _unique;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Dictionary<object, long> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<RunNode> _open = [];

    private enum Tag : byte
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

    /// <summary>Computes the signature of a node and of all it depends on, where they are not known yet.</summary>
    public void Compute(RunNode target)
    {
        if (target.Signature is not null)
            return;
        var stack = new Stack<RunNode>([target]);
        while (stack.TryPeek(out var node))
        {
            if (node.Signature is null && _open.Add(node) && PushSources(node, stack))
                continue;
            stack.Pop();
            node.Signature ??= Hash(node);
            _open.Remove(node);
        }
    }

    private bool PushSources(RunNode node, Stack<RunNode> stack)
    {
        var before = stack.Count;
        foreach (var input in node.Inputs)
        {
            if (input.Value is NodeLink link && graph.Find(link.NodeId) is { Signature: null } source && !_open.Contains(source))
                stack.Push(source);
        }
        return stack.Count > before;
    }

    private Signature Hash(RunNode node)
    {
        _buffer.ResetWrittenCount();
        WriteText(node.ClassType);
        if (node.Plan is { IdInSignature: true })
        {
            Write(Tag.NodeId);
            WriteText(node.Id);
        }
        if (node.Fingerprint != RunNode.NoFingerprint)
        {
            Write(Tag.Fingerprint);
            WriteValue(node.Fingerprint);
        }
        foreach (var input in InNameOrder(node.Inputs))
        {
            WriteText(input.Name);
            if (input.Value is NodeLink link)
                WriteLink(link);
            else
                WriteValue(input.Value);
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer.WrittenSpan, hash);
        return new Signature(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    private static IEnumerable<RunInput> InNameOrder(RunInput[] inputs) =>
        inputs.Length < 2 ? inputs : inputs.OrderBy(i => i.Name, StringComparer.Ordinal);

    private void WriteLink(NodeLink link)
    {
        // A source without a signature stands on a cycle: such a node never runs, so it must match nothing.
        var source = graph.Find(link.NodeId);
        if (source is { Signature: { } signature })
        {
            Write(Tag.Link);
            BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), signature.Hash);
            _buffer.Advance(16);
            WriteNumber(link.Slot);
        }
        else
        {
            WriteUnique();
        }
    }

    private void WriteValue(object? value)
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
                Write(Tag.Opaque);
                WriteNumber(IdOf(value));
                break;
        }
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
            WriteUnique();
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

    private void WriteUnique()
    {
        Write(Tag.Unique);
        WriteNumber(Interlocked.Increment(ref _unique));
    }

    private long IdOf(object value)
    {
        if (!_objects.TryGetValue(value, out var id))
            _objects.Add(value, id = Interlocked.Increment(ref _unique));
        return id;
    }

    private void Write(Tag tag)
    {
        _buffer.GetSpan(1)[0] = (byte)tag;
        _buffer.Advance(1);
    }

    private void WriteNumber(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), number);
        _buffer.Advance(sizeof(long));
    }

    private void WriteText(string text)
    {
        WriteNumber(text.Length);
        Encoding.UTF8.GetBytes(text, _buffer);
    }
}
