using System.Collections.Immutable;

namespace Farm.Contracts.Prompts;

/// <summary>What a run took of its worker's device.</summary>
[GenerateSerializer, Immutable, Alias("farm.RunUsage")]
public sealed record RunUsage
{
    /// <summary>
    /// The most bytes of device memory that were in use while it ran; 0 where that says nothing of it: other prompts ran beside it, or it used
    /// no network.
    /// </summary>
    [Id(0)] public long PeakMemory { get; init; }

    /// <summary>Model files whose networks are in memory at its end, and the bytes they take there.</summary>
    [Id(1)] public ImmutableArray<ModelSize> Models { get; init; } = [];
}

/// <summary>A model file's content.</summary>
/// <param name="File">The file as <c>folder/name</c>.</param>
/// <param name="Hash"><c>sha256:</c> and hexadecimal digits; <c>blake3:</c> where the file store names contents so.</param>
[GenerateSerializer, Immutable, Alias("farm.ModelHash")]
public sealed record ModelHash(string File, string Hash);

/// <summary>What a model file's networks take in memory.</summary>
/// <param name="File">The file's name without folders.</param>
/// <param name="Bytes">Bytes of its weights in the compute type, of all its networks that are loaded.</param>
[GenerateSerializer, Immutable, Alias("farm.ModelSize")]
public sealed record ModelSize(string File, long Bytes);
