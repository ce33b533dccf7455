using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>HAT's overlapping cross attention (arXiv 2205.04437): each window asks a larger one around it; then a feed-forward.</summary>
internal sealed class OverlappingBlock
{
    private readonly Windows _windows;
    private readonly long _around;
    private readonly LayerNorm _norm1;
    private readonly Linear _qkv;
    private readonly Tensor _table;
    private readonly Linear _proj;
    private readonly LayerNorm _norm2;
    private readonly Mlp _mlp;

    public OverlappingBlock(WeightScope weights, long window)
    {
        _windows = new Windows(window, window);
        _norm1 = weights.LayerNorm("norm1");
        _qkv = weights.Linear("qkv");
        _table = weights.Parameter("relative_position_bias_table", 2);
        _proj = weights.Linear("proj");
        _norm2 = weights.LayerNorm("norm2");
        _mlp = new Mlp(weights.At("mlp"));
        var side = (long)Math.Sqrt(_table.shape[0]);
        _around = side - window + 1;
        if (side * side != _table.shape[0] || _around < window || (_around - window) % 2 != 0)
            throw new WeightsFormatException($"the table of an overlapping block has {_table.shape[0]} rows; (window + larger window − 1)² are needed, the window being {window}");
    }

    /// <summary>Adds its two terms to [B, H, W, C] in place.</summary>
    public void AddTo(Tensor map)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (map.shape[1], map.shape[2]);
        var parts = _qkv.Take(_norm1.Forward(map)).chunk(3, -1);
        var bias = _table.index_select(0, RelativePositions(_windows.Height, _around, map.device)).reshape(_windows.Cells, _around * _around, -1).permute(2, 0, 1).contiguous();
        var attended = WindowAttention.Attend(_windows.Partition(parts[0]), Around(parts[1]), Around(parts[2]), bias, regions: null);
        map.add_(_windows.Merge(_proj.Take(attended), rows, columns));
        map.add_(_mlp.Take(_norm2.Forward(map)));
    }

    /// <summary>
    /// For each cell of a window and each of the larger one around it the row of the table, [cells·larger cells]. Rows count from the difference
    /// larger − window − 1, and those before it are the table's last, as the published networks index them.
    /// </summary>
    internal static Tensor RelativePositions(long window, long around, Device device)
    {
        using var scope = NewDisposeScope();
        var side = window + around - 1;
        var differences = arange(around, ScalarType.Int64, device).unsqueeze(0) - arange(window, ScalarType.Int64, device).unsqueeze(1) + (window - around + 1);
        var pairs = differences.reshape(window, 1, around, 1) * side + differences.reshape(1, window, 1, around);
        return pairs.flatten().remainder(side * side).MoveToOuterDisposeScope();
    }

    /// <summary>The larger windows, zeros beyond the picture: [B, H, W, C] → [B·windows, larger cells, C].</summary>
    private Tensor Around(Tensor map)
    {
        var border = (_around - _windows.Height) / 2;
        using var scope = NewDisposeScope();
        var padded = nn.functional.pad(map, [0, 0, border, border, border, border]);
        var windows = padded.unfold(1, _around, _windows.Height).unfold(2, _around, _windows.Width);
        return windows.permute(0, 1, 2, 4, 5, 3).reshape(-1, _around * _around, map.shape[3]).MoveToOuterDisposeScope();
    }
}
