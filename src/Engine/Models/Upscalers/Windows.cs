using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>A map of features cut into windows that attend to themselves (Swin, arXiv 2103.14030).</summary>
/// <param name="Height">Height of a window.</param>
/// <param name="Width">Width of a window.</param>
/// <param name="Down">By how many rows the windows are shifted; 0 for none.</param>
/// <param name="Right">By how many columns.</param>
internal readonly record struct Windows(long Height, long Width, long Down = 0, long Right = 0)
{
    /// <summary>Cells of a window.</summary>
    public long Cells => Height * Width;

    private bool AreShifted => Down > 0 || Right > 0;

    /// <summary>[B, H, W, C], sides multiples of the window's → [B·windows, cells, C].</summary>
    public Tensor Partition(Tensor map)
    {
        using var scope = NewDisposeScope();
        var rolled = AreShifted ? map.roll([-Down, -Right], [1, 2]) : map.alias();
        var (rows, columns) = (map.shape[1] / Height, map.shape[2] / Width);
        return rolled.reshape(map.shape[0], rows, Height, columns, Width, map.shape[3]).permute(0, 1, 3, 2, 4, 5).reshape(-1, Cells, map.shape[3]).MoveToOuterDisposeScope();
    }

    /// <summary>The map of so many rows and columns that windows were cut from.</summary>
    public Tensor Merge(Tensor windows, long rows, long columns)
    {
        using var scope = NewDisposeScope();
        var map = windows.reshape(-1, rows / Height, columns / Width, Height, Width, windows.shape[2]).permute(0, 1, 3, 2, 4, 5).reshape(-1, rows, columns, windows.shape[2]);
        return (AreShifted ? map.roll([Down, Right], [1, 2]) : map).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Which part of the picture each cell of each window comes from, [windows, cells]: shifted windows at the end join cells from opposite borders,
    /// which are not to see each other. Null where windows are not shifted.
    /// </summary>
    public Tensor? Regions(long rows, long columns, Device device)
    {
        if (!AreShifted) return null;
        using var scope = NewDisposeScope();
        var (down, right) = (Stretches(rows, Height, Down, device), Stretches(columns, Width, Right, device));
        var ids = (down * 3).unsqueeze(1) + right.unsqueeze(0);
        return (this with { Down = 0, Right = 0 }).Partition(ids.reshape(1, rows, columns, 1)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>For each pair of cells of a window the row of a table of (2·Height − 1)·(2·Width − 1) relative positions, [cells·cells].</summary>
    public Tensor RelativePositions(Device device)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (Differences(Height, device) + (Height - 1), Differences(Width, device) + (Width - 1));
        var pairs = rows.reshape(Height, 1, Height, 1) * ((2 * Width) - 1) + columns.reshape(1, Width, 1, Width);
        return pairs.flatten().MoveToOuterDisposeScope();
    }

    /// <summary>i − j for all pairs below a length.</summary>
    private static Tensor Differences(long length, Device device)
    {
        var positions = arange(length, ScalarType.Int64, device);
        return positions.unsqueeze(1) - positions.unsqueeze(0);
    }

    /// <summary>0 up to the last window, 1 for its part before the shift, 2 for what came from the other border.</summary>
    private static Tensor Stretches(long length, long window, long shift, Device device)
    {
        var positions = arange(length, ScalarType.Int64, device);
        return positions.ge(length - window).to(ScalarType.Int64) + positions.ge(length - shift).to(ScalarType.Int64);
    }
}
