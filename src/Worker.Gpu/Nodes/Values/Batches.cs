using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Rules for joining batches of different lengths.</summary>
internal static class Batches
{
    /// <summary>Brings a batch to a length: the first rows of a longer one, a shorter one tiled whole and cut.</summary>
    public static Tensor Repeat(Tensor batch, long length)
    {
        var rows = batch.shape[0];
        if (rows >= length) return batch.narrow(0, 0, length);
        long[] repeats = [(length + rows - 1) / rows, .. Enumerable.Repeat(1L, (int)batch.dim() - 1)];
        return batch.repeat(repeats).narrow(0, 0, length);
    }

    /// <summary>Masks as [B, 1, H, W], from [H, W], [B, H, W] or [B, 1, H, W].</summary>
    public static Tensor MaskPlanes(Tensor mask) => mask.reshape(-1, 1, mask.shape[^2], mask.shape[^1]);

    /// <summary>The list of an index range.</summary>
    public static IEnumerable<long> Range(long start, long count)
    {
        for (var i = 0L; i < count; i++) yield return start + i;
    }
}
