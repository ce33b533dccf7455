using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Memory;

/// <summary>The types that a model's parts compute in.</summary>
/// <param name="Diffusion">The denoising network.</param>
/// <param name="Text">Text encoders: always fp32, as ComfyUI computes them.</param>
/// <param name="Vae">The autoencoder; bf16 where fp16 is asked for, as fp16 overflows in it.</param>
/// <param name="Remark">Why another type than asked for is used; null when it is not.</param>
internal sealed record ComputeTypes(ScalarType Diffusion, ScalarType Text, ScalarType Vae, string? Remark = null)
{
    private static readonly ComputeTypes Full = new(ScalarType.Float32, ScalarType.Float32, ScalarType.Float32);

    /// <summary>Chooses by option, device and the type that the denoising network is stored in.</summary>
    public static ComputeTypes Choose(ComputePrecision precision, DeviceType device, ScalarType stored) => (precision, device) switch
    {
        (ComputePrecision.Fp32, _) or (ComputePrecision.Auto, DeviceType.CPU) => Full,
        (ComputePrecision.Fp16, DeviceType.CPU) => Full with { Remark = "fp16 was asked for, but on a CPU it is about a hundred times slower than fp32: fp32 is used" },
        (ComputePrecision.Bf16, _) => Half(ScalarType.BFloat16),
        (ComputePrecision.Auto, _) when stored == ScalarType.BFloat16 => Half(ScalarType.BFloat16),
        _ => Half(ScalarType.Float16),
    };

    private static ComputeTypes Half(ScalarType diffusion) => Full with { Diffusion = diffusion, Vae = ScalarType.BFloat16 };
}
