using Farm.Engine.Models.UNet;
using Farm.Engine.Models.Vae;
using Farm.Engine.Text;

namespace Farm.Engine.Families;

/// <summary>The parts of a checkpoint. None holds memory until it is used, then as long as <see cref="Memory.ModelMemory"/> keeps it; none needs disposal.</summary>
/// <param name="Family">Name of the family, such as SD1.x.</param>
/// <param name="Model">The denoising network.</param>
/// <param name="Clip">The text side; null when the file has none.</param>
/// <param name="Vae">The autoencoder; null when the file has none.</param>
/// <param name="Remark">What a user should know, such as another precision than asked for; null for nothing.</param>
public sealed record LoadedCheckpoint(string Family, DiffusionModel Model, ITextEncoder? Clip, VaeModel? Vae, string? Remark);
