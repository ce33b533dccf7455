using System.Diagnostics;
using Farm.Storage.Hashing;

namespace Farm.Benchmarks;

/// <summary>Hashes memory on one thread.</summary>
internal static class Blake3Benchmark
{
    private const int Size = 256 << 20;

    public static Task RunAsync(BenchmarkContext context)
    {
        var content = new byte[Size];
        Blake3.Hash(content);
        var watch = Stopwatch.StartNew();
        Blake3.Hash(content);
        context.Add("blake3", "256 MiB, one thread", Size / 1e9 / watch.Elapsed.TotalSeconds, "GB/s");
        return Task.CompletedTask;
    }
}
