using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Tiles of the autoencoder in pixels.</summary>
internal static class TileSizes
{
    private const int LeastTilesPerOverlap = 4;

    /// <summary>The call's tile_size and overlap, the latter at most a quarter of the former.</summary>
    public static (long Tile, long Overlap) Of(NodeCall call)
    {
        var (tile, overlap) = (call.Get<long>("tile_size"), call.Get<long>("overlap"));
        return (tile, tile < overlap * LeastTilesPerOverlap ? tile / LeastTilesPerOverlap : overlap);
    }
}
