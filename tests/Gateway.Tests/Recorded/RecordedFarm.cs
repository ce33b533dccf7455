using System.Buffers.Binary;
using System.Text;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.Security;
using Xunit;

namespace Farm.Gateway.Tests.Recorded;

/// <summary>A gateway with the files that the recorded server had when it was asked.</summary>
public sealed class RecordedFarm : IAsyncLifetime
{
    private SecureHost? _host;

    /// <summary>Sends what a client's own address would mend.</summary>
    public HttpClient Client => _host!.Client;

    /// <summary>Where it serves.</summary>
    public Uri Address => _host!.Address;

    /// <summary>The data root.</summary>
    public string Root => _host!.Root;

    public async ValueTask InitializeAsync()
    {
        _host = await SecureHost.StartOpenAsync(FakeFarm.Create(), null);
        Write("models/checkpoints/one.safetensors", Safetensors("""{"__metadata__": {"format": "pt", "id": "one", "title": "ü"}}"""));
        Write("models/checkpoints/none-inside.safetensors", Safetensors("{}"));
        Write("models/checkpoints/broken.safetensors", "not a safetensors file at all"u8.ToArray());
        Write("models/checkpoints/other.ckpt", [1]);
        Write("models/embeddings/sub/two.pt", [1]);
        foreach (var area in (string[])["input", "output", "temp"])
        {
            Write($"{area}/one.png", [1]);
            Write($"{area}/below/two.png", [1]);
        }
    }

    public async ValueTask DisposeAsync() => await _host!.DisposeAsync();

    private static byte[] Safetensors(string header)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
