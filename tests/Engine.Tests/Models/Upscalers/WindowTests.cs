using Farm.Engine.Models.Upscalers;
using Farm.Engine.Tests.Fixtures;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Models.Upscalers;

/// <summary>What windows are, against their definition cell by cell.</summary>
public sealed class WindowTests : IDisposable
{
    private const int Rows = 8, Columns = 12, Height = 4, Width = 6;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _random = new(3);

    public void Dispose()
    {
        _scope.Dispose();
        _random.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 3)]
    public void Partition_CutsRowByRowAndMergeGivesTheMapBack(int down, int right)
    {
        var windows = new Windows(Height, Width, down, right);
        var map = randn([2, Rows, Columns, 3], generator: _random);

        var cut = windows.Partition(map);

        Assert.True(Fixture.Same(windows.Merge(cut, Rows, Columns), map));
        for (var i = 0; i < 4; i++)
        {
            var (top, left) = (i / 2 * Height + down, i % 2 * Width + right);
            foreach (var (y, x) in (ReadOnlySpan<(int, int)>)[(0, 0), (1, 4), (3, 5)])
                Assert.True(Fixture.Same(cut[i, y * Width + x], map[0, (top + y) % Rows, (left + x) % Columns]));
        }
    }

    [Fact]
    public void Regions_PartCellsThatCameOverABorderFromThoseThatDidNot()
    {
        var (down, right) = (2, 3);
        var regions = new Windows(Height, Width, down, right).Regions(Rows, Columns, CPU)!;

        Assert.Equal([4, Height * Width], regions.shape);
        for (var window = 0; window < 4; window++)
        {
            (bool Down, bool Right) CameOver(int cell) => (window / 2 * Height + cell / Width + down >= Rows, window % 2 * Width + cell % Width + right >= Columns);
            for (var a = 0; a < Height * Width; a++)
            {
                for (var b = 0; b < Height * Width; b++)
                    Assert.Equal(CameOver(a) == CameOver(b), regions[window, a].item<long>() == regions[window, b].item<long>());
            }
        }
    }

    [Fact]
    public void RelativePositions_AreRowsOfTheTableByOffset()
    {
        var positions = new Windows(Height, Width).RelativePositions(CPU).data<long>().ToArray();

        for (var a = 0; a < Height * Width; a++)
        {
            for (var b = 0; b < Height * Width; b++)
            {
                var (down, right) = (a / Width - b / Width, a % Width - b % Width);
                Assert.Equal((down + Height - 1) * (2 * Width - 1) + right + Width - 1, positions[a * Height * Width + b]);
            }
        }
    }

    /// <summary>The published networks' table has (window + larger − 1)² rows and is indexed from the end where the index is negative.</summary>
    [Fact]
    public void OverlapPositions_CountFromTheEndWhereNegative()
    {
        const int Window = 4, Around = 6, Side = Window + Around - 1;

        var positions = OverlappingBlock.RelativePositions(Window, Around, CPU).data<long>().ToArray();

        for (var own = 0; own < Window * Window; own++)
        {
            for (var other = 0; other < Around * Around; other++)
            {
                var down = other / Around - own / Window + Window - Around + 1;
                var right = other % Around - own % Window + Window - Around + 1;
                var row = down * Side + right;
                Assert.Equal(row < 0 ? row + Side * Side : row, positions[own * Around * Around + other]);
            }
        }
        Assert.Equal(Side * Side, positions.Distinct().Count());
    }

    [Fact]
    public void Attend_EqualsSoftmaxWrittenOut()
    {
        const int Count = 6, Cells = 5, Others = 7, Heads = 2, HeadWidth = 3;
        var (q, k, v) = (Random(Count, Cells, Heads * HeadWidth), Random(Count, Others, Heads * HeadWidth), Random(Count, Others, Heads * HeadWidth));
        var bias = Random(Heads, Cells, Others);

        var attended = WindowAttention.Attend(q, k, v, bias, regions: null);

        for (var head = 0; head < Heads; head++)
        {
            Tensor Part(Tensor x) => x.narrow(2, head * HeadWidth, HeadWidth);
            var scores = einsum("wnc,wmc->wnm", Part(q), Part(k)) / Math.Sqrt(HeadWidth) + bias[head];
            Assert.InRange(Fixture.RelativeError(Part(attended), einsum("wnm,wmc->wnc", scores.softmax(-1), Part(v))), 0, 1e-6);
        }
    }

    [Fact]
    public void Attend_Regions_SeeOnlyThemselves()
    {
        var (q, k, v) = (Random(2, 4, 2), Random(2, 4, 2), Random(2, 4, 2));
        var regions = tensor(new long[,] { { 0, 0, 0, 0 }, { 0, 1, 0, 1 } });

        var attended = WindowAttention.Attend(q, k, v, zeros(1, 4, 4), regions);

        foreach (long[] cells in (long[][])[[0, 2], [1, 3]])
        {
            Tensor Of(Tensor x) => x[1].index_select(0, tensor(cells)).unsqueeze(0);
            var alone = WindowAttention.Attend(Of(q), Of(k), Of(v), zeros(1, 2, 2), regions: null);
            Assert.InRange(Fixture.RelativeError(attended[1].index_select(0, tensor(cells)), alone[0]), 0, 1e-6);
        }
    }

    private Tensor Random(params long[] shape) => randn(shape, generator: _random);
}
