using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Farm.Benchmarks;

/// <summary>A standalone farm in a process of its own, and a client of it.</summary>
internal sealed class FarmUnderTest : IDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly string _clientId = Guid.NewGuid().ToString();
    private int _distinct;

    private FarmUnderTest(Process process, Uri address)
    {
        _process = process;
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseProxy = false };
        Http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
    }

    public HttpClient Http { get; }

    public static async Task<FarmUnderTest> StartAsync(BenchmarkContext context)
    {
        var root = Directory.CreateDirectory(Path.Combine(context.Scratch, Guid.NewGuid().ToString("N"))).FullName;
        string[] arguments = ["--urls", "http://127.0.0.1:0", "--Farm:Data:Root", root];
        var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Farm.Standalone"), arguments)
        {
            RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = root,
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is not (var at and >= 0))
                continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            var farm = new FarmUnderTest(process, new Uri(line[(at + Listening.Length)..].Trim()));
            await farm._socket.ConnectAsync(new UriBuilder(farm.Http.BaseAddress!) { Scheme = "ws", Path = "/ws", Query = $"clientId={farm._clientId}" }.Uri, CancellationToken.None);
            return farm;
        }
        throw new InvalidOperationException("The farm ended before it listened.");
    }

    /// <summary>The body of a submission of a tiny graph that no cache knows.</summary>
    public byte[] TinyBody()
    {
        var colour = (Interlocked.Increment(ref _distinct) * 7919) & 0xFFFFFF;
        return Body(new JsonObject
        {
            ["1"] = Node("EmptyImage", new() { ["width"] = 16, ["height"] = 16, ["batch_size"] = 1, ["color"] = colour }),
            ["2"] = Node("ImageInvert", new() { ["image"] = Link("1") }),
            ["3"] = Node("PreviewImage", new() { ["images"] = Link("2") }),
        });
    }

    /// <summary>The body of a submission that keeps the worker busy until it is interrupted: wide blurs, one after the other.</summary>
    public byte[] BlockerBody()
    {
        const int Blurs = 2000;
        var graph = new JsonObject { ["0"] = Node("EmptyImage", new() { ["width"] = 512, ["height"] = 512, ["batch_size"] = 1, ["color"] = 1 }) };
        for (var i = 1; i <= Blurs; i++)
            graph[$"{i}"] = Node("ImageBlur", new() { ["image"] = Link($"{i - 1}"), ["blur_radius"] = 31, ["sigma"] = 10.0 });
        graph["save"] = Node("PreviewImage", new() { ["images"] = Link($"{Blurs}") });
        return Body(graph);
    }

    public async Task SubmitAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await Http.PostAsync("/prompt", content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Reads the socket until a message of a type that fits.</summary>
    public async Task WaitForAsync(string type, Func<JsonElement, bool> fits)
    {
        var buffer = new byte[1 << 20];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType != WebSocketMessageType.Text)
                continue;
            using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
            if (message.RootElement.GetProperty("type").GetString() == type && fits(message.RootElement.GetProperty("data")))
                return;
        }
    }

    /// <summary>Waits until nothing runs or waits.</summary>
    public async Task DrainAsync()
    {
        // Messages of moments when the worker had caught up may still wait in the socket.
        while (await RemainingAsync() > 0)
            await WaitForAsync("status", data => data.GetProperty("status").GetProperty("exec_info").GetProperty("queue_remaining").GetInt32() == 0);
    }

    public async Task<int> RemainingAsync() =>
        (await Http.GetFromJsonAsync<JsonElement>("/prompt")).GetProperty("exec_info").GetProperty("queue_remaining").GetInt32();

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _socket.Dispose();
        Http.Dispose();
    }

    private byte[] Body(JsonObject graph) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["prompt"] = graph, ["client_id"] = _clientId });

    private static JsonObject Node(string classType, JsonObject inputs) => new() { ["class_type"] = classType, ["inputs"] = inputs };

    private static JsonArray Link(string node) => [node, 0];
}
