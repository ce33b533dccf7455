using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Ledger;
using Farm.Storage;

namespace Farm.Grains.Ledger;

/// <summary>What the ledger keeps of a graph: the model files it names and the seeds it gives. Texts are not among them.</summary>
/// <param name="Models">Literals that end as model files do.</param>
/// <param name="Seeds">Whole numbers of inputs called <c>seed</c> or <c>noise_seed</c>.</param>
internal sealed record GraphFacts(ImmutableArray<LedgerModel> Models, ImmutableArray<LedgerSeed> Seeds)
{
    private const int LongestName = 1024;

    private static readonly ImmutableArray<string> Endings =
        [.. ModelFolders.All.Values.SelectMany(folder => folder.Extensions).Where(ending => ending is ['.', ..] and not ".yaml").Distinct(StringComparer.Ordinal)];

    /// <summary>Reads a graph's text.</summary>
    public static GraphFacts Read(string prompt)
    {
        using var graph = JsonDocument.Parse(prompt, new JsonDocumentOptions { MaxDepth = 1000 });
        var models = ImmutableArray.CreateBuilder<LedgerModel>();
        var seeds = ImmutableArray.CreateBuilder<LedgerSeed>();
        foreach (var node in graph.RootElement.EnumerateObject())
        {
            if (node.Value.ValueKind is not JsonValueKind.Object || !node.Value.TryGetProperty("inputs", out var inputs) || inputs.ValueKind is not JsonValueKind.Object)
                continue;
            foreach (var input in inputs.EnumerateObject())
            {
                if (input.Value.ValueKind is JsonValueKind.String && IsModel(input.Value.GetString()!))
                    models.Add(new LedgerModel(node.Name, input.Name, input.Value.GetString()!, null));
                else if (input.Name is "seed" or "noise_seed" && input.Value.ValueKind is JsonValueKind.Number && input.Value.TryGetDecimal(out var seed))
                    seeds.Add(new LedgerSeed(node.Name, input.Name, seed));
            }
        }
        return new GraphFacts(models.ToImmutable(), seeds.ToImmutable());
    }

    private static bool IsModel(string text) =>
        text.Length <= LongestName && !text.Contains('\n') && Endings.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase);
}
