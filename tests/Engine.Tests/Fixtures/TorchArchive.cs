using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Fixtures;

/// <summary>
/// Writes what torch.save writes since PyTorch 1.6: a stored zip of a pickle (protocol 2) and a file a storage. Objects are dictionaries, lists, texts, whole numbers
/// and tensors; files of Python's own are in Weights/Fixtures.
/// </summary>
internal sealed class TorchArchive
{
    private const string Root = "archive/";

    private readonly MemoryStream _pickle = new();
    private readonly List<Tensor> _storages = [];

    public static void Write(string path, object root)
    {
        var archive = new TorchArchive();
        archive._pickle.Write([0x80, 2]);
        archive.Put(root);
        archive._pickle.WriteByte((byte)'.');
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Entry(zip, "data.pkl", archive._pickle.ToArray());
        for (var i = 0; i < archive._storages.Count; i++) Entry(zip, $"data/{i}", archive._storages[i].contiguous().bytes);
        Entry(zip, "version", "3\n"u8);
    }

    private static void Entry(ZipArchive zip, string name, ReadOnlySpan<byte> bytes)
    {
        using var entry = zip.CreateEntry(Root + name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    private void Put(object value)
    {
        switch (value)
        {
            case string text: Text(text); break;
            case int number: Int(number); break;
            case Tensor tensor: Put(tensor); break;
            case IReadOnlyDictionary<string, object> members:
                Op('}');
                Op('(');
                foreach (var (name, member) in members)
                {
                    Text(name);
                    Put(member);
                }
                Op('u');
                break;
            case IReadOnlyList<object> items:
                Op(']');
                Op('(');
                foreach (var item in items) Put(item);
                Op('e');
                break;
            default: throw new NotSupportedException($"torch.save of {value.GetType()}");
        }
    }

    /// <summary>torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)</summary>
    private void Put(Tensor tensor)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op('(');
        Op('(');
        Text("storage");
        Global("torch", tensor.dtype switch
        {
            ScalarType.Float16 => "HalfStorage",
            ScalarType.Int64 => "LongStorage",
            ScalarType.Float32 => "FloatStorage",
            var other => throw new NotSupportedException($"torch.save of {other}"),
        });
        Text($"{_storages.Count}");
        Text("cpu");
        Int((int)tensor.numel());
        Op('t');
        Op('Q');
        _storages.Add(tensor);
        Int(0);
        Tuple(tensor.shape);
        Tuple([.. tensor.shape.Select((_, i) => tensor.shape[(i + 1)..].Aggregate(1L, (product, size) => product * size))]);
        _pickle.WriteByte(0x89);
        Global("collections", "OrderedDict");
        Op(')');
        Op('R');
        Op('t');
        Op('R');
    }

    private void Tuple(long[] sizes)
    {
        Op('(');
        foreach (var size in sizes) Int((int)size);
        Op('t');
    }

    private void Global(string module, string name)
    {
        Op('c');
        _pickle.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        Op('X');
        Four(Encoding.UTF8.GetByteCount(text));
        _pickle.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Int(int number)
    {
        Op('J');
        Four(number);
    }

    private void Four(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _pickle.Write(bytes);
    }

    private void Op(char code) => _pickle.WriteByte((byte)code);
}
