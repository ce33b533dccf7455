namespace Farm.Engine;

/// <summary>The type that networks compute in.</summary>
public enum ComputePrecision
{
    /// <summary>fp32 on a CPU; on a GPU the type the file is stored in, bf16 for the VAE.</summary>
    Auto,

    /// <summary>32-bit floats everywhere.</summary>
    Fp32,

    /// <summary>bfloat16 for the diffusion network and the VAE; text encoders stay in fp32.</summary>
    Bf16,

    /// <summary>float16 for the diffusion network; on a CPU, where it is a hundred times slower than fp32, fp32 is used and said so.</summary>
    Fp16,
}

/// <summary>How torch is set up in this process, and what models may take.</summary>
public sealed class TorchOptions
{
    internal const long DefaultAttentionScoreBytes = 2L << 30;

    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Torch";

    private const long LeastAttentionScoreBytes = 1 << 20;

    /// <summary>Threads of one operation; 0 takes every core. Default 0.</summary>
    public int Threads { get; set; }

    /// <summary><c>auto</c> (the first GPU, else the CPU), <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Default <c>auto</c>.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>The type that networks compute in, see <see href="engine.md">engine.md</see>; fp32 on a CPU with <c>Auto</c>. Default <c>Auto</c>.</summary>
    public ComputePrecision Precision { get; set; } = ComputePrecision.Auto;

    /// <summary>
    /// Bytes of weights kept resident. 0, the default, takes six tenths of the machine's memory on a CPU; on a GPU, what fits until the device says it is full.
    /// Of a network that is larger by itself the blocks that do not fit are brought in from the file for each pass.
    /// </summary>
    public long ModelBudgetBytes { get; set; }

    /// <summary>
    /// Most bytes of attention scores that one call may take where libtorch has no fused kernel: longer ones are cut into slices. 2 GiB by default;
    /// less bounds memory tighter, at some cost of time.
    /// </summary>
    public long AttentionScoreBytes { get; set; } = DefaultAttentionScoreBytes;

    /// <summary>The rules that are broken, each with its option's name and value; empty when all hold.</summary>
    public IEnumerable<string> Validate()
    {
        if (Threads is < 0 or > 1024) yield return $"{nameof(Threads)} is {Threads}; it must be 0 (all cores) to 1024";
        if (ModelBudgetBytes < 0) yield return $"{nameof(ModelBudgetBytes)} is {ModelBudgetBytes}; it must be 0 (automatic) or more";
        if (AttentionScoreBytes < LeastAttentionScoreBytes) yield return $"{nameof(AttentionScoreBytes)} is {AttentionScoreBytes}; it must be {LeastAttentionScoreBytes} or more";
        if (!Enum.IsDefined(Precision)) yield return $"{nameof(Precision)} is {Precision}; it must be one of {string.Join(", ", Enum.GetNames<ComputePrecision>())}";
        if (!TorchRuntime.IsDeviceName(Device)) yield return $"{nameof(Device)} is '{Device}'; it must be auto, cpu, cuda or cuda:N";
    }
}
