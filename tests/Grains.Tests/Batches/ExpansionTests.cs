using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Workers;
using Farm.Grains.Batches;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Batches;

/// <summary>What a plan becomes: pure functions of it.</summary>
public sealed class ExpansionTests
{
    [Theory]
    [InlineData(FrameOrder.Forward, 1, 5, "0 1 2 3 4")]
    [InlineData(FrameOrder.Reverse, 1, 5, "4 3 2 1 0")]
    [InlineData(FrameOrder.FirstLastMiddle, 1, 9, "0 8 4 2 6 1 3 5 7")]
    [InlineData(FrameOrder.FirstLastMiddle, 1, 6, "0 5 2 1 3 4")]
    [InlineData(FrameOrder.FirstLastMiddle, 1, 2, "0 1")]
    [InlineData(FrameOrder.FirstLastMiddle, 1, 1, "0")]
    [InlineData(FrameOrder.Every, 4, 10, "0 4 8 1 5 9 2 6 3 7")]
    [InlineData(FrameOrder.Every, 3, 9, "0 3 6 1 4 7 2 5 8")]
    [InlineData(FrameOrder.Every, 7, 3, "0 1 2")]
    [InlineData(FrameOrder.Every, 1, 3, "0 1 2")]
    public void Order_OfSomeIndices_IsAsNamed(FrameOrder order, int step, int total, string expected)
    {
        var sequence = new FrameSequence(order, step, total);

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, total).Select(i => sequence[i])));
    }

    [Theory]
    [InlineData(FrameOrder.FirstLastMiddle, 1)]
    [InlineData(FrameOrder.Every, 7)]
    [InlineData(FrameOrder.Every, 99_999)]
    public void Order_OfManyIndices_HasEachOnce(FrameOrder order, int step)
    {
        const int total = 100_000;
        var sequence = new FrameSequence(order, step, total);

        Assert.Equal(Enumerable.Range(0, total), Enumerable.Range(0, total).Select(i => sequence[i]).Order());
    }

    [Fact]
    public void Product_OfTwoAxes_ChangesTheLastFastest()
    {
        var plan = new BatchPlan { Axes = [Axis("1", "a", "[1]", "[2]"), Axis("2", "b", "[10]", "[20]", "[30]")] };

        Assert.Equal(6, IndexValues.Count(plan));
        Assert.Equal("1/10 1/20 1/30 2/10 2/20 2/30", string.Join(' ', Enumerable.Range(0, 6).Select(i => string.Join('/', IndexValues.At(plan, i).Values))));
    }

    [Fact]
    public void Zip_OfTwoAxes_GoesSideBySide()
    {
        var plan = new BatchPlan { Axes = [Axis("1", "a", "[1]", "[2]"), Axis("2", "b", "[10]", "[20]")], Zip = true };

        Assert.Equal(2, IndexValues.Count(plan));
        Assert.Equal("1/10 2/20", string.Join(' ', Enumerable.Range(0, 2).Select(i => string.Join('/', IndexValues.At(plan, i).Values))));
    }

    [Fact]
    public void Problem_OfABadRow_IsThatOfEveryIndexThatHasIt()
    {
        var plan = new BatchPlan { Axes = [Axis("1", "a", "[1]", "[2]") with { Bad = [new BadRow(1, "too big")] }, Axis("2", "b", "[10]", "[20]")] };

        Assert.Equal([null, null, "too big", "too big"], Enumerable.Range(0, 4).Select(i => IndexValues.Problem(plan, i)));
    }

    [Fact]
    public void Submission_OfAnIndex_HasItsValuesAndKeepsTheRestAsSent()
    {
        var template = Samples.Submission("first", clientId: "c") with
        {
            Prompt = """{"2":{"inputs":{"images":["1",0]},"class_type":"PreviewImage"},"1":{"class_type":"EmptyImage","inputs":{"width":8,"text":"é"}}}""",
            ExtraData = """{"x":{"b":1,"a":2},"create_time":1,"client_id":"c"}""",
            Secrets = "{}",
        };
        var batch = State(new BatchPlan { Axes = [Axis("1", "width", "[64]", "[128]"), Axis("1", "height", "[7]")] }, template) with { };
        var made = batch.Definition with { Checks = [new NodeCheck { NodeId = "1", ClassType = "EmptyImage", Arguments = """{"width":64,"z":1}""" }] };
        var item = new BatchItemState { Index = 1, Status = BatchItemStatus.Submitted, Tries = 1, RunId = BatchRuns.IdOf(batch.Id, 1, 1) };

        var submission = new BatchRuns(batch with { Definition = made }).Of(item, 42, Samples.Start);

        Assert.Equal(
            """{"2":{"inputs":{"images":["1",0]},"class_type":"PreviewImage"},"1":{"class_type":"EmptyImage","inputs":{"width":128,"text":"é","height":7}}}""", submission.Prompt);
        Assert.Equal((42d, batch.Id, 1, item.RunId.ToString()), (submission.Number, submission.BatchId!.Value, submission.BatchIndex!.Value, submission.PromptId));
        Assert.Null(submission.Secrets);
        Assert.Null(submission.ClientId);
        Assert.Equal("""{"width":128,"z":1}""", Assert.Single(submission.DeferredChecks).Arguments);
        using var extra = JsonDocument.Parse(submission.ExtraData);
        Assert.Equal("""{"b":1,"a":2}""", extra.RootElement.GetProperty("x").GetRawText());
        Assert.Equal(1, extra.RootElement.GetProperty("farm_batch").GetProperty("index").GetInt32());
        Assert.False(extra.RootElement.TryGetProperty("client_id", out _));
    }

    [Fact]
    public void RunId_OfTheSameTry_IsTheSameAndOfAnotherAnother()
    {
        var batch = Guid.NewGuid();
        var ids = (from index in Enumerable.Range(0, 1000) from tries in Enumerable.Range(1, 3) select BatchRuns.IdOf(batch, index, tries)).ToList();

        Assert.Equal(BatchRuns.IdOf(batch, 7, 2), ids[7 * 3 + 1]);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal(8, id.Version));
    }

    private static BatchAxis Axis(string node, string input, params string[] rows) => new() { Targets = [new BatchTarget(node, input)], Rows = [.. rows] };

    private static BatchState State(BatchPlan plan, Farm.Contracts.Prompts.PromptSubmission template) =>
        BatchMachine.Submit(Guid.NewGuid(), new BatchSubmission { Template = template, Plan = plan, Concurrency = 1 }, Samples.Start);
}
