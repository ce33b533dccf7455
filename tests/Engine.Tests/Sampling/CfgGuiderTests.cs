using Farm.Engine.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Sampling;

/// <summary>What guidance asks of the network, and how it mixes.</summary>
public sealed class CfgGuiderTests
{
    [Fact]
    public void Denoise_SameShapes_IsOnePassWithTheNegativeFirst()
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();

        new CfgGuider(model, [Entry(77, 1)], [Entry(77, 2)], 7).Denoise(zeros(2, 4, 8, 8), 3, needsNegative: false);

        Assert.Equal([2, 2, 1, 1], Assert.Single(model.Contexts).FirstOfEachRow);
    }

    [Fact]
    public void Denoise_ContextsOfUnequalLength_RepeatToTheirCommonLength()
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();

        new CfgGuider(model, [Entry(154, 1)], [Entry(77, 2)], 7).Denoise(zeros(1, 4, 8, 8), 3, needsNegative: false);

        Assert.Equal((2, 154), Assert.Single(model.Contexts).Shape);
    }

    [Fact]
    public void Denoise_ContextsTooFarApart_AreSeparatePasses()
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();

        new CfgGuider(model, [Entry(77 * 5, 1)], [Entry(77, 2)], 7).Denoise(zeros(1, 4, 8, 8), 3, needsNegative: false);

        Assert.Equal([(1, 385), (1, 77)], model.Contexts.Select(context => context.Shape));
    }

    [Fact]
    public void Denoise_WithATextForTheControl_GivesItToTheControlAlone()
    {
        using var scope = NewDisposeScope();
        var (model, control) = (new Recorder(), new SeenControl());
        var positive = Entry(77, 1) with { Control = control, ControlContext = full([1, 154, 16], 9f) };

        new CfgGuider(model, [positive], [Entry(77, 2) with { Control = control }], 7).Denoise(zeros(1, 4, 8, 8), 3, needsNegative: false);

        Assert.Equal((2, 77), Assert.Single(model.Contexts).Shape);
        Assert.Equal([2, 9], control.FirstOfEachRow);
        Assert.Equal([2, 154, 16], control.Shape);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Denoise_AtScaleOne_SkipsTheNegativeUnlessAsked(bool needsNegative, int rows)
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();

        var denoised = new CfgGuider(model, [Entry(77, 1)], [Entry(77, 2)], 1).Denoise(ones(1, 4, 8, 8), 3, needsNegative);

        Assert.Equal(rows, Assert.Single(model.Contexts).Shape.Rows);
        Assert.Equal(needsNegative ? 256 : 0, denoised.Negative.count_nonzero().item<long>());
    }

    [Fact]
    public void Denoise_EntriesWithStrengths_IsTheirWeightedMean()
    {
        using var scope = NewDisposeScope();
        var x = zeros(1, 4, 8, 8);
        IReadOnlyList<ConditioningEntry> mixed = [Entry(77, 1), Entry(77, 4) with { Strength = 2 }];

        var denoised = new CfgGuider(new Recorder(), mixed, [Entry(77, 0)], 1).Denoise(x, 1, needsNegative: false);

        Assert.Equal(-3, denoised.X0[0, 0, 0, 0].item<float>(), 1e-5); // x0 = 0 − σ·ε, ε the context's value: (1 + 2·4)/3
    }

    [Fact]
    public void Denoise_OutsideAnEntrysTime_LeavesItOut()
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();
        float half = model.Sampling.Table.PercentToSigma(0.5);
        IReadOnlyList<ConditioningEntry> timed = [Entry(77, 1) with { EndPercent = 0.5 }, Entry(77, 2) with { StartPercent = 0.5 }];
        var guider = new CfgGuider(model, timed, [], 1);

        guider.Denoise(zeros(1, 4, 8, 8), half * 1.01f, needsNegative: false);
        guider.Denoise(zeros(1, 4, 8, 8), half * 0.99f, needsNegative: false);

        Assert.Equal([1, 2], model.Contexts.Select(context => Assert.Single(context.FirstOfEachRow)));
    }

    [Fact]
    public void Denoise_AnEntryWithAnArea_SeesAndChangesOnlyThat()
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();
        IReadOnlyList<ConditioningEntry> placed = [Entry(77, 0), Entry(77, 1) with { Area = new LatentArea(16, 16, 16, 16) }];

        var x0 = new CfgGuider(model, placed, [], 1).Denoise(zeros(1, 4, 32, 32), 1, needsNegative: false).X0;

        Assert.Equal([(16, 16), (32, 32)], model.Sizes.Order());
        Assert.Equal(0, x0[0, 0, 15, 15].item<float>());
        Assert.Equal(-0.5f, x0[0, 0, 31, 31].item<float>(), 1e-5f);
    }

    /// <summary>Over 8 cells, in a small area over a quarter of its side; held as a whole by the recorded workflow cond-area-combine.</summary>
    [Theory]
    [InlineData(12, 3)]
    [InlineData(16, 4)]
    [InlineData(40, 8)]
    public void Denoise_AnAreaBesideOthers_FadesInFromItsInnerEdges(long side, int cells)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<ConditioningEntry> placed = [Entry(77, 0), Entry(77, 1) with { Area = new LatentArea(side, side, 8, 8) }];

        var x0 = new CfgGuider(new Recorder(), placed, [], 1).Denoise(zeros(1, 4, side + 8, side + 8), 1, needsNegative: false).X0;

        var edge = Enumerable.Range(8, cells).Select(row => x0[0, 0, row, side + 7].item<float>());
        var expected = Enumerable.Range(1, cells).Select(i => i / (float)cells).Select(weight => -weight / (1 + weight)); // the mean of 0 and −1
        Assert.Equal(expected, edge, (a, b) => Math.Abs(a - b) < 1e-5f);
        Assert.Equal(-0.5f, x0[0, 0, 8 + cells, side + 7].item<float>(), 1e-5f);
    }

    [Theory]
    [InlineData(4, 4, 4, 4)]
    [InlineData(100, 100, -5, 2)]
    public void Denoise_AnAreaBeyondTheLatent_IsCutToIt(long height, long width, long y, long x)
    {
        using var scope = NewDisposeScope();
        var model = new Recorder();
        IReadOnlyList<ConditioningEntry> placed = [Entry(77, 1) with { Area = new LatentArea(height, width, y, x) }, Entry(77, 1) with { Area = new LatentArea(8, 8, 50, 50) }];

        new CfgGuider(model, placed, [], 1).Denoise(zeros(1, 4, 6, 6), 1, needsNegative: false);

        var (seenHeight, seenWidth) = Assert.Single(model.Sizes);
        Assert.InRange(seenHeight, 1, 6);
        Assert.InRange(seenWidth, 1, 6);
    }

    private static ConditioningEntry Entry(long tokens, float value) => new(full([1, tokens, 16], value));

    /// <summary>Predicts the value of a row's context as noise and notes what it was asked.</summary>
    private sealed class Recorder : IDiffusionModel
    {
        public List<((long Rows, long Tokens) Shape, float[] FirstOfEachRow)> Contexts { get; } = [];

        public List<(long, long)> Sizes { get; } = [];

        public ModelSampling Sampling { get; } = ModelSampling.Discrete(Prediction.Eps);

        public LatentFormat LatentFormat => LatentFormats.SD15;

        public Device Device => CPU;

        public ScalarType ComputeType => ScalarType.Float32;

        public Tensor Predict(Tensor x, Tensor timesteps, ModelInputs inputs)
        {
            var values = inputs.Context.select(2, 0).select(1, 0).contiguous();
            Contexts.Add(((inputs.Context.shape[0], inputs.Context.shape[1]), values.data<float>().ToArray()));
            Sizes.Add((x.shape[2], x.shape[3]));
            return zeros_like(x) + values.reshape(-1, 1, 1, 1);
        }
    }

    private sealed class SeenControl : IControl
    {
        public float[] FirstOfEachRow { get; private set; } = [];

        public long[] Shape { get; private set; } = [];

        public ControlResiduals? Compute(ControlCall call)
        {
            (FirstOfEachRow, Shape) = ([.. Enumerable.Range(0, (int)call.Context.shape[0]).Select(row => call.Context[row, 0, 0].item<float>())], call.Context.shape);
            return null;
        }
    }
}
