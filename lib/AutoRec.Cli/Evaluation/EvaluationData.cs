using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Cli.Evaluation;

/// <summary>The data of an evaluation in its parts.</summary>
internal sealed record EvaluationData
{
    /// <summary>All that may be learned from.</summary>
    public required InteractionMatrix Train { get; init; }

    /// <summary>The training and validation parts by which the number of epochs is chosen; null for a model that has none to choose.</summary>
    public Split? Inner { get; init; }

    /// <summary>Whether the validation part was held out of <see cref="Train"/>, so that the model is to be fitted again with it.</summary>
    public bool IsHeldOutOfTrain { get; init; }

    /// <summary>What it is judged by.</summary>
    public required HeldOut Test { get; init; }

    public required int Users { get; init; }

    public required int Items { get; init; }

    /// <summary>Interactions that are not tested on: those fitted to, validation and fold-in.</summary>
    public required int TrainCount { get; init; }

    public int TestCount => Test.Targets.Count;

    public static EvaluationData Load(EvaluationSource source, bool usesValidation, TextWriter notes, CancellationToken cancellation) => source.Data is { } path
        ? OfSplit(path, source, usesValidation, notes, cancellation)
        : OfFiles(source, usesValidation, notes, cancellation);

    private static EvaluationData OfSplit(string path, EvaluationSource source, bool usesValidation, TextWriter notes, CancellationToken cancellation)
    {
        var splitter = Splitter.Parse(source.Split!);
        var log = Read(path, source.Reading, notes, cancellation);
        if (source.MinRating is { } least)
        {
            log = log.ToPositives(least);
            CheckNotEmpty(log, path, least);
        }

        var split = splitter.Split(log, source.Seed);
        var inner = usesValidation ? HoldOutValidation(Splitter.ForValidation(splitter, split.TrainLog), split.TrainLog, source.Seed) : null;
        return new EvaluationData
        {
            Train = split.Train,
            Inner = inner,
            IsHeldOutOfTrain = inner is not null,
            Test = split.Test,
            Users = log.Users.Count,
            Items = log.Items.Count,
            TrainCount = log.Count - split.Test.Targets.Count,
        };
    }

    private static EvaluationData OfFiles(EvaluationSource source, bool usesValidation, TextWriter notes, CancellationToken cancellation)
    {
        string[] paths = source.Validation is null ? [source.Train!, source.Test!] : [source.Train!, source.Test!, source.Validation];
        var logs = Array.ConvertAll(paths, path => Read(path, source.Reading, notes, cancellation));
        if (source.MinRating is { } least)
        {
            logs = Array.ConvertAll(logs, log => log.ToPositives(least));
            foreach (var (log, path) in logs.Zip(paths))
            {
                CheckNotEmpty(log, path, least);
            }
        }

        logs = [.. Interactions.Align(logs)];
        var split = Split.Of(logs[0], logs[1]);
        var inner = !usesValidation ? null
            : logs is [_, _, var validation] ? Split.Of(logs[0], validation)
            : HoldOutValidation(new RandomSplitter(0.9), logs[0], source.Seed);
        if (!usesValidation && source.Validation is not null)
        {
            notes.WriteLine("note: this model chooses nothing on validation data; the validation file is not used.");
        }

        return new EvaluationData
        {
            Train = split.Train,
            Inner = inner,
            IsHeldOutOfTrain = inner is not null && source.Validation is null,
            Test = split.Test,
            Users = logs[0].Users.Count,
            Items = logs[0].Items.Count,
            TrainCount = logs.Sum(log => log.Count) - logs[1].Count,
        };
    }

    private static Split HoldOutValidation(ISplitter splitter, Interactions train, int seed)
    {
        try
        {
            return splitter.Split(train, seed);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"No validation data can be held out of the training part ({splitter.Name}): {error.Message}", error);
        }
    }

    private static Interactions Read(string path, ReadOptions reading, TextWriter notes, CancellationToken cancellation)
    {
        if (DataSets.Names.Contains(path))
        {
            return DataSets.Load(path).Interactions;
        }

        var (log, report) = RatingsReader.Read(path, reading, cancellation);
        if (report.BadLineCount > 0)
        {
            notes.WriteLine($"note: {report.Path}: {report.BadLineCount} of {report.Lines} lines were bad and are left out; the first: {report.BadLines[0].Message}");
        }

        if (report.Duplicates > 0)
        {
            notes.WriteLine($"note: {report.Path}: {report.Duplicates} interactions repeat a user and an item; the latest counts.");
        }

        if (report.DuplicatesByValue > 0)
        {
            notes.WriteLine(
                $"note: {report.Path}: {report.DuplicatesByValue} repeated pairs of a user and an item have several values at the same time or without a time; "
                + "the highest value counts.");
        }

        foreach (var dropped in report.Dropped)
        {
            notes.WriteLine($"note: {report.Path}: {dropped.Rows} interactions left out: {dropped.Reason}.");
        }

        return log;
    }

    private static void CheckNotEmpty(Interactions log, string path, float least)
    {
        if (log.Count == 0)
        {
            throw new ArgumentException(FormattableString.Invariant($"{RatingsReader.NameOf(path)}: no rating is {least} or more (--min-rating)."));
        }
    }
}
