using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Refuses tensors that no memory of this machine holds, before the allocator is asked.</summary>
internal static class TensorMemory
{
    [ThreadStatic]
    private static long? _limit;

    /// <summary>Nine tenths of what the runtime may use, in bytes.</summary>
    public static long NineTenths => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9;

    /// <summary>Sets the most bytes that one tensor may take, for what runs on this thread until the scope ends.</summary>
    public static LimitScope Within(long bytes)
    {
        var before = _limit;
        _limit = bytes;
        return new LimitScope(before);
    }

    /// <summary>Throws when an fp32 tensor of the shape is out of reach.</summary>
    /// <exception cref="DeviceMemoryException">It is too large.</exception>
    public static long[] Require(params long[] shape)
    {
        var limit = _limit ?? NineTenths;
        var bytes = shape.Aggregate((Int128)sizeof(float), (product, size) => product * size);
        if (bytes > limit)
            throw new DeviceMemoryException($"not enough memory: a tensor of [{string.Join(", ", shape)}] takes {bytes} bytes, a node may make {limit}.");
        return shape;
    }

    /// <summary>Puts the limit back that held before.</summary>
    internal readonly ref struct LimitScope(long? before)
    {
        /// <summary>Ends the scope.</summary>
        public void Dispose() => _limit = before;
    }
}
