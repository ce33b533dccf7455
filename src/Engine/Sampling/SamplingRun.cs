using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What a denoiser gives for a noisy latent.</summary>
/// <param name="X0">The clean latent after guidance.</param>
/// <param name="Negative">The clean latent of the negative conditioning alone.</param>
public readonly record struct Denoised(Tensor X0, Tensor Negative);

/// <summary>Reads the clean latent off a noisy one at a noise level; the only way a sampler reaches the model.</summary>
public delegate Denoised Denoiser(Tensor x, float sigma);

/// <summary>Progress of a run, reported once a step as soon as its first denoised latent is there. Throw to stop the run.</summary>
/// <param name="Index">The step, from 0.</param>
/// <param name="Total">Steps of the run.</param>
/// <param name="X0">The clean latent as seen from this step, in the network's scale; valid during the call only.</param>
public sealed record SamplingStep(int Index, int Total, Tensor X0);

/// <summary>One walk of a sampler down the noise levels: the denoiser, the levels, the random streams and the tensors that live across steps.</summary>
public sealed class SamplingRun : IDisposable
{
    private readonly Denoiser _denoiser;
    private readonly Action<SamplingStep>? _onStep;
    private readonly Generator _globalNoise;
    private readonly DisposeScope _scope = NewDisposeScope();
    private Generator? _stepNoise;
    private int? _unreported;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">The meaning of the noise levels.</param>
    /// <param name="sigmas">Noise levels, falling; the run owns and may change the array.</param>
    /// <param name="seed">The prompt's seed.</param>
    /// <param name="denoiser">The way to the model.</param>
    /// <param name="globalNoise">The generator that the initial noise came from; some options draw on from it.</param>
    /// <param name="onStep">Progress and interruption.</param>
    public SamplingRun(
        ModelSampling model, float[] sigmas, ulong seed, Denoiser denoiser, Generator globalNoise, Action<SamplingStep>? onStep = null)
    {
        Model = model;
        Sigmas = sigmas;
        Seed = seed;
        _denoiser = denoiser;
        _globalNoise = globalNoise;
        _onStep = onStep;
    }

    /// <summary>The meaning of the noise levels.</summary>
    public ModelSampling Model { get; }

    /// <summary>Noise levels σ0 … σN.</summary>
    public float[] Sigmas { get; }

    /// <summary>The prompt's seed.</summary>
    public ulong Seed { get; }

    /// <summary>N, the number of steps.</summary>
    public int Steps => Math.Max(Sigmas.Length - 1, 0);

    /// <summary>Runs a sampler from <paramref name="x"/>, which stays the caller's; the result is the caller's too.</summary>
    public Tensor Execute(ISampler sampler, Tensor x)
    {
        using var mode = inference_mode(true);
        return sampler.Sample(this, Keep(x.alias())).alias().DetachFromDisposeScope();
    }

    /// <summary>The clean latent at a noise level.</summary>
    internal Tensor Denoise(Tensor x, float sigma) => DenoiseBoth(x, sigma).X0;

    /// <summary>The clean latent and that of the negative conditioning.</summary>
    internal Denoised DenoiseBoth(Tensor x, float sigma)
    {
        var denoised = _denoiser(x, sigma);
        if (_unreported is not { } index) return denoised;
        _unreported = null;
        _onStep?.Invoke(new SamplingStep(index, Steps, denoised.X0));
        return denoised;
    }

    /// <summary>Walks all steps: each gives the next latent; everything else it makes is freed.</summary>
    internal Tensor Integrate(Tensor x, Func<Step, Tensor> step)
    {
        for (int i = 0; i < Steps; i++)
        {
            using var scope = BeginStep(i);
            Replace(ref x, step(new Step(i, Sigmas[i], Sigmas[i + 1], x)));
        }

        return x;
    }

    /// <summary>Opens the scope of a step whose first denoised latent is reported under <paramref name="index"/>.</summary>
    internal DisposeScope BeginStep(int index)
    {
        _unreported = index;
        return NewDisposeScope();
    }

    /// <summary>
    /// Lets a tensor live until the run ends. Attaching is the one move that is safe: a tensor that is moved to the scope it is in already
    /// drops out of the scope's list, and its finalizer then ends the process.
    /// </summary>
    internal Tensor Keep(Tensor value)
    {
        _scope.Attach(value);
        return value;
    }

    /// <summary>Puts a kept tensor in the place of an older one, which is freed.</summary>
    internal void Replace(ref Tensor kept, Tensor value)
    {
        var old = kept;
        kept = Keep(ReferenceEquals(old, value) ? value : value.alias());
        if (!ReferenceEquals(old, kept)) old.Dispose();
    }

    /// <summary>Fresh unit normal noise ξ from the sampler's own stream: seeded with seed+1, drawn on the CPU in order of use.</summary>
    internal Tensor Noise(Tensor like)
    {
        _stepNoise ??= new Generator(unchecked(Seed + 1));
        return randn(like.shape, generator: _stepNoise).to(like.device);
    }

    /// <summary>Unit normal noise that continues the stream of the initial noise.</summary>
    internal Tensor GlobalNoise(Tensor like) => randn(like.shape, generator: _globalNoise).to(like.device);

    /// <summary>The Brownian path of this run between its least positive and its highest noise level.</summary>
    internal BrownianTree Brownian(Tensor like) => new(like.shape, like.device, Seed, Sigmas.Where(s => s > 0).Min(), Sigmas.Max());

    /// <summary>Lowers a first noise level of 1 on a flow model, where λ is infinite, to the level at 0.01 % of the way.</summary>
    internal void NudgeFirstSigma()
    {
        if (Model.IsFlow && Sigmas.Length > 1 && Sigmas[0] >= 1) Sigmas[0] = Model.Table.PercentToSigma(0.0001);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stepNoise?.Dispose();
        _scope.Dispose();
    }

    /// <summary>One step from <paramref name="Sigma"/> to <paramref name="Next"/>.</summary>
    internal readonly record struct Step(int Index, float Sigma, float Next, Tensor X);
}
