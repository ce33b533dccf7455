using System.Collections;
using k8s;
using k8s.Models;
using Farm.Deploy.Tests.Charts;

namespace Farm.Deploy.Tests;

/// <summary>What a value set renders to: objects read strictly, so that a field Kubernetes does not know is an error.</summary>
internal sealed class RenderedChart
{
    private static readonly string[] CustomResources = ["monitoring.coreos.com/", "keda.sh/"];

    /// <summary>The label that says which part of the farm a pod is.</summary>
    public const string ComponentLabel = "app.kubernetes.io/component";

    private RenderedChart(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects, IReadOnlyList<YamlNode> custom)
    {
        Objects = objects;
        Custom = custom;
    }

    /// <summary>Objects of Kubernetes' own kinds.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Custom resources, which have no type to be read into.</summary>
    public IReadOnlyList<YamlNode> Custom { get; }

    /// <summary>The pods' templates by the name of what makes them.</summary>
    public IEnumerable<(string Name, V1PodTemplateSpec Pod)> Pods => Objects.Select(o => o switch
    {
        V1Deployment deployment => (deployment.Metadata.Name, deployment.Spec.Template),
        V1StatefulSet set => (set.Metadata.Name, set.Spec.Template),
        V1Job job => (job.Metadata.Name, job.Spec.Template),
        V1Pod pod => (pod.Metadata.Name, new V1PodTemplateSpec { Metadata = pod.Metadata, Spec = pod.Spec }),
        _ => (o.Metadata.Name, null!),
    }).Where(p => p.Item2 is not null);

    /// <summary>Pods of the farm's own processes.</summary>
    public IEnumerable<(string Name, V1PodTemplateSpec Pod)> FarmPods =>
        Pods.Where(p => p.Pod.Metadata.Labels[ComponentLabel] is "gateway" or "grains" or "worker" or "migrate");

    /// <summary>All containers, those among them that run before the others.</summary>
    public static IEnumerable<V1Container> Containers(V1PodTemplateSpec pod) => (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers);

    /// <summary>Renders a value set.</summary>
    public static RenderedChart Of(string set, bool upgrade = false) => Of(Chart.Values(ValueSets.File(set)), upgrade);

    /// <summary>Renders values.</summary>
    public static RenderedChart Of(IDictionary values, bool upgrade = false)
    {
        var documents = Chart.Render(values, upgrade)
            .Where(f => f.Name.EndsWith(".yaml", StringComparison.Ordinal))
            .SelectMany(f => f.Text.Split("\n---", StringSplitOptions.TrimEntries))
            .Select(d => d.StartsWith("---", StringComparison.Ordinal) ? d[3..] : d)
            .Where(d => d.Split('\n').Any(line => line.Length > 0 && line[0] != '#'))
            .ToArray();
        var custom = documents.Where(d => CustomResources.Any(c => d.Contains("apiVersion: " + c, StringComparison.Ordinal))).ToArray();
        var objects = KubernetesYaml.LoadAllFromString(string.Join("\n---\n", documents.Except(custom)), typeMap: null, strict: true);
        return new RenderedChart([.. objects.Cast<IKubernetesObject<V1ObjectMeta>>()], [.. custom.Select(YamlNode.Parse)]);
    }

    /// <summary>Pods of a component.</summary>
    public IEnumerable<V1PodTemplateSpec> PodsOf(string component) => Pods.Select(p => p.Pod).Where(p => p.Metadata.Labels[ComponentLabel] == component);

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<T> All<T>() => Objects.OfType<T>();
}
