using Farm.Deploy.Tests.Charts;
using k8s.Models;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The chart's options, each in the value set that uses it.</summary>
public sealed class ChartFeatureTests
{
    [Fact]
    public void Frontend_OfAClaim_IsServedByGateways()
    {
        var gateway = Assert.Single(RenderedChart.Of("external-stores").PodsOf("gateway")).Spec;
        Assert.Equal("/frontend", Assert.Single(gateway.Containers[0].Env, e => e.Name == "Farm__Frontend__Root").Value);
        var mount = Assert.Single(gateway.Containers[0].VolumeMounts, m => m.MountPath == "/frontend");
        Assert.Equal((true, "1.42"), (mount.ReadOnlyProperty, mount.SubPath));
        Assert.Equal("studio-frontend", Assert.Single(gateway.Volumes, v => v.Name == mount.Name).PersistentVolumeClaim.ClaimName);
        Assert.Null(gateway.InitContainers);
    }

    [Fact]
    public void Frontend_OfAnImage_IsCopiedBeforeTheGatewayStarts()
    {
        var gateway = Assert.Single(RenderedChart.Of("oidc-tls").PodsOf("gateway")).Spec;
        var copy = Assert.Single(gateway.InitContainers);
        Assert.Equal("registry.example.com/studio/frontend:1.42", copy.Image);
        Assert.Equal(["cp", "-r", "/usr/share/frontend/.", "/frontend/"], copy.Command);
        var mount = Assert.Single(gateway.Containers[0].VolumeMounts, m => m.MountPath == "/frontend");
        Assert.Equal(Assert.Single(copy.VolumeMounts).Name, mount.Name);
        Assert.NotNull(Assert.Single(gateway.Volumes, v => v.Name == mount.Name).EmptyDir);
    }

    [Fact]
    public void Frontend_None_IsNoOption() =>
        Assert.DoesNotContain(Assert.Single(RenderedChart.Of("minimal").PodsOf("gateway")).Spec.Containers[0].Env, e => e.Name == "Farm__Frontend__Root");

    [Fact]
    public void PacksAndVolumesOfOnesOwn_Rendered_AreMountedByWorkersAlone()
    {
        var chart = RenderedChart.Of("external-stores");
        var worker = Assert.Single(chart.PodsOf("worker")).Spec;
        var packs = Assert.Single(worker.Containers[0].VolumeMounts, m => m.MountPath == "/data/custom_nodes");
        Assert.Equal("studio-packs", Assert.Single(worker.Volumes, v => v.Name == packs.Name).PersistentVolumeClaim.ClaimName);
        Assert.Single(worker.Containers[0].VolumeMounts, m => m.MountPath == "/usr/share/fonts/studio");
        Assert.Equal("studio-fonts", Assert.Single(worker.Volumes, v => v.Name == "fonts").ConfigMap.Name);
        Assert.DoesNotContain(chart.PodsOf("gateway").Concat(chart.PodsOf("grains")).SelectMany(p => p.Spec.Volumes), v => v.Name is "packs" or "fonts");
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("grains")]
    [InlineData("worker")]
    public void VolumesOfOnesOwn_OfEachProcess_AreInItsPods(string process)
    {
        var values = Chart.Values(ValueSets.File("minimal"));
        var section = (System.Collections.IDictionary)values[process]!;
        section["extraVolumes"] = new List<object> { new Dictionary<object, object?> { ["name"] = "more", ["emptyDir"] = new Dictionary<object, object?>() } };
        section["extraVolumeMounts"] = new List<object> { new Dictionary<object, object?> { ["name"] = "more", ["mountPath"] = "/more" } };
        var pod = Assert.Single(RenderedChart.Of(values).PodsOf(process)).Spec;
        Assert.NotNull(Assert.Single(pod.Volumes, v => v.Name == "more").EmptyDir);
        Assert.Single(pod.Containers[0].VolumeMounts, m => (m.Name, m.MountPath) == ("more", "/more"));
    }

    [Fact]
    public void ModelsOfAPool_Claim_IsMountedInsteadOfTheFarms()
    {
        var chart = RenderedChart.Of("gpu-pools");
        var claims = chart.PodsOf("worker").Select(p => (Pool: p.Metadata.Labels["farm/pool"], Models: p.Spec.Volumes.Single(v => v.Name == "models").PersistentVolumeClaim?.ClaimName));
        Assert.Equal([("a100", null), ("cpu", "studio-models"), ("h100", null), ("l4", "l4-models")], claims.OrderBy(c => c.Pool, StringComparer.Ordinal));
        Assert.All(chart.PodsOf("worker"), p => Assert.True(p.Spec.Containers[0].VolumeMounts.Single(m => m.MountPath == "/data/models").ReadOnlyProperty));
    }

