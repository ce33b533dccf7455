using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary>Kills a process drawn by lot among those that live, at a fixed pace; beside that stops a clock now and then, and cuts the database's connections.</summary>
internal sealed class Mischief(StressFarm farm, TimeSpan interval, int kills, int seed)
{
    private const double FreezeShare = 0.25;
    private const int KillsACut = 4;

    private readonly Random _random = new(seed);

    /// <summary>Processes killed so far, each of them alive before.</summary>
    public int Kills { get; private set; }

    /// <summary>Clocks stopped so far.</summary>
    public int Freezes { get; private set; }

    /// <summary>What was done, in words.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Kills} kills, {Freezes} stopped clocks, {farm.DatabaseLine?.Cuts ?? 0} database connections cut");

    /// <summary>Kills as many as it is to; every stopped clock goes again before it returns.</summary>
    public async Task RunAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var frozen = new List<Task>();
        while (Kills < kills)
        {
            if (interval * (Kills + 1) - TimeProvider.System.GetElapsedTime(start) is var ahead && ahead > TimeSpan.Zero)
                await Task.Delay(ahead, TimeProvider.System);
            if (_random.NextDouble() < FreezeShare && Draw(member => member.Freeze()) is { } member)
            {
                Freezes++;
                frozen.Add(ThawAsync(member, TimeSpan.FromSeconds(2 + 13 * _random.NextDouble())));
            }
            if (Kills % KillsACut == 0)
                farm.DatabaseLine?.Cut();
            await KillOneAsync();
        }
        await Task.WhenAll(frozen);
    }

    private async Task KillOneAsync()
    {
        var ends = 0;
        var killed = Draw(member =>
        {
            ends = member.Ends;
            return member.Kill();
        });
        if (killed is null)
            return;
        await killed.UntilEndedAsync(ends);
        Kills++;
    }

    /// <summary>The first by lot that lived when it was harmed; null when none does.</summary>
    private Member? Draw(Func<Member, bool> harm)
    {
        var members = farm.All.ToArray();
        _random.Shuffle(members);
        return members.FirstOrDefault(harm);
    }

    private static async Task ThawAsync(Member member, TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System);
        member.Thaw();
    }
}
