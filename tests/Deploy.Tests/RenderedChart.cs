using k8s;
using k8s.Models;
using Farm.Deploy.Tests.Charts;

namespace Farm.Deploy.Tests;

/// <summary>What a value set renders to: objects read strictly, so that a field Kubernetes does not know is an error.</summary>
internal sealed class RenderedChart
{
    private static readonly string[] CustomResources = ["monitoring.coreos.com/"];

    private RenderedChart(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects, IReadOnlyList<string> custom)
    {
        Objects = objects;
        Custom = custom;
    }

    /// <summary>Objects of Kubernetes' own kinds.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Documents of custom resources, which have no type to be read into.</summary>
    public IReadOnlyList<string> Custom { get; }

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
        Pods.Where(p => p.Pod.Metadata.Labels["app.kubernetes.io/component"] is "gateway" or "grains" or "worker" or "migrate");

    /// <summary>Renders a value set of the folder <c>values</c>.</summary>
    public static RenderedChart Of(string set)
    {
        var documents = Chart.Render(Chart.Values(ValueSets.File(set)))
            .Where(f => f.Name.EndsWith(".yaml", StringComparison.Ordinal))
            .SelectMany(f => f.Text.Split("\n---", StringSplitOptions.TrimEntries))
            .Select(d => d.StartsWith("---", StringComparison.Ordinal) ? d[3..] : d)
            .Where(d => d.Split('\n').Any(line => line.Length > 0 && line[0] != '#'))
            .ToArray();
        var custom = documents.Where(d => CustomResources.Any(c => d.Contains("apiVersion: " + c, StringComparison.Ordinal))).ToArray();
        var objects = KubernetesYaml.LoadAllFromString(string.Join("\n---\n", documents.Except(custom)), typeMap: null, strict: true);
        return new RenderedChart([.. objects.Cast<IKubernetesObject<V1ObjectMeta>>()], custom);
    }

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<T> All<T>() => Objects.OfType<T>();
}
