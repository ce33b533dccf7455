using System.Buffers;
using System.Collections.Immutable;
using Farm.Gateway.Http;

namespace Farm.Gateway.Catalog;

/// <summary><c>/object_info</c>: all node classes, or one.</summary>
internal sealed class ObjectInfoEndpoints(CatalogCache catalog, FileCombos files) : IResource
{
    private Rendered? _rendered;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/object_info", AllAsync);
        routes.MapRead("/object_info/{name}", OneAsync);
    }

    private async Task<IResult> AllAsync(HttpContext context)
    {
        await files.RefreshAsync(context.RequestAborted);
        return TypedResults.Bytes(Render(await catalog.CurrentAsync(context.RequestAborted)), Answers.JsonType);
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        await files.RefreshAsync(context.RequestAborted);
        var spec = (await catalog.CurrentAsync(context.RequestAborted)).Find(context.PathValue("name"));
        return TypedResults.Bytes(Write(spec is null ? [] : [spec]), Answers.JsonType);
    }

    // The whole answer is some megabytes; it is written anew only when a class or a list of files has changed.
    private ReadOnlyMemory<byte> Render(NodeCatalog classes)
    {
        ImmutableArray<string>[] lists = [.. classes.FileChoices.Select(files.Files)];
        if (_rendered is { } known && known.Version == classes.Version && known.Lists.SequenceEqual(lists))
            return known.Body;
        var body = Write(classes.Specs);
        _rendered = new Rendered(classes.Version, lists, body);
        return body;
    }

    private ReadOnlyMemory<byte> Write(IEnumerable<NodeSpec> specs)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = Answers.Writer(buffer))
        {
            var writer = new ObjectInfoWriter(json, files);
            json.WriteStartObject();
            foreach (var spec in specs)
                writer.Write(spec.Definition);
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private sealed record Rendered(long Version, ImmutableArray<string>[] Lists, ReadOnlyMemory<byte> Body);
}
