namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as TIMESTEPS_RANGE: a part of the way.</summary>
/// <param name="Start">Fraction at which it begins.</param>
/// <param name="End">Fraction at which it ends.</param>
internal sealed record TimestepRange(double Start, double End);
