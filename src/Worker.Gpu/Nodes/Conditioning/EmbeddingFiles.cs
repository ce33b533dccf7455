using Farm.Engine.Text;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The files behind the embeddings that texts name.</summary>
internal static class EmbeddingFiles
{
    private const string Kind = "embeddings";

    private static readonly string[] Endings = ["", ".safetensors", ".pt", ".bin"];

    /// <summary>The files that a name may stand for: as written, or with an ending; the first that is there counts.</summary>
    public static IEnumerable<ModelFile> Of(string name) => Endings.Select(ending => new ModelFile(Kind, name + ending));

    /// <summary>All files that a text may read.</summary>
    public static IEnumerable<ModelFile> Named(string text) => EmbeddingNames.In(text).SelectMany(Of);
}
