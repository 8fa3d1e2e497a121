using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Experiments;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary>The options that name a model, its settings and what it is computed with.</summary>
internal sealed class ModelOptions
{
    private const string Auto = "auto";

    private readonly Option<string> model = new("--model")
    {
        Description = $"The model: {string.Join(", ", ModelCatalog.All.Select(entry => entry.Name))}.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string[]> set = new("--set")
    {
        Description = "Sets an option of the model; may be given several times. 'autorec models NAME' lists the options.",
        HelpName = "option=value",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<double?> halfLife = HalfLifeOption();

    private readonly Option<int> seed = new("--seed")
    {
        Description = "The seed of everything that is drawn at random: split, training, ties.",
        DefaultValueFactory = _ => 42,
    };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="takesSettings">Whether options of the model can be set.</param>
    /// <param name="isRequired">Whether a model must be named.</param>
    /// <param name="canChoose">Whether the command compares models and takes the best where the name is <c>auto</c>.</param>
    public void AddTo(Command command, bool takesSettings = true, bool isRequired = true, bool canChoose = false)
    {
        model.Required = isRequired;
        model.Description += canChoose ? $" Or {Auto}: a few are compared on the data, as quickstart does, and the best is taken." : "";
        command.Options.Add(model);
        if (takesSettings)
        {
            command.Options.Add(set);
            command.Options.Add(halfLife);
        }

        command.Options.Add(seed);
    }

    /// <summary>The name that was given, and the settings; none where nothing was.</summary>
    public (string? Model, IEnumerable<KeyValuePair<string, string>> Settings) Given(ParseResult parsed) =>
        (parsed.GetValue(model), Settings(parsed));

    /// <summary>Whether the model is to be chosen by the data: <c>--model auto</c>.</summary>
    /// <exception cref="ArgumentException">Options are set too, which no model is known to have.</exception>
    public bool IsAuto(ParseResult parsed)
    {
        var isAuto = parsed.GetValue(model) == Auto;
        return !isAuto || !Settings(parsed).Any() ? isAuto : throw new ArgumentException(
            "--model auto chooses a model with its defaults. Leave out --set and --half-life, or name a model.");
    }

    /// <summary>Chooses the model as <c>quickstart</c> does, and says why.</summary>
    public ModelEntry Choose(ParseResult parsed, LoadedData training, TextWriter notes, CancellationToken cancellation)
    {
        var choice = WorkDisplay.Show(
            notes, "comparing", progress => ModelChoice.Of(training, Seed(parsed), (_, run) => run(progress), cancellation));
        Notes.Write(notes, [.. choice.LeftOut, $"--model auto: {choice.Verdict}", $"compared on {choice.ComparedOn}"]);
        return ModelCatalog.Find(choice.Model);
    }

    public ModelEntry Entry(ParseResult parsed) => ModelCatalog.Find(parsed.GetRequiredValue(model));

    public IEnumerable<KeyValuePair<string, string>> Settings(ParseResult parsed) =>
        [.. parsed.GetRequiredValue(set).Select(Setting), .. HalfLife(parsed.GetValue(halfLife))];

    public int Seed(ParseResult parsed) => parsed.GetValue(seed);

    /// <summary>The option that lets interactions count less the older they are.</summary>
    public static Option<double?> HalfLifeOption() => new("--half-life")
    {
        Description = "Lets interactions count less the older they are: half at this age in days, 0.5^(age / half-life) in general. "
            + "Requires times, and a model with the option half-life.",
        CustomParser = ParseDays,
        HelpName = "90d",
    };

    /// <summary>The setting that a half-life is; none without one.</summary>
    public static IEnumerable<KeyValuePair<string, string>> HalfLife(double? days) => days is { } value
        ? [KeyValuePair.Create("half-life", value.ToString("R", CultureInfo.InvariantCulture))]
        : [];

    /// <summary>Reads what stands behind <c>--set</c>.</summary>
    public static KeyValuePair<string, string> Setting(string text) => text.Split('=', 2) is [{ Length: > 0 } option, var value]
        ? KeyValuePair.Create(option.Trim(), value.Trim())
        : throw new ArgumentException($"'--set {text}' is incomplete. Use --set option=value.");

    private static double? ParseDays(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (double.TryParse(text.TrimEnd('d'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) && days > 0)
        {
            return days;
        }

        argument.AddError($"'--half-life {text}' is not a number of days. Use a number above 0, for example 90d.");
        return null;
    }
}

/// <summary>The options that say what to compute with.</summary>
internal sealed class ComputeOptions
{
    private readonly Option<int?> threads = new("--threads")
    {
        Description = "How many threads to compute with. Default: all processors.",
        HelpName = "N",
    };

    private readonly Option<ComputeDevice> device = new("--device")
    {
        Description = "Where torch computes.",
        HelpName = "cpu|cuda",
        DefaultValueFactory = _ => ComputeDevice.Cpu,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(threads);
        command.Options.Add(device);
    }

    /// <summary>Sets the number of threads, shared among <paramref name="parallel"/> fits at once, and gives the device.</summary>
    public ComputeDevice Apply(ParseResult parsed, int parallel = 1)
    {
        if (parsed.GetValue(threads) is { } count)
        {
            ComputeThreads.Count = count;
        }

        ComputeThreads.Count = Math.Max(1, ComputeThreads.Count / parallel);
        return parsed.GetValue(device);
    }
}
