namespace Farm.Worker.Nodes;

/// <summary>A window of an image.</summary>
internal readonly record struct Tile(long Y, long X, long Height, long Width);

/// <summary>
/// Windows of one size that cover an image row by row. The last of a row and of a column are moved back to full size; windows are smaller
/// only where the image is.
/// </summary>
internal static class TileGrid
{
    /// <summary>The least a window moves on, as a share of its width.</summary>
    private const double LeastStride = 0.25;

    /// <summary>The windows. Both strides keep a quarter of the width, as ComfyUI's do.</summary>
    public static IEnumerable<Tile> Over(long height, long width, long tileHeight, long tileWidth, long overlap) =>
        from down in Along(height, tileHeight, Stride(tileWidth, tileHeight - overlap))
        from across in Along(width, tileWidth, Stride(tileWidth, tileWidth - overlap))
        select new Tile(down.Start, across.Start, down.Length, across.Length);

    private static long Stride(long tileWidth, long step) => Math.Max(1, Sizes.Round(Math.Max(LeastStride * tileWidth, step)));

    private static IEnumerable<(long Start, long Length)> Along(long size, long tile, long stride)
    {
        for (long at = 0, end = 0; end < size; at += stride)
        {
            end = Math.Min(at + tile, size);
            var start = Math.Max(0, end - tile);
            yield return (start, end - start);
        }
    }
}
