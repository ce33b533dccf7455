using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as LATENT_OPERATION: a function from latents to latents of the same shape.</summary>
/// <param name="Apply">The function; fp32 [B, C, …] in and out.</param>
internal sealed record LatentOperation(Func<Tensor, Tensor> Apply);
