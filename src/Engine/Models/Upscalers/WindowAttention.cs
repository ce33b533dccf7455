using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>Attention within windows, with a bias by relative position.</summary>
internal static class WindowAttention
{
    /// <summary>Added to the scores of cells that are not to see each other, as Swin does instead of minus infinity.</summary>
    private const double Apart = -100;

    /// <summary>Windows go through in groups whose biases take about so much.</summary>
    private const long MaxBiasBytes = 128 << 20;

    /// <summary>softmax(q·kᵀ/√d + bias)·v in each window.</summary>
    /// <param name="q">[windows, N, C].</param>
    /// <param name="k">[windows, M, C].</param>
    /// <param name="v">[windows, M, C].</param>
    /// <param name="bias">[heads, N, M].</param>
    /// <param name="regions">See <see cref="Windows.Regions"/>; null lets all cells see each other.</param>
    /// <returns>[windows, N, C].</returns>
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor bias, Tensor? regions)
    {
        using var scope = NewDisposeScope();
        var group = Math.Max(1, MaxBiasBytes / (bias.numel() * bias.element_size()));
        var all = regions?.repeat(q.shape[0] / regions.shape[0], 1);
        var parts = new List<Tensor>();
        for (long first = 0; first < q.shape[0]; first += group)
        {
            var count = Math.Min(group, q.shape[0] - first);
            parts.Add(Some(q.narrow(0, first, count), k.narrow(0, first, count), v.narrow(0, first, count), bias, all?.narrow(0, first, count)));
        }
        return (parts.Count == 1 ? parts[0] : cat(parts, 0)).MoveToOuterDisposeScope();
    }

    private static Tensor Some(Tensor q, Tensor k, Tensor v, Tensor bias, Tensor? regions)
    {
        using var scope = NewDisposeScope();
        var mask = bias.unsqueeze(0);
        if (regions is not null) mask = mask + (regions.unsqueeze(1) - regions.unsqueeze(2)).ne(0).to(bias.dtype).mul_(Apart).unsqueeze(1);
        var heads = bias.shape[0];
        var attended = nn.functional.scaled_dot_product_attention(Split(q, heads), Split(k, heads), Split(v, heads), mask);
        return attended.transpose(1, 2).reshape(q.shape).MoveToOuterDisposeScope();
    }

    private static Tensor Split(Tensor x, long heads) => x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
}

/// <summary>Self attention within windows, plain or shifted by half a window, with a learned bias for each relative position (arXiv 2103.14030).</summary>
internal sealed class WindowSelfAttention(WeightScope weights, long window, long shift)
{
    private readonly Windows _windows = new(window, window, shift, shift);
    private readonly Linear _qkv = weights.Linear("qkv");
    private readonly Linear _proj = weights.Linear("proj");
    private readonly Tensor _table = weights.Parameter("relative_position_bias_table", 2);

    /// <summary>[B, H, W, C] → a new tensor of the same shape.</summary>
    public Tensor Forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var (rows, columns, cells) = (map.shape[1], map.shape[2], _windows.Cells);
        var parts = _qkv.Take(_windows.Partition(map)).chunk(3, -1);
        var bias = _table.index_select(0, _windows.RelativePositions(map.device)).reshape(cells, cells, -1).permute(2, 0, 1).contiguous();
        var attended = WindowAttention.Attend(parts[0], parts[1], parts[2], bias, _windows.Regions(rows, columns, map.device));
        return _windows.Merge(_proj.Take(attended), rows, columns).MoveToOuterDisposeScope();
    }
}
