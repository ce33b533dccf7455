using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Scheduling;

/// <summary>The order inside a tenant: number, class, deadline, age.</summary>
public sealed class RankTests
{
    private static readonly PromptNeeds High = new() { Priority = PriorityClass.High };
    private static readonly PromptNeeds Low = new() { Priority = PriorityClass.Low };

    [Fact]
    public void Number_DecidesInAClass()
    {
        var farm = new VirtualFarm(1);
        farm.Submit("t", "third", number: 3);
        farm.Submit("t", "front", number: -4);
        farm.Submit("t", "first", number: 1);

        farm.RunAll();

        Assert.Equal(["front", "first", "third"], farm.Begun.Select(b => b.PromptId));
    }

    [Fact]
    public void Classes_OfOneAge_ComeInTheirOrder()
    {
        var farm = new VirtualFarm(1);
        farm.Submit("t", "low", needs: Low);
        farm.Submit("t", "normal");
        farm.Submit("t", "high", needs: High);

        Assert.Equal(["high", "normal", "low"], farm.Queue.Tenant("t")!.Waiting().Select(i => i.PromptId));
        farm.RunAll();

        Assert.Equal(["high", "normal", "low"], farm.Begun.Select(b => b.PromptId));
    }

    [Fact]
    public void LowClass_BehindAnEndlessStreamOfNormalOnes_ComesWhenItHasWaited()
    {
        var farm = new VirtualFarm(1, scheduling: new SchedulingOptions { AgingTime = TimeSpan.FromSeconds(60) });
        farm.Submit("t", "low", needs: Low);
        for (var i = 0; i < 200; i++)
        {
            farm.Submit("t", $"n{i}");
            farm.Submit("t", $"m{i}");
            farm.RunUntil(i + 0.5);
        }

        // Normal ones wait longer and longer, as two come a second; at 121 s those of 61 s are due, as old as it is with its class.
        var low = farm.Begun.Single(b => b.PromptId == "low");
        Assert.InRange(low.At, 115, 125);
    }

    [Fact]
    public void Deadline_ThatNears_ComesFirstAndTheNearestOfThem()
    {
        var farm = new VirtualFarm(1, scheduling: new SchedulingOptions { DeadlineLead = TimeSpan.FromSeconds(30) });
        for (var i = 0; i < 100; i++) farm.Submit("t", $"n{i}", needs: High);
        farm.Submit("t", "later", needs: new PromptNeeds { Deadline = Samples.Start.AddSeconds(82) });
        farm.Submit("t", "sooner", needs: new PromptNeeds { Deadline = Samples.Start.AddSeconds(81) });

        farm.RunAll();

        var order = farm.Begun.Select(b => b.PromptId).ToList();
        Assert.Equal("sooner", order[50]);
        Assert.Equal("later", order[order.IndexOf("sooner") + 1]);
        Assert.InRange(farm.Ended["later"], 0, 82);
    }

    [Fact]
    public void NeedsText_OfAllFields_ReadsBackAndEqualRequirementsAreOne()
    {
        var needs = new PromptNeeds
        {
            Files = ["vae/b.safetensors", "checkpoints/a.safetensors"], FileBytes = 12, Pool = "night", Labels = ["big", "a100"],
            Priority = PriorityClass.High, Deadline = Samples.Start, Shape = "abc",
        };

        var text = NeedsText.Write(["B", "A"], needs);
        var (classes, read) = NeedsText.Read(text);

        Assert.Equal(["A", "B"], classes);
        Assert.Equal(["checkpoints/a.safetensors", "vae/b.safetensors"], read.Files);
        Assert.Equal(["a100", "big"], read.Labels);
        Assert.Equal((12, "night", PriorityClass.High, Samples.Start, "abc"), (read.FileBytes, read.Pool, read.Priority, read.Deadline, read.Shape));
        Assert.Equal(text, NeedsText.Write(["A", "B"], read));
        Assert.Equal("A\nB", NeedsText.Write(["B", "A"], PromptNeeds.None));
    }
}
