using k8s.Models;
using Xunit;

namespace Farm.Deploy.Tests;

/// <summary>The network policies let in every client that the chart itself has.</summary>
public sealed class NetworkPolicyTests
{
    public static TheoryData<string> Sets => ValueSets.Names;

    /// <summary>A pod that names a service, in what it runs or in a secret it reads, reaches it.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Clients_OfServices_AreLetIn(string set)
    {
        var chart = RenderedChart.Of(set);
        var clients = (from service in chart.All<V1Service>()
                       from pod in chart.Pods
                       where Names(Said(chart, pod.Pod), service.Metadata.Name)
                       from port in service.Spec.Ports
                       where port.Name != "management"
                       select (Client: pod.Pod, Service: service, Port: port)).ToArray();
        Assert.Contains(clients, c => c.Client.Metadata.Labels[RenderedChart.ComponentLabel] == "test");
        Assert.All(clients, c => Assert.All(
            Selected(chart, c.Service.Spec.Selector),
            server => Assert.True(IsLetIn(chart, c.Client, server, c.Port.TargetPort.Value), $"{c.Client.Metadata.Labels[RenderedChart.ComponentLabel]} → {c.Service.Metadata.Name}")));
    }

    /// <summary>Gateways, silos and workers find each other by Redis and connect to the ports of those that are silos.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public void Members_OfTheCluster_ReachEachOther(string set)
    {
        var chart = RenderedChart.Of(set);
        var members = chart.FarmPods.Select(p => p.Pod).Where(p => p.Spec.Containers[0].Env.Any(e => e.Name == "Farm__Cluster__Redis")).ToArray();
        var connections = from client in members
                          from server in members
                          from port in server.Spec.Containers[0].Ports
                          where port.Name is "silo" or "orleans"
                          select (client, server, port.Name);
        Assert.NotEmpty(connections);
        Assert.All(connections, c => Assert.True(IsLetIn(chart, c.client, c.server, c.Name), $"{c.client.Metadata.Labels[RenderedChart.ComponentLabel]} → {c.server.Metadata.Labels[RenderedChart.ComponentLabel]}:{c.Name}"));
    }

    /// <summary>That the test above can fail: who is not named does not reach the gateway.</summary>
    [Fact]
    public void Workers_WhereTheGatewayIsForTheIngress_AreNotLetIn()
    {
        var chart = RenderedChart.Of("oidc-tls");
        Assert.False(IsLetIn(chart, Assert.Single(chart.PodsOf("worker")), Assert.Single(chart.PodsOf("gateway")), "http"));
    }

    private static bool IsLetIn(RenderedChart chart, V1PodTemplateSpec client, V1PodTemplateSpec server, string port)
    {
        var number = server.Spec.Containers[0].Ports.Single(p => p.Name == port).ContainerPort;
        var rules = chart.All<V1NetworkPolicy>().Where(p => Matches(p.Spec.PodSelector, server)).ToArray();
        return rules.Length == 0 || rules.SelectMany(p => p.Spec.Ingress).Any(rule =>
            (rule.Ports is null || rule.Ports.Any(p => p.Port.Value == port || p.Port.Value == number.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            && (rule.FromProperty is null || rule.FromProperty.Any(peer => peer.NamespaceSelector is null && peer.PodSelector is not null && Matches(peer.PodSelector, client))));
    }

    private static IEnumerable<V1PodTemplateSpec> Selected(RenderedChart chart, IDictionary<string, string> labels) =>
        chart.Pods.Select(p => p.Pod).Where(p => Matches(new V1LabelSelector { MatchLabels = labels }, p));

    private static bool Matches(V1LabelSelector selector, V1PodTemplateSpec pod) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => pod.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (selector.MatchExpressions ?? []).All(e => e.OperatorProperty == "In"
            ? pod.Metadata.Labels.TryGetValue(e.Key, out var value) && e.Values.Contains(value)
            : throw new NotSupportedException(e.OperatorProperty));

    private static string Said(RenderedChart chart, V1PodTemplateSpec pod)
    {
        var containers = RenderedChart.Containers(pod).ToArray();
        var secrets = containers.SelectMany(c => c.Env ?? []).Select(e => e.ValueFrom?.SecretKeyRef?.Name).OfType<string>();
        return string.Join('\n', containers.SelectMany(c => (c.Command ?? []).Concat(c.Args ?? []).Concat((c.Env ?? []).Select(e => e.Value ?? "")))
            .Concat(chart.All<V1Secret>().Where(s => secrets.Contains(s.Metadata.Name)).SelectMany(s => s.StringData.Values)));
    }

    private static bool Names(string text, string service) => text.Contains(service + ":", StringComparison.Ordinal) || text.Contains($"Host={service};", StringComparison.Ordinal);
}
