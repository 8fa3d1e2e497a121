using System.CommandLine;
using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Cli.Evaluation;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec evaluate</c>: fits a model on one part of the data and measures it on the other.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = $"The model: {string.Join(", ", ModelCatalog.All.Select(entry => entry.Name))}.", Required = true };
        var set = new Option<string[]>("--set") { Description = "Sets an option of the model; may be given several times.", HelpName = "option=value", DefaultValueFactory = _ => [] };
        var data = new Option<string?>("--data") { Description = "What is to be split: a data set (sample, ml-100k, ...), a ratings file (text, gzip or Parquet), a folder, a pattern such as 'parts/*.csv.gz', 'parquet:PATTERN', 'duckdb:FILE?query=...', 'postgres://host/db?query=...' or 'orders:SHOP'.", HelpName = "PATH" };
        var split = new Option<string?>("--split") { Description = "How to split it.", HelpName = "random:0.9|leave-one-out|time:0.8|strong:600" };
        var train = new Option<string?>("--train") { Description = "A ratings file to learn from, instead of --data and --split.", HelpName = "PATH" };
        var test = new Option<string?>("--test") { Description = "A ratings file to be judged by.", HelpName = "PATH" };
        var validation = new Option<string?>("--validation") { Description = "A ratings file to choose the epoch by; without it a part of the training data is held out for that.", HelpName = "PATH" };
        var metrics = new Option<string?>("--metrics")
        {
            Description = $"What to measure, with commas between: {Metric.Names}. "
                + "Every held-out item counts as relevant, whatever its rating.",
            HelpName = "rmse,ndcg@100,...",
        };
        var seed = new Option<int>("--seed") { Description = "The seed of the split and of the training.", DefaultValueFactory = _ => 42 };
        var threads = new Option<int?>("--threads") { Description = "How many threads to compute with; all processors unless set." };
        var minRating = new Option<float?>("--min-rating") { Description = "Makes feedback implicit: ratings of at least this are positives, others are dropped.", HelpName = "X" };
        var device = new Option<ComputeDevice>("--device") { Description = "Where torch computes.", HelpName = "cpu|cuda", DefaultValueFactory = _ => ComputeDevice.Cpu };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object instead of a table." };
        var reading = new ReadingOptions();
        var command = new Command("evaluate", "Fit a model and measure it on held-out data.")
        {
            model, set, data, split, train, test, validation, metrics, seed, threads, minRating, device, json,
        };
        reading.AddTo(command);

        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var entry = ModelCatalog.Find(parsed.GetRequiredValue(model));
                var trainer = entry.CreateTrainer(parsed.GetRequiredValue(set).Select(Setting), out var options);
                var specs = ChooseMetrics(entry, parsed.GetValue(metrics), isImplicit: parsed.GetValue(minRating) is not null);
                var source = new EvaluationSource
                {
                    Data = parsed.GetValue(data),
                    Split = parsed.GetValue(split),
                    Train = parsed.GetValue(train),
                    Test = parsed.GetValue(test),
                    Validation = parsed.GetValue(validation),
                    Reading = reading.Get(parsed),
                    MinRating = parsed.GetValue(minRating),
                    Seed = parsed.GetValue(seed),
                };
                source.Check();
                if (parsed.GetValue(threads) is { } count)
                {
                    ComputeThreads.Count = count;
                }

                var notes = parsed.InvocationConfiguration.Error;
                var result = Run(entry, trainer, options, specs, source, parsed.GetValue(device), notes, cancellation);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                {
                    output.WriteLine(result.ToJson());
                }
                else
                {
                    result.WriteTable(output);
                }

                return 0;
            },
            cancellation));
        return command;
    }

    private static EvaluationResult Run(
        ModelEntry entry,
        ITrainer<IRecommender> trainer,
        object options,
        IReadOnlyList<Metric> specs,
        EvaluationSource source,
        ComputeDevice device,
        TextWriter notes,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var data = EvaluationData.Load(source, entry.UsesValidation, notes, cancellation);
        var validation = data.Inner is not { } inner ? null
            : entry.Kind == ModelKind.Rating && source.MinRating is null ? new RatingValidation(inner.Train, inner.Test)
            : (IValidation)new RankingValidation(inner.Train, inner.Test, Metric.Ndcg(100));
        var load = clock.Elapsed;

        clock.Restart();
        int? epochs = null;
        var model = FitProgress.Show(notes, entry.Name, progress =>
        {
            var context = new FitContext { Seed = source.Seed, Device = device, Validation = validation, Progress = progress, Cancellation = cancellation };
            if (!data.IsHeldOutOfTrain)
            {
                return trainer.Fit(data.Train, context);
            }

            (var refitted, epochs) = Refit.Fit(trainer, data.Inner!.Train, data.Train, context);
            return refitted;
        });
        var fit = clock.Elapsed;

        clock.Restart();
        var values = new Dictionary<Metric, double>();
        if (specs.Any(metric => metric.IsRating))
        {
            var rating = Evaluator.MeasureRatings((IRatingPredictor)model, data.Train, data.Test);
            EvaluationNotes.Write(notes, rating);
            foreach (var metric in specs.Where(metric => metric.IsRating))
            {
                values[metric] = rating[metric];
            }
        }

        if (specs.Any(metric => !metric.IsRating))
        {
            var ranking = Evaluator.MeasureRanking(model, data.Train, data.Test, [.. specs.Where(metric => !metric.IsRating)], cancellation: cancellation);
            EvaluationNotes.Write(notes, ranking);
            foreach (var (metric, value) in ranking.Metrics)
            {
                values[metric] = value;
            }
        }

        return new EvaluationResult
        {
            Model = entry.Name,
            Options = options,
            Seed = source.Seed,
            Epochs = epochs,
            Data = data,
            Metrics = [.. specs.Select(metric => KeyValuePair.Create(metric, values[metric]))],
            Load = load,
            Fit = fit,
            Evaluate = clock.Elapsed,
        };
    }

    /// <summary>Reads what stands behind <c>--set</c>.</summary>
    internal static KeyValuePair<string, string> Setting(string text) => text.Split('=', 2) is [{ Length: > 0 } option, var value]
        ? KeyValuePair.Create(option.Trim(), value.Trim())
        : throw new ArgumentException($"'--set {text}' sets nothing: expected --set option=value.");

    private static IReadOnlyList<Metric> ChooseMetrics(ModelEntry entry, string? text, bool isImplicit)
    {
        var specs = Metric.ParseList(text ?? (entry.Kind == ModelKind.Rating && !isImplicit ? "rmse,mae," : "") + "precision@10,recall@10,ndcg@10");
        if (specs.FirstOrDefault(metric => metric.IsRating) is { } rating)
        {
            if (entry.Kind != ModelKind.Rating)
            {
                var predictors = ModelCatalog.All.Where(other => other.Kind == ModelKind.Rating).Select(other => other.Name);
                throw new ArgumentException($"The model '{entry.Name}' only ranks items, so it has no '{rating}'. Models that predict ratings: {string.Join(", ", predictors)}.");
            }

            if (isImplicit)
            {
                throw new ArgumentException($"With --min-rating all that is left of ratings is that they are positive, so there is no '{rating}'. Leave one of the two out.");
            }
        }

        return specs;
    }
}
