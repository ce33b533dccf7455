using Farm.Engine.Text;
using Farm.Engine.Weights;
using Farm.Storage;
using Farm.Worker.Nodes;
using TorchSharp;

namespace Farm.Worker;

/// <summary>Embedding files of the farm, by the names that texts use: as written, or without their ending.</summary>
internal sealed partial class CatalogEmbeddings(IFarmFiles farm, ILogger<CatalogEmbeddings> log) : ITextEmbeddings
{
    /// <summary>Embeddings lie among the farm's models alone, the same for all tenants.</summary>
    private readonly TenantFiles _files = farm.Of(TenantName.Default);

    /// <inheritdoc />
    public torch.Tensor? Find(string name, string encoder, long width)
    {
        var key = EmbeddingFiles.Of(name).Select(file => _files.Catalog.FindModel(file.Kind, file.Name)).FirstOrDefault(found => found is not null);
        if (key is null)
        {
            Missing();
            return null;
        }
        try
        {
            return EmbeddingFile.Read(_files.Store.MaterializeAsync(key.Value).AsTask().GetAwaiter().GetResult(), encoder, width);
        }
        catch (WeightsFormatException error)
        {
            Damaged(key.Value.Name, error.Message);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A text names an embedding that is no file; it is left out.")]
    private partial void Missing();

    [LoggerMessage(2, LogLevel.Warning, "The embedding {Name} is left out: {Reason}")]
    private partial void Damaged(string name, string reason);
}
