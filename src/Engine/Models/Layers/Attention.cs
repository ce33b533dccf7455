using static TorchSharp.torch;

namespace Farm.Engine.Models.Layers;

/// <summary>How a network splits its width into attention heads.</summary>
/// <param name="Count">A fixed number of heads (SD1.x has 8); null where the width of a head is fixed.</param>
/// <param name="Width">A fixed width of a head (SD2 and SDXL have 64).</param>
internal readonly record struct HeadRule(int? Count, int Width)
{
    public static HeadRule FixedCount(int count) => new(count, 0);

    public static HeadRule FixedWidth(int width) => new(null, width);

    /// <summary>Number of heads for a width of channels.</summary>
    public long HeadsFor(long channels) => Count ?? Math.Max(1, channels / Width);
}

/// <summary>Scaled dot-product attention over tokens.</summary>
internal static class Attention
{
    /// <summary>
    /// Largest matrix of scores that one call may need when libtorch has no fused kernel for it; <see cref="TorchRuntime.Configure"/> sets it from
    /// <see cref="TorchOptions.AttentionScoreBytes"/>. Longer queries are cut into slices, whose rows are independent, so the result is the same and the
    /// memory bounded; a fused kernel loses nothing worth measuring at the default.
    /// </summary>
    public static long MaxScoreBytes { get; set; } = TorchOptions.DefaultAttentionScoreBytes;

    /// <summary>softmax(q·kᵀ/√d)·v in each head.</summary>
    /// <param name="q">Queries [B, N, heads·d].</param>
    /// <param name="k">Keys [B, M, heads·d].</param>
    /// <param name="v">Values [B, M, heads·d].</param>
    /// <param name="heads">Number of heads; must divide the width.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <param name="maxScoreBytes">Instead of <see cref="MaxScoreBytes"/>.</param>
    /// <returns>[B, N, heads·d].</returns>
    public static Tensor Multihead(Tensor q, Tensor k, Tensor v, long heads, bool causal = false, long? maxScoreBytes = null)
    {
        using var scope = NewDisposeScope();
        var (queries, keys, values) = (SplitHeads(q, heads), SplitHeads(k, heads), SplitHeads(v, heads));
        long batch = q.shape[0], length = q.shape[1];
        var rows = Math.Max(1, (maxScoreBytes ?? MaxScoreBytes) / (batch * heads * k.shape[1] * q.element_size()));
        var attended = rows >= length || causal
            ? nn.functional.scaled_dot_product_attention(queries, keys, values, is_casual: causal)
            : cat([.. Slices(queries, keys, values, rows)], 2);
        return attended.transpose(1, 2).reshape(batch, length, q.shape[2]).MoveToOuterDisposeScope();
    }

    private static IEnumerable<Tensor> Slices(Tensor queries, Tensor keys, Tensor values, long rows)
    {
        for (long first = 0, length = queries.shape[2]; first < length; first += rows)
            yield return nn.functional.scaled_dot_product_attention(queries.narrow(2, first, Math.Min(rows, length - first)), keys, values);
    }

    private static Tensor SplitHeads(Tensor x, long heads) => x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
}
