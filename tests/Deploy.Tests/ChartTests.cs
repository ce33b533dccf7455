using System.Text.RegularExpressions;
using Farm.Deploy.Tests.Charts;
using k8s.Models;
using NJsonSchema;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The chart, rendered for each value set: what Kubernetes would refuse, or start and never make ready.</summary>
public sealed partial class ChartTests
{
    public static TheoryData<string> Sets => ValueSets.Names;

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Values_OfASet_KeepTheSchema(string set)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Chart.Folder, "values.schema.json"), TestContext.Current.CancellationToken);
        Assert.Empty(schema.Validate(System.Text.Json.JsonSerializer.Serialize(JsonValues.Of(Chart.Values(ValueSets.File(set))))));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Objects_OfASet_HaveNamesOfTheirOwn(string set)
    {
        var chart = RenderedChart.Of(set);
        Assert.Contains(chart.Objects, o => o.Kind == "Deployment");
        Assert.All(chart.Objects, o => Assert.Matches("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", o.Metadata.Name));
        Assert.Equal(chart.Objects.Count, chart.Objects.Select(o => (o.Kind, o.Metadata.Name)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Selectors_OfASet_FindPods(string set)
    {
        var chart = RenderedChart.Of(set);
        var pods = chart.Pods.Select(p => p.Pod.Metadata.Labels).ToArray();
        var selectors = chart.All<V1Deployment>().Select(d => d.Spec.Selector.MatchLabels)
            .Concat(chart.All<V1StatefulSet>().Select(s => s.Spec.Selector.MatchLabels))
            .Concat(chart.All<V1Service>().Select(s => s.Spec.Selector))
            .Concat(chart.All<V1PodDisruptionBudget>().Select(b => b.Spec.Selector.MatchLabels))
            .Concat(chart.All<V1NetworkPolicy>().Select(n => n.Spec.PodSelector.MatchLabels));
        Assert.All(selectors, selector => Assert.Contains(pods, labels => selector.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value)));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Selectors_OfWhatMakesPods_AreDistinct(string set)
    {
        var chart = RenderedChart.Of(set);
        foreach (var deployment in chart.All<V1Deployment>())
        {
            var found = chart.Pods.Where(p => deployment.Spec.Selector.MatchLabels.All(s => p.Pod.Metadata.Labels.TryGetValue(s.Key, out var value) && value == s.Value));
            Assert.Equal([deployment.Metadata.Name], found.Select(p => p.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Ports_OfServicesAndProbes_AreOpenInTheirPods(string set)
    {
        var chart = RenderedChart.Of(set);
        foreach (var service in chart.All<V1Service>())
        {
            var pods = chart.Pods.Where(p => service.Spec.Selector.All(s => p.Pod.Metadata.Labels.TryGetValue(s.Key, out var value) && value == s.Value));
            var open = pods.SelectMany(p => p.Pod.Spec.Containers).SelectMany(c => c.Ports).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, open));
        }
        foreach (var container in chart.Pods.SelectMany(p => p.Pod.Spec.Containers).Where(c => c.ReadinessProbe?.HttpGet is not null))
            Assert.Contains(container.Ports, p => p.Name == container.ReadinessProbe.HttpGet.Port.Value);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Mounts_OfASet_HaveTheirVolumes(string set)
    {
        var chart = RenderedChart.Of(set);
        foreach (var (_, pod) in chart.Pods)
        {
            var volumes = (pod.Spec.Volumes ?? []).Select(v => v.Name)
                .Concat(chart.All<V1StatefulSet>().Where(s => ReferenceEquals(s.Spec.Template, pod)).SelectMany(s => s.Spec.VolumeClaimTemplates).Select(c => c.Metadata.Name))
                .ToHashSet(StringComparer.Ordinal);
            Assert.All(RenderedChart.Containers(pod).SelectMany(c => c.VolumeMounts ?? []), mount => Assert.Contains(mount.Name, volumes));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void References_OfASet_AreRenderedOrNamedByItsValues(string set)
    {
        var chart = RenderedChart.Of(set);
        var named = File.ReadAllText(ValueSets.File(set));
        var known = chart.Objects.Select(o => o.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        var containers = chart.Pods.SelectMany(p => RenderedChart.Containers(p.Pod)).ToArray();
        var wanted = containers.SelectMany(c => c.Env ?? []).Select(e => e.ValueFrom?.SecretKeyRef?.Name)
            .Concat(containers.SelectMany(c => c.EnvFrom ?? []).Select(e => e.ConfigMapRef?.Name))
            .Concat(chart.Pods.SelectMany(p => p.Pod.Spec.Volumes ?? []).Select(v => v.PersistentVolumeClaim?.ClaimName))
            .Concat(chart.Pods.Select(p => p.Pod.Spec.ServiceAccountName).Where(name => name != "default"))
            .Concat(chart.All<V2HorizontalPodAutoscaler>().Select(h => h.Spec.ScaleTargetRef.Name))
            .OfType<string>();
        Assert.All(wanted, name => Assert.True(known.Contains(name) || named.Contains(name, StringComparison.Ordinal), name));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Options_OfFarmPods_AreDocumentedOnes(string set)
    {
        var chart = RenderedChart.Of(set);
        var documented = Option().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"))).Select(m => m.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var set1 = chart.FarmPods.SelectMany(p => p.Pod.Spec.Containers).SelectMany(c => c.Env ?? []).Select(e => e.Name)
            .Concat(chart.All<V1ConfigMap>().SelectMany(c => c.Data.Keys))
            .Where(name => name.StartsWith("Farm__", StringComparison.Ordinal))
            .Select(name => Index().Replace(name.Replace("__", ":", StringComparison.Ordinal), ":0"));
        Assert.All(set1, option => Assert.Contains(option, documented));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Environment_OfAContainer_NamesNothingTwice(string set) =>
        Assert.All(RenderedChart.Of(set).Pods.SelectMany(p => RenderedChart.Containers(p.Pod)), container =>
        {
            var names = (container.Env ?? []).Select(e => e.Name).ToArray();
            Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
        });

    [Theory]
    [MemberData(nameof(Sets))]
    public void FarmPods_OfASet_RunAsNobodyOnAReadOnlyRoot(string set) =>
        Assert.All(RenderedChart.Of(set).FarmPods, farm =>
        {
            Assert.True(farm.Pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.False(farm.Pod.Spec.AutomountServiceAccountToken);
            Assert.All(RenderedChart.Containers(farm.Pod), c =>
            {
                Assert.True(c.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(c.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], c.SecurityContext.Capabilities.Drop);
                Assert.Contains("memory", c.Resources.Limits.Keys);
            });
        });

    /// <summary>When the drain is over the process has 30 s to give back and to leave.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Workers_OfASet_HaveLongerToStopThanToDrain(string set) =>
        Assert.All(RenderedChart.Of(set).FarmPods.Where(p => p.Pod.Metadata.Labels["app.kubernetes.io/component"] == "worker"), worker =>
        {
            var drain = worker.Pod.Spec.Containers.Single().Env.Single(e => e.Name == "Farm__Worker__ShutdownGrace").Value;
            Assert.True(worker.Pod.Spec.TerminationGracePeriodSeconds > TimeSpan.Parse(drain, System.Globalization.CultureInfo.InvariantCulture).TotalSeconds + 30);
        });

    /// <summary>What it serves when the delay is over has the host's own 30 s to end.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Gateways_OfASet_ServeOnWhileBalancersTurnAway(string set) =>
        Assert.All(RenderedChart.Of(set).FarmPods.Where(p => p.Pod.Metadata.Labels["app.kubernetes.io/component"] == "gateway"), gateway =>
        {
            var container = gateway.Pod.Spec.Containers.Single();
            var delay = TimeSpan.Parse(container.Env.Single(e => e.Name == "Farm__Gateway__StopDelay").Value, System.Globalization.CultureInfo.InvariantCulture).TotalSeconds;
            Assert.True(delay >= container.ReadinessProbe.PeriodSeconds);
            Assert.True(gateway.Pod.Spec.TerminationGracePeriodSeconds > delay + 30);
        });

    [Fact]
    public void GpuPools_Rendered_AskForTheirDevicesAndNodes()
    {
        var workers = RenderedChart.Of("gpu-pools").All<V1Deployment>().Where(d => d.Metadata.Labels.ContainsKey("farm/pool")).ToDictionary(d => d.Metadata.Labels["farm/pool"], StringComparer.Ordinal);
        Assert.Equal(["a100", "cpu", "h100", "l4"], workers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("1", workers["h100"].Spec.Template.Spec.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.DoesNotContain("nvidia.com/gpu", workers["cpu"].Spec.Template.Spec.Containers[0].Resources.Limits.Keys);
        Assert.Equal("l4", workers["l4"].Spec.Template.Spec.NodeSelector["accelerator"]);
        Assert.Null(workers["h100"].Spec.Replicas);
        Assert.Equal(8, workers["l4"].Spec.Replicas);
        Assert.EndsWith("-worker-cuda:0.1.0", workers["h100"].Spec.Template.Spec.Containers[0].Image, StringComparison.Ordinal);
    }

    [Fact]
    public void ExternalStores_Rendered_StartNone() =>
        Assert.DoesNotContain(RenderedChart.Of("external-stores").Objects, o => o.Metadata.Name is "render-postgresql" or "render-redis" or "render-files");

    [Fact]
    public void Password_Missing_FailsTheRendering()
    {
        var values = Chart.Values(ValueSets.File("minimal"));
        ((System.Collections.IDictionary)values["postgresql"]!)["password"] = "";
        Assert.Contains("postgresql.password", Assert.Throws<FormatException>(() => Chart.Render(values)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Security_Missing_FailsTheRendering()
    {
        var values = Chart.Values(ValueSets.File("minimal"));
        ((System.Collections.IDictionary)values["security"]!)["bootstrapKey"] = "";
        Assert.Contains("security.existingSecret", Assert.Throws<FormatException>(() => Chart.Render(values)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Oidc_Rendered_NamesTheProviderAndItsClientsSecret()
    {
        var gateway = RenderedChart.Of("oidc-tls").FarmPods.Single(p => p.Pod.Metadata.Labels["app.kubernetes.io/component"] == "gateway").Pod.Spec.Containers.Single();
        var environment = gateway.Env.ToDictionary(e => e.Name, e => e.Value ?? e.ValueFrom.SecretKeyRef?.Name, StringComparer.Ordinal);
        Assert.Equal(
            ("https://id.studio.example.com/realms/studio", "farm", "roles", "farm-client", "10.0.0.0/8"),
            (environment["Farm__Security__Oidc__Authority"], environment["Farm__Security__Oidc__Audience"], environment["Farm__Security__Oidc__ScopesClaim"],
                environment["Farm__Security__Oidc__ClientSecret"], environment["Farm__Security__Proxies__0"]));
        Assert.DoesNotContain("Farm__Security__BootstrapKey", environment.Keys);
    }

    [GeneratedRegex("(?<=`)Farm:[A-Za-z0-9:]+(?=`)", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Option();

    [GeneratedRegex(@":\d+$", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Index();
}
