using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Farm.EndToEnd.Watching;

/// <summary>A span as a process sent it.</summary>
internal sealed record Span(string Process, string Source, string Name, string TraceId, string Id, string ParentId, ulong Start, ulong End);

/// <summary>Takes traces, logs and metrics over OTLP (gRPC), as a collector does.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private const int FrameHeader = 5;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<byte[]> _received = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private TraceCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapPost("/opentelemetry.proto.collector.{signal}.v1.{service}/Export", TakeAsync);
    }

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The spans that came so far.</summary>
    public IReadOnlyList<Span> Spans { get; private set; } = [];

    /// <summary>Everything that came so far, of any signal, as text; names and values stand in it as they were sent.</summary>
    public string Everything => string.Concat(_received.Select(Encoding.Latin1.GetString));

    public static async Task<TraceCollector> StartAsync()
    {
        var collector = new TraceCollector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits until more came.</summary>
    public Task MoreAsync(CancellationToken cancel) => _arrived.WaitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task TakeAsync(HttpContext context, string signal)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _received.Enqueue(body.ToArray());
        if (signal == "trace")
        {
            lock (_received)
                Spans = [.. Spans, .. Read(body.ToArray().AsMemory(FrameHeader))];
        }
        _arrived.Release();
        context.Response.ContentType = "application/grpc";
        context.Response.AppendTrailer("grpc-status", "0");
        // An empty answer in its frame.
        await context.Response.Body.WriteAsync(new byte[FrameHeader], context.RequestAborted);
    }

    // Field numbers: opentelemetry-proto 1.x, collector/trace/v1, trace/v1, resource/v1 and common/v1.
    private static IEnumerable<Span> Read(ReadOnlyMemory<byte> request) =>
        from resourceSpans in Fields(request).Where(f => f.Number == 1)
        let process = ProcessOf(Fields(resourceSpans.Bytes).First(f => f.Number == 1).Bytes)
        from scopeSpans in Fields(resourceSpans.Bytes).Where(f => f.Number == 2)
        let source = Text(Fields(scopeSpans.Bytes).First(f => f.Number == 1).Bytes, 1)
        from span in Fields(scopeSpans.Bytes).Where(f => f.Number == 2)
        select new Span(
            process, source, Text(span.Bytes, 5), Hex(span.Bytes, 1), Hex(span.Bytes, 2), Hex(span.Bytes, 4),
            Fields(span.Bytes).First(f => f.Number == 7).Value, Fields(span.Bytes).First(f => f.Number == 8).Value);

    private static string ProcessOf(ReadOnlyMemory<byte> resource) =>
        Fields(resource).Where(f => f.Number == 1 && Text(f.Bytes, 1) == "service.name").Select(f => Text(Fields(f.Bytes).First(v => v.Number == 2).Bytes, 1)).Single();

    private static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Fields(message).FirstOrDefault(f => f.Number == field).Bytes.Span);

    private static string Hex(ReadOnlyMemory<byte> message, int field) =>
        Convert.ToHexStringLower(Fields(message).FirstOrDefault(f => f.Number == field).Bytes.Span);

    /// <summary>The fields of a protobuf message: varints, 64-bit and 32-bit numbers, and what has a length.</summary>
    private static List<Field> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<Field>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message.Span, ref at);
            var (value, bytes) = (key & 7) switch
            {
                0 => (Varint(message.Span, ref at), default),
                1 => (BinaryPrimitives.ReadUInt64LittleEndian(message.Span.Slice((at += 8) - 8, 8)), default),
                2 => (0UL, Bytes(message, ref at)),
                5 => (BinaryPrimitives.ReadUInt32LittleEndian(message.Span.Slice((at += 4) - 4, 4)), default(ReadOnlyMemory<byte>)),
                _ => throw new InvalidDataException($"Wire type {key & 7} at byte {at}."),
            };
            fields.Add(new Field((int)(key >> 3), value, bytes));
        }
        return fields;
    }

    private static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<byte> message, ref int at)
    {
        var length = (int)Varint(message.Span, ref at);
        at += length;
        return message.Slice(at - length, length);
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }

    private readonly record struct Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
}
