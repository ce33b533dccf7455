using System.Collections.Concurrent;
using Farm.Engine.Sampling;
using Farm.Engine.Tests.Fixtures;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>Every sampler × {karras, normal} on the generated SD 1.x checkpoint.</summary>
[Collection(nameof(Measured))]
public sealed class RecordedRunsTests(RecordedRunsTests.Runs runs) : IClassFixture<RecordedRunsTests.Runs>
{
    private const double Tolerance = 1e-3;
    private static readonly Golden Recorded = new("sd15-samplers.safetensors");

    public static TheoryData<string> Names => [.. Recorded.Names.Where(name => name.Count(c => c == '/') == 1)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_FromNoise_GivesTheRecordedLatent(string name)
    {
        using var scope = NewDisposeScope();

        Assert.InRange(Golden.RelativeError(runs[name], Recorded[name]), 0, Tolerance);
    }

    [Fact]
    public void Names_AreEverySamplerOnBothSchedules() => Assert.Equal(
        SamplerRegistry.Names.SelectMany(name => (string[])[$"{name}/karras", $"{name}/normal"]).Order(StringComparer.Ordinal),
        Names.Select(row => row.Data).Order(StringComparer.Ordinal));

    /// <summary>All runs, made once with a run a core: forwards this small gain nothing from more threads each.</summary>
    public sealed class Runs : IDisposable
    {
        private readonly ConcurrentDictionary<string, Tensor> _results = new(StringComparer.Ordinal);

        public Runs()
        {
            using var model = new SmallModel();
            Parallel.ForEach(Names.Select(row => row.Data), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, name =>
            {
                set_num_threads(1);
                using var latent = zeros(1, 4, 8, 8);
                var settings = new KSamplerSettings(123, 6, 5, name.Split('/')[0], name.Split('/')[1]);
                _results[name] = KSampler.Sample(model, settings, model.Positive, model.Negative, new LatentImage(latent));
            });
        }

        public Tensor this[string name] => _results[name];

        public void Dispose()
        {
            foreach (var result in _results.Values) result.Dispose();
        }
    }
}
