using System.Diagnostics;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>Reads every byte of a checkpoint of the real size through the memory map, beside a plain read of the file into one buffer.</summary>
internal static class SafetensorsBenchmark
{
    private const int Rounds = 3;

    public static Task RunAsync(BenchmarkContext context)
    {
        var path = BenchmarkContext.Checkpoint("sd15-full");
        var gigabytes = new FileInfo(path).Length / 1e9;
        ReadPlainly(path);
        context.Add("safetensors", "plain read (warm page cache)", gigabytes / Best(() => ReadPlainly(path)), "GB/s");
        context.Add("safetensors", "open: header alone", 1000 * Best(() => SafetensorsFile.Open(path).Dispose()), "ms");
        context.Add("safetensors", "memory map, all tensors copied into torch memory", gigabytes / Best(() => CopyTensors(path)), "GB/s");
        return Task.CompletedTask;
    }

    private static double Best(Action action) => Enumerable.Range(0, Rounds).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    });

    private static void ReadPlainly(string path)
    {
        var buffer = new byte[1 << 20];
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        for (long at = 0; RandomAccess.Read(file, buffer, at) is var read and > 0; at += read) { }
    }

    private static void CopyTensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var info in file.Tensors)
        {
            using var mapped = file.OpenTensor(info.Name);
            using Tensor copy = mapped.clone();
        }
    }
}
