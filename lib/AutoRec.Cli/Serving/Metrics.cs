using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AutoRec.Cli.Serving;

/// <summary>
/// What the server tells a monitoring system, in OpenTelemetry's names: requests as ASP.NET Core counts them, the runtime, and the model.
/// </summary>
internal static class Metrics
{
    private const string Name = "AutoRec.Serving";

    /// <summary>Adds the meters and the exporter for Prometheus.</summary>
    public static void Add(IServiceCollection services, LoadedModel model)
    {
        services.AddSingleton(_ => Of(model));
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("autorec", autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", Name)
                .AddPrometheusExporter());
    }

    private static Meter Of(LoadedModel model)
    {
        var meter = new Meter(Name);
        meter.CreateObservableGauge(
            "autorec.model.info",
            () =>
            {
                var fitted = model.Service.Fitted;
                return new Measurement<int>(
                    1,
                    new KeyValuePair<string, object?>("model", fitted.Entry.Name),
                    new KeyValuePair<string, object?>("data", fitted.Data.Title),
                    new KeyValuePair<string, object?>("version", fitted.LibraryVersion));
            },
            description: "The model that is served.");
        meter.CreateObservableGauge(
            "autorec.model.loaded.timestamp",
            () => model.LoadedAt.ToUnixTimeSeconds(),
            "s",
            "When the model was read, in seconds since 1970.");
        meter.CreateObservableCounter(
            "autorec.model.reloads",
            () => new[]
            {
                new Measurement<long>(model.Reloads, new KeyValuePair<string, object?>("result", "ok")),
                new Measurement<long>(model.Failures, new KeyValuePair<string, object?>("result", "failed")),
            },
            description: "Models that took the place of another, and those that could not be read.");
        return meter;
    }
}
