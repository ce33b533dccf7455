using System.Buffers.Binary;
using System.Security.Cryptography;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching;

/// <summary>
/// Computes the signatures of one run. NaN equals nothing, and an object that JSON does not know equals itself alone, in this run alone.
/// </summary>
/// <param name="graph">Where links lead.</param>
/// <param name="tenant">Whose prompt it is: a name in a graph means another file to another tenant, and what was saved is its own.</param>
internal sealed class SignatureHasher(RunGraph graph, string tenant) : CanonicalWriter
{
    private static long _unique;

    private readonly Dictionary<object, long> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<RunNode> _open = [];

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

    /// <inheritdoc />
    protected override void WriteNaN() => WriteUnique();

    /// <inheritdoc />
    protected override void WriteOpaque(object value)
    {
        Write(Tag.Opaque);
        WriteNumber(IdOf(value));
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
        Clear();
        WriteText(tenant);
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
        foreach (var input in InNameOrder(node.Inputs, i => i.Name))
        {
            WriteText(input.Name);
            if (input.Value is NodeLink link)
                WriteLink(link);
            else
                WriteValue(input.Value);
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Written, hash);
        return new Signature(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    private void WriteLink(NodeLink link)
    {
        // A source without a signature stands on a cycle: such a node never runs, so it must match nothing.
        var source = graph.Find(link.NodeId);
        if (source is { Signature: { } signature })
        {
            Write(Tag.Link);
            Span<byte> hash = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(hash, signature.Hash);
            WriteBytes(hash);
            WriteNumber(link.Slot);
        }
        else
        {
            WriteUnique();
        }
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
}
