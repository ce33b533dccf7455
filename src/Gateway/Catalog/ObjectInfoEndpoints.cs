using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Catalog;

/// <summary><c>/object_info</c>: all node classes, or one.</summary>
internal sealed class ObjectInfoEndpoints(CatalogCache catalog, RequestFiles files) : IResource
{
    /// <summary>Answers that are kept, one a tenant.</summary>
    private const int MostKept = 32;

    private readonly ConcurrentDictionary<string, Rendered> _rendered = new(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/object_info", AllAsync);
        routes.MapRead("/object_info/{name}", OneAsync);
    }

    private async Task<IResult> AllAsync(HttpContext context)
    {
        var own = files.Of(context);
        await own.Catalog.RefreshAsync(context.RequestAborted);
        return TypedResults.Bytes(Render(await catalog.CurrentAsync(context.RequestAborted), own), Answers.JsonType);
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        var own = files.Of(context);
        await own.Catalog.RefreshAsync(context.RequestAborted);
        var spec = (await catalog.CurrentAsync(context.RequestAborted)).Find(context.PathValue("name"));
        return TypedResults.Bytes(Write(spec is null ? [] : [spec], new FileCombos(own)), Answers.JsonType);
    }

    // The whole answer is some megabytes; it is written anew only when a class or a list of files has changed.
    private ReadOnlyMemory<byte> Render(NodeCatalog classes, TenantFiles own)
    {
        var combos = new FileCombos(own);
        ImmutableArray<string>[] lists = [.. classes.FileChoices.Select(combos.Files)];
        if (_rendered.TryGetValue(own.Tenant, out var known) && known.Version == classes.Version && known.Lists.SequenceEqual(lists))
            return known.Body;
        var body = Write(classes.Specs, combos);
        if (_rendered.Count >= MostKept)
            _rendered.Clear();
        _rendered[own.Tenant] = new Rendered(classes.Version, lists, body);
        return body;
    }

    private static ReadOnlyMemory<byte> Write(IEnumerable<NodeSpec> specs, FileCombos combos)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = Answers.Writer(buffer))
        {
            var writer = new ObjectInfoWriter(json, combos);
            json.WriteStartObject();
            foreach (var spec in specs)
                writer.Write(spec.Definition);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private sealed record Rendered(long Version, ImmutableArray<string>[] Lists, ReadOnlyMemory<byte> Body);
}
