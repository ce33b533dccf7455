using Farm.Contracts.Jobs;
using Farm.Grains.Tests.Support;

namespace Farm.Grains.Tests.Jobs;

/// <summary>What a page of jobs costs does not grow with the queue.</summary>
public sealed class JobCountTests
{
    [Fact]
    public async Task Count_OfAWorkflowThatWaits_EndsAtTheDepth()
    {
        await using var farm = await FarmCluster.StartAsync(("Farm:History:Depth", "2"));
        for (var i = 0; i < 4; i++)
            await farm.SubmitAsync(Samples.Submission($"p{i}") with { WorkflowId = "wf" });
        var jobs = farm.Grains.GetGrain<IJobsGrain>("default");

        var ofWorkflow = await jobs.ListAsync(new JobQuery { Statuses = [JobStatus.Pending], WorkflowId = "wf", Limit = 1 });
        var all = await jobs.ListAsync(new JobQuery { Statuses = [JobStatus.Pending], Limit = 1 });

        Assert.Equal((1, 2), (ofWorkflow.Jobs.Length, ofWorkflow.Total));
        Assert.Equal((1, 4), (all.Jobs.Length, all.Total));
    }
}
