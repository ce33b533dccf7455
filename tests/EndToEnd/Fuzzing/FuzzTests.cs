using System.Collections.Concurrent;
using System.Text;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Fuzzing;

/// <summary>
/// Ten thousand bad requests over every operation: each is answered, none with a failure of the server's or with what the operation does not promise, and nothing
/// outside the roots is touched.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Requests = 10_000, AtOnce = 8;

    /// <summary>Anonymous memory, in MiB, that the last two thirds of the requests may add.</summary>
    private const double Growth = 64;

    /// <summary>Generous: what takes this long hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task EveryOperation_TenThousandBadRequests_AreAllAnsweredAndTheFarmGoesOn()
    {
        using var root = new DataRoot();
        var surroundings = new Surroundings(root);
        await using var farm = await FarmProcess.StartAsync(
            root, "--Farm:Users:MultiUser", "true", "--Farm:Data:Models", Path.Combine(root.Path, "models"), "--Farm:Gateway:StagingFolder", surroundings.Staging);
        using var client = await ComfyClient.ConnectAsync(farm);
        var generator = new RequestGenerator(await KnownThings.MakeAsync(client));

        var problems = new ConcurrentQueue<string>();
        var unpromised = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var statuses = new ConcurrentDictionary<int, int>();
        await SendAsync(farm, generator, 0, Requests / 3, problems, unpromised, statuses);
        var warm = farm.AnonymousMemory();
        await SendAsync(farm, generator, Requests / 3, Requests, problems, unpromised, statuses);
        await client.Http.PostAsync("/queue", new StringContent("{\"clear\": true}"));
        var end = farm.AnonymousMemory();
        output.WriteLine($"Answers by status: {string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"))}");
        output.WriteLine($"Anonymous memory: {warm:F0} MiB after a third, {end:F0} MiB at the end");

        Assert.True(farm.IsAlive, farm.Log);
        Assert.True(problems.IsEmpty, $"{problems.Count} requests went wrong:\n{string.Join("\n\n", problems.Take(20))}");
        Assert.True(unpromised.IsEmpty, $"Answers that operations.txt does not promise, one of each kind:\n{string.Join("\n\n", unpromised.Select(u => $"{u.Key}: {u.Value}"))}");
        Assert.DoesNotContain("unhandled exception", farm.Log, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(surroundings.Changes());
        Assert.True(end - warm < Growth, $"Anonymous memory grew from {warm:F0} to {end:F0} MiB.");
        // Another socket: nobody read the first one meanwhile, nor answered its pings.
        using var after = await ComfyClient.ConnectAsync(farm);
        var promptId = await after.SubmitAsync(Graphs.Colour(0xABCDEF));
        await after.FollowAsync(promptId);
        Assert.Single(await after.ImagesAsync(promptId));
    }

    // A 400 without a body is the HTTP server's own, to what is no HTTP.
    private static string? Unpromised(Operation operation, int status, byte[] body) =>
        status == 400 && body.Length == 0 ? null : AnswerJudge.Problem(operation, status, Encoding.UTF8.GetString(body));

    private static Task SendAsync(
        FarmProcess farm, RequestGenerator generator, int from, int to, ConcurrentQueue<string> problems, ConcurrentDictionary<string, string> unpromised, ConcurrentDictionary<int, int> statuses) =>
        Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
        {
            var request = generator.Make(seed);
            using var patience = new CancellationTokenSource(Patience);
            byte[]? answer;
            try
            {
                answer = await RawHttp.SendAsync(farm.Address, request, patience.Token);
            }
            catch (OperationCanceledException)
            {
                problems.Enqueue($"No answer within {Patience}: {request}");
                return;
            }
            var status = answer is null ? 0 : RawHttp.StatusOf(answer);
            statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status >= 500 || (status == 0 && !request.IsCut))
                problems.Enqueue($"{status}: {request}\n  answer: {Encoding.UTF8.GetString(answer ?? [])}");
            else if (answer is not null && answer.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Surroundings.Secret)) >= 0)
                problems.Enqueue($"The answer tells what lies outside: {request}");
            else if (request.Arrives && answer is not null && Unpromised(request.Operation, status, RawHttp.BodyOf(answer)) is { } problem)
                unpromised.TryAdd(problem, $"{request}\n  answer: {Encoding.UTF8.GetString(answer)}");
        });
}
