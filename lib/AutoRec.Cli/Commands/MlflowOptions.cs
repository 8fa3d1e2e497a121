using System.CommandLine;
using AutoRec.Cli.Tracking;

namespace AutoRec.Cli.Commands;

/// <summary>The options that write runs for MLflow.</summary>
internal sealed class MlflowOptions
{
    private readonly Option<string?> address = new("--mlflow")
    {
        Description = "Writes each run (options, every epoch, results) to an MLflow tracking server, http://SERVER:5000, "
            + "or to a folder that 'mlflow ui --backend-store-uri FOLDER' shows. "
            + "Credentials come from MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and _PASSWORD.",
        HelpName = "URI|DIR",
    };

    private readonly Option<string> experiment = new("--mlflow-experiment")
    {
        Description = "The MLflow experiment that the runs belong to.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "autorec",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(address);
        command.Options.Add(experiment);
    }

    /// <summary>The tracking; null where it is not asked for.</summary>
    public Mlflow? Open(ParseResult parsed) => parsed.GetValue(address) is { } uri
        ? Mlflow.Open(uri, parsed.GetRequiredValue(experiment), parsed.InvocationConfiguration.Error)
        : null;
}
