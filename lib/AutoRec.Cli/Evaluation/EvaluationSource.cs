using AutoRec.Data;

namespace AutoRec.Cli.Evaluation;

/// <summary>Which data a model is evaluated on, as the command line says it.</summary>
internal sealed record EvaluationSource
{
    public string? Data { get; init; }

    public string? Split { get; init; }

    public string? Train { get; init; }

    public string? Test { get; init; }

    public string? Validation { get; init; }

    public required ReadOptions Reading { get; init; }

    public float? MinRating { get; init; }

    public required int Seed { get; init; }

    /// <summary>Throws unless it is either one file and a split, or a training and a test file.</summary>
    public void Check()
    {
        var isSplit = Data is not null || Split is not null;
        var isFiles = Train is not null || Test is not null || Validation is not null;
        if (isSplit && isFiles)
        {
            throw new ArgumentException("Give either --data and --split, or --train and --test (and --validation), not both.");
        }

        if (isSplit && (Data is null || Split is null))
        {
            throw new ArgumentException(Data is null ? "--split needs --data, the file to be split." : "--data needs --split, such as --split random:0.9.");
        }

        if (!isSplit && (Train is null || Test is null))
        {
            throw new ArgumentException(isFiles ? "--train and --test go together." : "No data: give --data and --split, or --train and --test.");
        }

        if (MinRating is { } least && !float.IsFinite(least))
        {
            throw new ArgumentException("--min-rating is a finite number.");
        }
    }
}
