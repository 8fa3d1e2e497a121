using System.Globalization;
using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>
/// How the time of a fit, or of one epoch, grows with ratings, users and items: the exponents of a power law, from data that are four times
/// as large in one of the three.
/// </summary>
internal static class GrowthTable
{
    private const int Times = 4;
    private const int WarmUps = 4; // fits in which code is compiled, and compiled again for speed
    private const double Least = 0.2; // CPU seconds, below which the rest of the process is what is measured

    private static readonly Shape Base = new("growth", 4_000, 2_000, 150_000);

    private static readonly Shape[] Larger =
    [
        Base with { Ratings = Times * Base.Ratings },
        Base with { Users = Times * Base.Users },
        Base with { Items = Times * Base.Items },
    ];

    /// <summary>Measures and makes the table.</summary>
    /// <param name="models">The models; empty for all.</param>
    /// <param name="repeats">Fits of each that count, of which the fastest is taken.</param>
    public static string Measure(IReadOnlyCollection<string> models, int repeats)
    {
        var (data, larger) = (Generated.Ratings(Base), Array.ConvertAll(Larger, shape => Generated.Ratings(shape)));
        var text = new System.IO.StringWriter { NewLine = "\n" };
        text.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Count:N0} ratings of {data.RowCount:N0} users and {data.ColumnCount:N0} items, and {Times} times as many of each; "
            + $"the fastest of {repeats} fits, or epochs with what comes before the first. Without models that take less than {Least} s."));
        text.WriteLine();
        text.WriteLine("| model | CPU s | ratings | users | items |");
        text.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var model in FitCosts.Models.Where(name => models.Count == 0 || models.Contains(name)))
        {
            for (var fit = 0; fit < WarmUps; fit++)
            {
                _ = Fit(model, data);
            }

            var first = Fastest(model, data);
            if (first < Least)
            {
                continue;
            }

            var exponents = larger.Zip(Larger).Select(pair => Exponent(Fastest(model, pair.First) / first, pair.First.Count, pair.Second));
            var row = $"| {model} | {first.ToString("0.00", CultureInfo.InvariantCulture)} | {string.Join(" | ", exponents)} |";
            Console.Error.WriteLine(row);
            text.WriteLine(row);
        }

        return text.ToString();

        double Fastest(string model, InteractionMatrix ratings) => Enumerable.Range(0, repeats).Min(_ => Fit(model, ratings));

        // Ratings that could not be placed, for a user has at most a third of the items, are not counted.
        string Exponent(double ratio, int ratings, Shape shape) =>
            (Math.Log(ratio) / Math.Log(shape.Ratings > Base.Ratings ? (double)ratings / data.Count : Times))
            .ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static double Fit(string model, InteractionMatrix ratings)
    {
        var (trainer, data) = FitCosts.Prepare(model, ratings);
        GC.Collect();
        var start = Environment.CpuUsage.TotalTime;
        GC.KeepAlive(trainer.Fit(data, new FitContext()));
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
