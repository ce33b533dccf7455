using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Farm.EndToEnd.Watching;

/// <summary>A Prometheus that scrapes one farm four times a second and has the farm's alert rules, in a hurry.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private const string Targets = "targets.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("farm-prometheus-");
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;
    private readonly HttpClient _http;

    private Prometheus(string target)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "alerts.yaml"), Monitoring.HastyRules());
        File.WriteAllText(Path.Combine(_folder.FullName, Targets), $$"""[{"targets": ["{{target}}"]}]""");
        var configuration = Path.Combine(_folder.FullName, "prometheus.yaml");
        File.WriteAllText(configuration, $$"""
            global: {scrape_interval: 250ms, evaluation_interval: 1s}
            rule_files: [alerts.yaml]
            scrape_configs:
              - job_name: farm
                file_sd_configs: [{files: [{{Targets}}], refresh_interval: 1s}]
            """);
        var port = FreePort();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var start = new ProcessStartInfo(
            "prometheus", ["--config.file", configuration, "--storage.tsdb.path", Path.Combine(_folder.FullName, "data"), "--web.listen-address", $"127.0.0.1:{port}"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
    }

    /// <summary>What it printed so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts one on a farm's management address and waits until it is ready.</summary>
    public static async Task<Prometheus> StartAsync(Uri target, CancellationToken cancel)
    {
        var prometheus = new Prometheus(target.Authority);
        prometheus._process.Start();
        prometheus._process.BeginErrorReadLine();
        while (!await prometheus.IsReadyAsync(cancel))
        {
            if (prometheus._process.HasExited)
                throw new InvalidOperationException($"Prometheus ended: {prometheus.Log}");
        }
        return prometheus;
    }

    /// <summary>The values of an instant query.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the expression.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression, CancellationToken cancel)
    {
        var data = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", cancel);
        return [.. data.GetProperty("result").EnumerateArray().Select(r => Number(r.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>Each rule's name and health: <c>ok</c>, <c>err</c>, or <c>unknown</c> before its first evaluation.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RulesAsync(CancellationToken cancel)
    {
        var data = await GetAsync("/api/v1/rules", cancel);
        return data.GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray())
            .ToDictionary(r => r.GetProperty("name").GetString()!, r => r.GetProperty("health").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>The names of the alerts that fire.</summary>
    public async Task<IEnumerable<string>> FiringAsync(CancellationToken cancel)
    {
        var data = await GetAsync("/api/v1/alerts", cancel);
        return data.GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("state").GetString() == "firing")
            .Select(a => a.GetProperty("labels").GetProperty("alertname").GetString()!);
    }

    /// <summary>Lists no target any more, as DNS does when a container is stopped.</summary>
    public async Task ForgetTargetsAsync(CancellationToken cancel)
    {
        var empty = Path.Combine(_folder.FullName, "none.json");
        await File.WriteAllTextAsync(empty, "[]", cancel);
        File.Move(empty, Path.Combine(_folder.FullName, Targets), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(path, cancel);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
        return answer.IsSuccessStatusCode ? body.GetProperty("data") : throw new InvalidOperationException($"{Uri.UnescapeDataString(path)}: {body}");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.GetAsync("/-/ready", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return false;
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
