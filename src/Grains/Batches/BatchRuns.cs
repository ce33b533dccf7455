using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;

namespace Farm.Grains.Batches;

/// <summary>The submissions of a batch's indices. Pure: the same index and try give the same run, so that handing it in twice changes nothing.</summary>
internal sealed class BatchRuns(BatchState batch)
{
    private const int Depth = 1000;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = Depth };

    private readonly JsonElement _graph = Parse(batch.Definition.Template.Prompt);
    private readonly JsonElement _extra = Parse(batch.Definition.Template.ExtraData);

    /// <summary>The run of a try of an index: a UUID of version 8 from a hash of batch, index and try.</summary>
    public static Guid IdOf(Guid batch, int index, int tries)
    {
        Span<byte> name = stackalloc byte[24];
        batch.TryWriteBytes(name);
        BinaryPrimitives.WriteInt32LittleEndian(name[16..], index);
        BinaryPrimitives.WriteInt32LittleEndian(name[20..], tries);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(name, hash);
        hash[6] = (byte)(0x80 | (hash[6] & 0x0F));
        hash[8] = (byte)(0x80 | (hash[8] & 0x3F));
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The submission of an item.</summary>
    public PromptSubmission Of(BatchItemState item, double number, DateTimeOffset now)
    {
        var template = batch.Definition.Template;
        var values = IndexValues.At(batch.Definition.Plan, item.Index);
        return template with
        {
            PromptId = item.RunId!.Value.ToString(),
            Number = number,
            Prompt = Write(writer => WriteGraph(writer, values)),
            ExtraData = Write(writer => WriteExtra(writer, item.Index, now)),
            Secrets = null,
            Fingerprint = null,
            ClientId = null,
            CreatedAt = now,
            BatchId = batch.Id,
            BatchIndex = item.Index,
            Needs = template.Needs with { Files = Files(values) },
            DeferredChecks = [.. template.DeferredChecks, .. batch.Definition.Checks.Select(check => With(check, values))],
        };
    }

    /// <summary>The model files of an index: the first index's, those of its parameters replaced.</summary>
    private ImmutableArray<string> Files(Dictionary<BatchTarget, JsonElement> values)
    {
        if (values.Keys.All(target => target.Folder is null)) return batch.Definition.Template.Needs.Files;
        var first = Named(IndexValues.At(batch.Definition.Plan, 0)).ToHashSet(StringComparer.Ordinal);
        return [.. batch.Definition.Template.Needs.Files.Where(file => !first.Contains(file)).Union(Named(values), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Named(Dictionary<BatchTarget, JsonElement> values) =>
        values.Where(v => v.Key.Folder is not null && v.Value.ValueKind is JsonValueKind.String).Select(v => $"{v.Key.Folder}/{v.Value.GetString()}");

    private void WriteGraph(Utf8JsonWriter writer, Dictionary<BatchTarget, JsonElement> values)
    {
        var byNode = values.GroupBy(v => v.Key.NodeId, StringComparer.Ordinal).ToDictionary(
            g => g.Key, g => g.ToDictionary(v => v.Key.Input, v => v.Value, StringComparer.Ordinal), StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (var node in _graph.EnumerateObject())
        {
            writer.WritePropertyName(node.Name);
            if (byNode.TryGetValue(node.Name, out var inputs)) WriteNode(writer, node.Value, inputs);
            else node.Value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonElement node, Dictionary<string, JsonElement> inputs)
    {
        writer.WriteStartObject();
        foreach (var member in node.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.NameEquals("inputs")) WriteReplaced(writer, member.Value, inputs, adds: true);
            else member.Value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void WriteReplaced(Utf8JsonWriter writer, JsonElement members, Dictionary<string, JsonElement> values, bool adds)
    {
        writer.WriteStartObject();
        foreach (var member in members.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            (values.TryGetValue(member.Name, out var value) ? value : member.Value).WriteTo(writer);
        }
        foreach (var (name, value) in values.Where(v => adds && !members.TryGetProperty(v.Key, out _)))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private void WriteExtra(Utf8JsonWriter writer, int index, DateTimeOffset now)
    {
        writer.WriteStartObject();
        foreach (var member in _extra.EnumerateObject().Where(m => m.Name is not ("farm_batch" or "create_time" or "client_id"))) member.WriteTo(writer);
        writer.WriteStartObject("farm_batch");
        writer.WriteString("id", batch.Id);
        writer.WriteNumber("index", index);
        writer.WriteEndObject();
        writer.WriteNumber("create_time", now.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    private static NodeCheck With(NodeCheck check, Dictionary<BatchTarget, JsonElement> values)
    {
        var own = values.Where(v => v.Key.NodeId == check.NodeId).ToDictionary(v => v.Key.Input, v => v.Value, StringComparer.Ordinal);
        return check with { Arguments = Write(writer => WriteReplaced(writer, Parse(check.Arguments), own, adds: false)) };
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth }).RootElement;

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
