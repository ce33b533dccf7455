using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Assets;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Assets;

/// <summary>Scans that make assets of files, and pruning of those whose files are gone.</summary>
internal sealed class AssetScanEndpoints(IGrainFactory grains, IdentityResolver identities, AssetBody body) : IResource
{
    private static readonly ImmutableArray<string> Roots = ["models", "input", "output"];

    public bool IsBare => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend("/assets/seed", AssetRoutes.Guarded(StartAsync));
        routes.MapRead("/assets/seed/status", AssetRoutes.Guarded(StatusAsync));
        routes.MapSend("/assets/seed/cancel", AssetRoutes.Guarded(CancelAsync));
        routes.MapSend("/assets/prune", AssetRoutes.Guarded(PruneAsync));
    }

    private async Task<IResult> StartAsync(HttpContext context)
    {
        var asked = await body.ReadRootsAsync(context.Request);
        ImmutableArray<string> roots = asked is null ? Roots : [.. Roots.Intersect(asked, StringComparer.Ordinal)];
        if (roots.IsEmpty)
            throw AssetRefusedException.Bad(AssetRefusedException.InvalidBodyCode, "No valid roots specified");
        var scan = Of(context);
        if (!await scan.StartAsync(roots))
            return Status("already_running", StatusCodes.Status409Conflict);
        if (context.Request.Query["wait"].ToString().ToLowerInvariant() is not ("true" or "1" or "yes"))
            return Status("started", StatusCodes.Status202Accepted);
        AssetScanStatus status;
        while ((status = await scan.WaitAsync()).State is not AssetScanState.Idle)
            context.RequestAborted.ThrowIfCancellationRequested();
        return Answers.Json(writer => Write(writer, "status", "completed", status));
    }

    private async Task<IResult> StatusAsync(HttpContext context)
    {
        var status = await Of(context).StatusAsync();
        return Answers.Json(writer => Write(writer, "state", status.State.ToString().ToUpperInvariant(), status));
    }

    private async Task<IResult> CancelAsync(HttpContext context) => Status(await Of(context).CancelAsync() ? "cancelling" : "idle", StatusCodes.Status200OK);

    private async Task<IResult> PruneAsync(HttpContext context)
    {
        if (await Of(context).PruneAsync() is not { } marked)
            return Status("scan_running", StatusCodes.Status409Conflict);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", "completed");
            writer.WriteNumber("marked", marked);
            writer.WriteEndObject();
        });
    }

    private static IResult Status(string status, int code) => Answers.Json(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", status);
            writer.WriteEndObject();
        },
        code);

    private static void Write(Utf8JsonWriter writer, string name, string state, AssetScanStatus status)
    {
        writer.WriteStartObject();
        writer.WriteString(name, state);
        if (status.Progress is { } progress)
        {
            writer.WriteStartObject("progress");
            writer.WriteNumber("scanned", progress.Scanned);
            writer.WriteNumber("total", progress.Total);
            writer.WriteNumber("created", progress.Created);
            writer.WriteNumber("skipped", progress.Skipped);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("progress");
        }
        writer.WriteStartArray("errors");
        foreach (var error in status.Errors)
            writer.WriteStringValue(error);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private IAssetScanGrain Of(HttpContext context) => grains.GetGrain<IAssetScanGrain>(identities.Of(context).Tenant);
}
