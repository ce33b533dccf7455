using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Jobs;

/// <summary><c>/api/jobs</c>: all prompts as one list, whatever has become of them, and stopping them by id.</summary>
internal sealed class JobEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities) : IResource
{
    /// <summary>Ids in one request at the most.</summary>
    private const int MostIds = 10_000;

    // Only under /api; ComfyUI puts its /api copy before that once more.
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/api/jobs", ListAsync);
        routes.MapRead("/api/jobs/{id}", OneAsync);
        routes.MapSend("/api/jobs/cancel", CancelManyAsync);
        routes.MapSend("/api/jobs/{id}/cancel", CancelOneAsync);
    }

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    private async Task<IResult> ListAsync(HttpContext context)
    {
        if (!JobQueryReader.TryRead(context.Request.Query, out var query, out var problem))
            return Answers.Error(problem, StatusCodes.Status400BadRequest);
        var tenant = identities.Of(context).Tenant;
        var page = await grains.GetGrain<IJobsGrain>(tenant).ListAsync(query);
        var forecasts = WantsForecast(context)
            ? await Scheduler.ForecastAsync(tenant, [.. page.Jobs.Where(j => j.Status is JobStatus.Pending or JobStatus.InProgress).Select(j => j.PromptId)])
            : [];
        return Answers.Json(writer => JobWriter.WritePage(writer, page, query, forecasts));
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        var id = context.PathValue("id");
        var tenant = identities.Of(context).Tenant;
        var history = grains.GetGrain<IHistoryGrain>(tenant);
        if (await history.GetAsync(id) is { } entry)
            return Answers.Json(writer => JobWriter.WriteEnded(writer, entry));
        foreach (var run in (await Scheduler.FindAsync(tenant, id)).OrderByDescending(r => r.Running))
        {
            if (await history.SubmissionsAsync([run.RunId]) is not [var submission])
                continue;
            var forecast = (await Scheduler.ForecastAsync(tenant, [id])).FirstOrDefault(f => f.RunId == run.RunId);
            return Answers.Json(writer => JobWriter.WriteQueued(writer, submission, run.Running, WantsForecast(context) || forecast?.Blocked is not null ? forecast : null));
        }
        // It may have ended between the two looks.
        return await history.GetAsync(id) is { } late
            ? Answers.Json(writer => JobWriter.WriteEnded(writer, late))
            : Answers.Error("Job not found", StatusCodes.Status404NotFound);
    }

    /// <summary>ComfyUI's jobs have no member <c>farm</c>: it is for those who ask.</summary>
    private static bool WantsForecast(HttpContext context) => context.Request.Query["farm"].ToString() is "1" or "true";

    private async Task<IResult> CancelOneAsync(HttpContext context)
    {
        var id = context.PathValue("id");
        var tenant = identities.Of(context).Tenant;
        var cancelled = await CancelAsync(tenant, id);
        if (!cancelled && await grains.GetGrain<IHistoryGrain>(tenant).GetAsync(id) is null)
            return Answers.Error("Job not found", StatusCodes.Status404NotFound);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("cancelled", cancelled);
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> CancelManyAsync(HttpContext context)
    {
        var ids = JobQueryReader.ReadIds(await body.ReadAsync(context.Request), MostIds);
        var tenant = identities.Of(context).Tenant;
        var cancelled = new List<string>();
        foreach (var id in ids)
        {
            if (await CancelAsync(tenant, id))
                cancelled.Add(id);
        }
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("cancelled");
            foreach (var id in cancelled)
                writer.WriteStringValue(id);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Interrupts what runs and removes what waits; false when nothing of that id does.</summary>
    private async Task<bool> CancelAsync(string tenant, string id)
    {
        var any = false;
        foreach (var run in await Scheduler.FindAsync(tenant, id))
        {
            var prompt = grains.GetGrain<IPromptGrain>(run.RunId);
            any |= await prompt.InterruptAsync() || await prompt.DeleteAsync();
        }
        return any;
    }
}
