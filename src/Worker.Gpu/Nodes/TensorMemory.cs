using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Refuses tensors that no memory of this machine holds, before the allocator is asked.</summary>
internal static class TensorMemory
{
    /// <summary>The most bytes one tensor may take: nine tenths of what the process may use.</summary>
    private static long Limit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10 * 9;

    /// <summary>Throws when an fp32 tensor of the shape is out of reach.</summary>
    /// <exception cref="DeviceMemoryException">It is too large.</exception>
    public static long[] Require(params long[] shape)
    {
        var bytes = shape.Aggregate((Int128)sizeof(float), (product, size) => product * size);
        if (bytes > Limit)
            throw new DeviceMemoryException($"not enough memory: a tensor of [{string.Join(", ", shape)}] takes {bytes} bytes, this machine has {Limit}.");
        return shape;
    }

    /// <summary>Whether a failure of torch says that memory ran out.</summary>
    public static bool RanOut(string message) =>
        message.Contains("can't allocate memory", StringComparison.Ordinal) || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
}
