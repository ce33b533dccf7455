using System.Security.Cryptography;
using System.Text;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>
/// What a result was made of: the class of its node, its literal inputs and those results among its inputs that are plain values, the
/// contents of model files, and the origins of what else it was given. Belongs to the engine thread.
/// </summary>
internal sealed class Origin
{
    /// <summary>Origins before each other that are followed; no workflow comes near.</summary>
    private const int Deepest = 256;

    private readonly byte[] _recipe;
    private readonly IReadOnlyList<Origin> _sources;
    private readonly IReadOnlyList<ModelIdentity> _files;
    private readonly int _depth;
    private Task<string?>? _hash;

    private Origin(byte[] recipe, IReadOnlyList<Origin> sources, IReadOnlyList<ModelIdentity> files, int depth) =>
        (_recipe, _sources, _files, _depth) = (recipe, sources, files, depth);

    /// <summary>An origin; null when it is too deep.</summary>
    /// <param name="recipe">Everything but the sources and the files.</param>
    /// <param name="sources">In order.</param>
    /// <param name="files">In order.</param>
    public static Origin? Of(byte[] recipe, IReadOnlyList<Origin> sources, IReadOnlyList<ModelIdentity> files)
    {
        var depth = 1 + sources.Select(source => source._depth).DefaultIfEmpty().Max();
        return depth <= Deepest ? new Origin(recipe, sources, files, depth) : null;
    }

    /// <summary>Its hash, once its files are read; null when one of them changed meanwhile or cannot be read.</summary>
    public Task<string?> HashAsync() => _hash ??= ComputeAsync();

    private async Task<string?> ComputeAsync()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_recipe);
        foreach (var part in _sources.Select(source => source.HashAsync()).Concat(_files.Select(file => file.HashAsync())))
        {
            if (await part is not { } known)
                return null;
            hash.AppendData(Encoding.ASCII.GetBytes(known));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
