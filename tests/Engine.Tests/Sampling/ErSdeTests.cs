using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>
/// ER-SDE with noise scalers that are powers of the level (arXiv 2309.06169): Λ^(η+1) is the reverse-time SDE, Λ the ODE. There is no record of them; the formula is
/// walked beside the solver in doubles.
/// </summary>
public sealed class ErSdeTests
{
    private const ulong Seed = 99;
    private const int Points = 200;

    private static readonly float[] Levels = [14.6f, 5, 1.5f, 0.4f, 0.1f, 0];
    private static readonly float[] Start = [10, -4, 0.5f, 21];

    [Theory]
    [InlineData(1, 1, 0f)]
    [InlineData(1, 2, 0f)]
    [InlineData(1, 3, 0f)]
    [InlineData(2, 3, 1f)]
    [InlineData(1.5, 2, 0.7f)]
    [InlineData(3, 3, 1f)]
    public void Sample_WithAPowerOfTheLevel_FollowsTheFormula(double power, int stages, float noise)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seed);
        using var run = new SamplingRun(ModelSampling.Discrete(Prediction.Eps), [.. Levels], Seed, Denoise, generator);
        var sampler = new ErSde { MaxStage = stages, NoiseScale = noise, NoiseScaler = level => Math.Pow(level, power) };

        var actual = run.Execute(sampler, tensor(Start));

        Assert.All(Walk(power, stages, noise).Zip(actual.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    /// <summary>In one stage and without noise the ODE's step is Euler's.</summary>
    [Fact]
    public void Sample_OdeInOneStage_IsEuler()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(Seed);
        using var run = new SamplingRun(ModelSampling.Discrete(Prediction.Eps), [.. Levels], Seed, Denoise, generator);
        using var euler = new SamplingRun(ModelSampling.Discrete(Prediction.Eps), [.. Levels], Seed, Denoise, generator);

        var actual = run.Execute(new ErSde { MaxStage = 1, NoiseScale = 0, NoiseScaler = level => level }, tensor(Start));

        Assert.InRange(Golden.RelativeError(actual, euler.Execute(new Euler(), tensor(Start))), 0, 1e-6);
    }

    private static Denoised Denoise(Tensor x, float sigma)
    {
        var x0 = (x + 0.3f * sigma * sigma) / (1 + sigma * sigma);
        return new Denoised(x0, zeros_like(x0));
    }

    private static double[] Walk(double power, int stages, double noise)
    {
        double F(double level) => Math.Pow(level, power);
        using var random = new Generator(Seed + 1);
        double[] x = [.. Start.Select(value => (double)value)];
        List<double[]> values = [], slopes = [[]]; // the first step has no slope
        for (var i = 0; i < Levels.Length - 1; i++)
        {
            double s = Levels[i], t = Levels[i + 1];
            double[] x0 = [.. x.Select(value => (value + 0.3 * s * s) / (1 + s * s))];
            values.Add(x0);
            if (t == 0) return x0;
            double ratio = F(t) / F(s), delta = t - s, width = -delta / Points;
            double[] next = [.. x.Select((value, j) => ratio * value + (1 - ratio) * x0[j])];
            var points = Enumerable.Range(0, Points).Select(k => t + k * width).ToArray();
            if (i > 0)
            {
                var sum = points.Sum(point => width / F(point));
                slopes.Add([.. x0.Select((value, j) => (value - values[i - 1][j]) / (s - Levels[i - 1]))]);
                if (stages > 1) next = [.. next.Select((value, j) => value + (delta + sum * F(t)) * slopes[i][j])];
            }
            if (i > 1 && stages > 2)
            {
                var weighted = points.Sum(point => width * (point - s) / F(point));
                next = [.. next.Select((value, j) => value + (delta * delta / 2 + weighted * F(t)) * (slopes[i][j] - slopes[i - 1][j]) / ((s - Levels[i - 2]) / 2))];
            }
            if (noise > 0)
            {
                using var drawn = randn([Start.Length], generator: random);
                var up = noise * Math.Sqrt(Math.Max(0, t * t - s * s * ratio * ratio));
                next = [.. next.Zip(drawn.data<float>().ToArray(), (value, xi) => value + up * xi)];
            }
            x = next;
        }
        return x;
    }
}