    [Fact]
    public void ModelsOfAPool_Bucket_IsCopiedBeforeTheWorkerStarts()
    {
        var h100 = RenderedChart.Of("gpu-pools").PodsOf("worker").Single(p => p.Metadata.Labels["farm/pool"] == "h100").Spec;
        var sync = Assert.Single(h100.InitContainers);
        Assert.Equal(["aws", "s3", "sync", "s3://models/sdxl", "/models", "--no-progress"], sync.Command);
        Assert.Equal("https://objects.example.com", sync.Env.Single(e => e.Name == "AWS_ENDPOINT_URL").Value);
        Assert.Equal(
            [("farm-models", "access-key"), ("farm-models", "secret-key")],
            sync.Env.Select(e => e.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>().Select(k => (k.Name, k.Key)));
        Assert.Equal("200Gi", h100.Volumes.Single(v => v.Name == sync.VolumeMounts.Single(m => m.MountPath == "/models").Name).EmptyDir.SizeLimit.ToString());
    }

    [Fact]
    public void ModelsOfAPool_BucketKeptOnTheNode_HasThatFolder()
    {
        var a100 = RenderedChart.Of("gpu-pools").PodsOf("worker").Single(p => p.Metadata.Labels["farm/pool"] == "a100").Spec;
        var folder = a100.Volumes.Single(v => v.Name == "models").HostPath;
        Assert.Equal(("/var/cache/farm-models", "Directory"), (folder.Path, folder.Type));
        var environment = Assert.Single(a100.InitContainers).Env.ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
        Assert.Equal("eu-central-1", environment["AWS_REGION"]);
        Assert.DoesNotContain("AWS_ENDPOINT_URL", environment.Keys);
    }

    [Fact]
    public void Scaling_ByKeda_AsksForThePoolsQueueAndScalesItsDeployment()
    {
        var chart = RenderedChart.Of("high-availability");
        var scaled = chart.Custom.Where(c => c["kind"].Text == "ScaledObject").ToArray();
        Assert.Equal(["max(farm_pool_queue_seconds{pool=\"large\"})", "max(farm_pool_queue_seconds{pool=\"default\"})"], scaled.Select(s => Trigger(s)["query"].Text));
        Assert.Equal(["120", "60"], scaled.Select(s => Trigger(s)["threshold"].Text));
        Assert.All(scaled, s => Assert.Equal("http://prometheus.monitoring:9090", Trigger(s)["serverAddress"].Text));
        Assert.All(scaled, s => Assert.Null(Assert.Single(chart.All<V1Deployment>(), d => d.Metadata.Name == s["spec"]["scaleTargetRef"]["name"].Text).Spec.Replicas));
        // The gateway's alone.
        Assert.Equal(["render-gateway"], chart.All<V2HorizontalPodAutoscaler>().Select(h => h.Metadata.Name));

        static YamlNode Trigger(YamlNode scaled) => Assert.Single(scaled["spec"]["triggers"].Items)["metadata"];
    }

    [Fact]
    public void Scaling_WithoutKeda_AsksForThePoolsQueue()
    {
        var scaler = Assert.Single(RenderedChart.Of("gpu-pools").All<V2HorizontalPodAutoscaler>());
        var metric = Assert.Single(scaler.Spec.Metrics).External;
        Assert.Equal(("farm_pool_queue_seconds", "large", "120"), (metric.Metric.Name, metric.Metric.Selector.MatchLabels["pool"], metric.Target.AverageValue.ToString()));
        Assert.Equal("render-worker-h100", scaler.Spec.ScaleTargetRef.Name);
    }

    /// <summary>A node that is lost or drained takes one gateway and one silo of several, and one worker of a pool at a time.</summary>
    [Fact]
    public void HighAvailability_Rendered_SurvivesTheLossOfANode()
    {
        var chart = RenderedChart.Of("high-availability");
        foreach (var process in (string[])["gateway", "grains"])
        {
            var spread = Assert.Single(Assert.Single(chart.PodsOf(process)).Spec.TopologySpreadConstraints);
            Assert.Equal(("kubernetes.io/hostname", "DoNotSchedule", 1), (spread.TopologyKey, spread.WhenUnsatisfiable, spread.MaxSkew));
            Assert.Equal(process, spread.LabelSelector.MatchLabels[RenderedChart.ComponentLabel]);
            var budget = Assert.Single(chart.All<V1PodDisruptionBudget>(), b => b.Spec.Selector.MatchLabels[RenderedChart.ComponentLabel] == process);
            var least = chart.All<V2HorizontalPodAutoscaler>().SingleOrDefault(h => h.Metadata.Name == "render-" + process)?.Spec.MinReplicas
                ?? chart.All<V1Deployment>().Single(d => d.Metadata.Name == "render-" + process).Spec.Replicas;
            Assert.InRange(int.Parse(budget.Spec.MinAvailable.Value, System.Globalization.CultureInfo.InvariantCulture), 1, least!.Value - 1);
        }
        var pools = chart.PodsOf("worker").Select(p => p.Metadata.Labels["farm/pool"]);
        var guarded = chart.All<V1PodDisruptionBudget>().Where(b => b.Spec.MaxUnavailable?.Value == "1").Select(b => b.Spec.Selector.MatchLabels["farm/pool"]);
        Assert.Equal(pools, guarded);
        Assert.Empty(chart.All<V1StatefulSet>());
    }

    [Fact]
    public void Monitoring_Rendered_NamesTheJobThatTheAlertsKnow()
    {
        var monitor = Assert.Single(RenderedChart.Of("high-availability").Custom, c => c["kind"].Text == "ServiceMonitor");
        Assert.Equal("kube-prometheus-stack", monitor["metadata"]["labels"]["release"].Text);
        var rule = Assert.Single(Assert.Single(monitor["spec"]["endpoints"].Items)["relabelings"].Items);
        Assert.Equal(("job", "farm"), (rule["targetLabel"].Text, rule["replacement"].Text));
        Assert.Contains("job=\"farm\"", Alerts(), StringComparison.Ordinal);
    }

    [Fact]
    public void Monitoring_Rendered_HasEveryAlertAndDashboard()
    {
        var chart = RenderedChart.Of("high-availability");
        var rules = Assert.Single(chart.Custom, c => c["kind"].Text == "PrometheusRule");
        var expressions = Expressions(rules["spec"]);
        Assert.Equal(Expressions(YamlNode.Parse(Alerts())), expressions);
        Assert.Contains(expressions, e => e.Name == "FarmNoWorker");

        var dashboards = Assert.Single(chart.All<V1ConfigMap>(), c => c.Metadata.Labels.ContainsKey("grafana_dashboard")).Data;
        var files = Directory.GetFiles(Path.Combine(Chart.Folder, "monitoring", "dashboards")).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(files.Select(f => "farm-" + Path.GetFileName(f)), dashboards.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(File.ReadAllText(f).TrimEnd(), dashboards["farm-" + Path.GetFileName(f)].TrimEnd()));

        static List<(string Name, string Expression)> Expressions(YamlNode rules) =>
            [.. rules["groups"].Items.SelectMany(g => g["rules"].Items).Select(r => (r["alert"].Text, r["expr"].Text))];
    }

    /// <summary>Where the database comes with the install there is none before it.</summary>
    [Theory]
    [InlineData("minimal", false, null)]
    [InlineData("minimal", true, "pre-install,pre-upgrade")]
    [InlineData("external-stores", false, "pre-install,pre-upgrade")]
    [InlineData("external-stores", true, "pre-install,pre-upgrade")]
    public void Migration_OfADatabaseThatIsThere_RunsBeforePodsStart(string set, bool upgrade, string? hook)
    {
        var chart = RenderedChart.Of(set, upgrade);
        var job = Assert.Single(chart.All<V1Job>());
        Assert.Equal(hook, job.Metadata.Annotations?["helm.sh/hook"]);
        Assert.Equal(upgrade ? "render-migrate-2" : "render-migrate-1", job.Metadata.Name);
        // Before an install there is none of the chart's objects: a hook may name none of them.
        if (!upgrade && hook is not null)
        {
            var names = chart.Objects.Select(o => o.Metadata.Name).ToArray();
            Assert.Null(job.Spec.Template.Spec.ServiceAccountName);
            Assert.All(job.Spec.Template.Spec.Containers.SelectMany(c => c.Env).Select(e => e.ValueFrom?.SecretKeyRef.Name).OfType<string>(), name => Assert.DoesNotContain(name, names));
        }
    }

    [Theory]
    [InlineData("minimal", "service render-gateway, port 8188", "People sign in at /farm/login.")]
    [InlineData("oidc-tls", "https://farm.studio.example.com", "People sign in at /farm/login.")]
    [InlineData("open", "service render-gateway, port 8188", "Everybody who reaches it is let in.")]
    public void Notes_OfAnInstall_SayWhereItIsAndWhoIsLetIn(string set, string where, string who)
    {
        var values = Chart.Values(ValueSets.File(set == "open" ? "minimal" : set));
        if (set == "open") ((System.Collections.IDictionary)values["security"]!)["allowOpen"] = true;
        var notes = Chart.Render(values).Single(f => f.Name.EndsWith("NOTES.txt", StringComparison.Ordinal)).Text;
        Assert.StartsWith($"The farm is at {where}.", notes, StringComparison.Ordinal);
        Assert.Contains(who, notes, StringComparison.Ordinal);
        Assert.Contains("helm test render\n", notes, StringComparison.Ordinal);
        Assert.Contains("the volume render-models,", notes, StringComparison.Ordinal);
    }

    private static string Alerts() => File.ReadAllText(Path.Combine(Chart.Folder, "monitoring", "alerts.yaml"));
}
