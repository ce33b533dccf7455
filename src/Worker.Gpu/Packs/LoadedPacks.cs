using System.Collections.Immutable;
using Farm.Nodes;

namespace Farm.Worker.Packs;

/// <summary>What the worker's packs hold.</summary>
/// <param name="Types">Their node classes, pack by pack in order of the folders' names.</param>
/// <param name="Errors">What did not load, each with pack, class and reason: for the manifest, from which clients and operators see it.</param>
internal sealed record LoadedPacks(ImmutableArray<NodeType> Types, ImmutableArray<string> Errors);
