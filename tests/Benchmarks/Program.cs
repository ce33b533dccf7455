using Farm.Benchmarks;

var known = new Dictionary<string, Func<BenchmarkContext, Task>>(StringComparer.Ordinal)
{
    ["safetensors"] = SafetensorsBenchmark.RunAsync,
    ["blake3"] = Blake3Benchmark.RunAsync,
    ["unet"] = UNetBenchmark.RunAsync,
    ["real-size"] = RealSizeBenchmark.RunAsync,
    ["real-size-streamed"] = RealSizeBenchmark.StreamedAsync,
    ["executor"] = ExecutorBenchmark.RunAsync,
    ["roundtrip"] = ControlPlaneBenchmarks.RoundTripAsync,
    ["drain"] = ControlPlaneBenchmarks.DrainAsync,
    ["submit"] = ControlPlaneBenchmarks.SubmitAsync,
    [CudaBenchmark.Name] = CudaBenchmark.RunAsync,
};
if (args.Except(known.Keys, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"unknown benchmark '{unknown}'; known are {string.Join(", ", known.Keys)}");
    return 2;
}
using var context = new BenchmarkContext();
try
{
    foreach (var name in known.Keys.Where(name => args.Length == 0 ? name != CudaBenchmark.Name : args.Contains(name, StringComparer.Ordinal)))
        await known[name](context);
}
catch (BenchmarkRefusedException refused)
{
    Console.Error.WriteLine(refused.Message);
    return 3;
}
context.Print();
return context.IsWithinBounds ? 0 : 1;
