namespace Farm.TestNodes.Support;

/// <summary>Tensors as nodes pass them: IMAGE is float32 [batch, height, width, 3], MASK float32 [batch, height, width].</summary>
internal static class Tensors
{
    /// <summary>Computes a tensor and disposes of whatever else was made on the way.</summary>
    public static Tensor Keep(Func<Tensor> compute)
    {
        using var scope = NewDisposeScope();
        return compute().MoveToOuterDisposeScope();
    }

    /// <summary>An image of one sample, 512 × 512, filled with a value.</summary>
    public static Tensor ConstantImage(double value) => full([1, 512, 512, 3], (float)value, dtype: float32);

    /// <summary>The mean over images of one size.</summary>
    public static Tensor Mean(IEnumerable<Tensor> images) => Keep(() => stack(images.ToArray()).mean([0]));
}
