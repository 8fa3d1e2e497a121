using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Rows;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

/// <summary>What lies between ratings and what models learn: the unit of the data, and the baseline.</summary>
public sealed class RatingFrameTests
{
    private const int Users = 60;
    private const int Items = 40;

    /// <summary>All models of the catalogue that predict ratings, small, the autoencoders among them with and without a baseline.</summary>
    public static TheoryData<string, string> RatingModels()
    {
        var data = new TheoryData<string, string>();
        foreach (var entry in ModelCatalog.All.Where(entry => entry.Kind == ModelKind.Rating))
        {
            var small = string.Join(' ', entry.Options.Select(option => option.Name switch
            {
                "epochs" => "epochs=8",
                "hidden-units" or "latent-factors" => $"{option.Name}=6",
                "widths" => "widths=8-4",
                "iterations-per-epoch" => "iterations-per-epoch=3",
                "models" => "models=bias+biased-mf:epochs=8:latent-factors=6",
                _ => "",
            }).Where(setting => setting.Length > 0));
            data.Add(entry.Name, small);
            if (entry.Options.Any(option => option.Name == "center"))
            {
                data.Add(entry.Name, $"{small} center=none");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RatingModels))]
    public void Fit_OtherUnitOfTheData_SameRmseInThatUnit(string model, string settings)
    {
        var stars = Rmse(0, 1);
        Assert.Equal(stars, Rmse(-0.25f, 0.25f), 1e-3);
        Assert.Equal(stars, Rmse(-25, 25), 1e-3);

        // Of ratings origin + unit x stars, in stars: 1 to 5, 0 to 1 and 0 to 100.
        double Rmse(float origin, float unit)
        {
            var (train, test) = Ratings(origin, unit);
            var predicted = Predict(Fit(model, settings, train), Histories.OfTraining(train), test);
            return Math.Sqrt(predicted.Zip(test.Values().ToArray()).Average(pair => Math.Pow((pair.First - pair.Second) / unit, 2)));
        }
    }

    [Theory]
    [InlineData("autorec-item", "regularization=1e5")]
    [InlineData("autorec-user", "regularization=1e5")]
    [InlineData("autorec-user", "regularization=1e5 engine=torch")]
    [InlineData("deep-ae", "widths=8-4 regularization=1e4 learning-rate=0.01")]
    [InlineData("kernelnet", "hidden-units=6 regularization=1e4")]
    public void Fit_NothingCanBeLearned_PredictsTheBaseline(string model, string settings)
    {
        var (train, test) = Ratings(0, 1);
        var histories = Histories.OfTraining(train);
        var baseline = Predict(new BiasTrainer().Fit(train, new FitContext()), histories, test);
        Assert.All(
            baseline.Zip(Predict(Fit(model, settings, train), histories, test)), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
    }

    [Theory]
    [InlineData("autorec-item")]
    [InlineData("autorec-user")]
    [InlineData("kernelnet")]
    [InlineData("gaussian-vae")]
    public void Predict_ColdUserOrItem_IsTheBaseline(string model)
    {
        // User 2 and item 3 have no rating.
        var train = InteractionMatrix.FromTriplets(3, 4, [0, 0, 1, 1], [0, 1, 1, 2], [5, 3, 4, 1], RatingScale.OneToFive);
        var pairs = InteractionMatrix.FromTriplets(3, 4, [0, 2, 2], [3, 0, 3], [1, 1, 1]);
        var histories = Histories.OfTraining(train);
        var expected = Predict(new BiasTrainer().Fit(train, new FitContext()), histories, pairs);
        Assert.All(
            expected.Zip(Predict(Fit(model, "hidden-units=3 epochs=3", train), histories, pairs)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void ToValues_OfANewUser_AreResidualsOfTheUsersOwnBias()
    {
        var (train, _) = Ratings(0, 1);
        var frame = RatingFrame.Of(train, Centering.Baseline, AutoRecRows.Users);
        var baseline = new BiasTrainer().Fit(train, new FitContext());
        var user = InteractionMatrix.FromTriplets(1, Items, [0, 0], [4, 7], [5, 4], RatingScale.OneToFive);
        var predicted = new float[Items];
        baseline.Score(Histories.OfNewUsers(user), predicted);
        var values = frame.ToValues(user).Values().ToArray();
        Assert.Equal((5 - predicted[4]) / frame.Unit, values[0], 1e-4f);
        Assert.Equal((4 - predicted[7]) / frame.Unit, values[1], 1e-4f);
        Assert.Equal(1, Math.Sqrt(frame.ToValues(train).Values().ToArray().Average(value => value * (double)value)), 1e-4);
    }

    [Fact]
    public void NoiseLevel_OfRandomNoise_IsTheSquareOfItsLargestSingularValue()
    {
        // 10 % of 400 x 200: the largest singular value by power iteration.
        var random = new Random(2);
        var cells = (from row in Enumerable.Range(0, 400)
                     from column in Enumerable.Range(0, 200)
                     where random.NextDouble() < 0.1
                     select (
            row, column)).ToArray();
        var noise = InteractionMatrix.FromTriplets(
            400,
            200,
            [.. cells.Select(cell => cell.row)],
            [.. cells.Select(cell => cell.column)],
            [.. cells.Select(_ => random.Next(2) * 2f - 1)]);
        var vector = Enumerable.Range(0, 200).Select(_ => random.NextDouble()).ToArray();
        var squared = 0.0;
        for (var iteration = 0; iteration < 100; iteration++)
        {
            var length = Math.Sqrt(vector.Sum(x => x * x));
            var next = new double[200];
            for (var row = 0; row < 400; row++)
            {
                var (columns, values) = (noise.Columns(row).ToArray(), noise.Values(row).ToArray());
                var product = columns.Zip(values).Sum(entry => vector[entry.First] / length * entry.Second);
                foreach (var (column, value) in columns.Zip(values))
                {
                    next[column] += product * value;
                }
            }

            squared = Math.Sqrt(next.Sum(x => x * x));
            vector = next;
        }

        Assert.Equal(1, RatingFrame.NoiseLevel(noise) / squared, 0.1);
    }

    // Ratings of stars 1 to 5 with biases and one factor, in another unit; a tenth to test on.
    private static (InteractionMatrix Train, InteractionMatrix Test) Ratings(float origin, float unit)
    {
        var random = new Random(5);
        double[] user = [.. Enumerable.Range(0, Users).Select(_ => random.NextDouble() - 0.5)];
        double[] item = [.. Enumerable.Range(0, Items).Select(_ => random.NextDouble() - 0.5)];
        var entries = (from u in Enumerable.Range(0, Users)
                       from i in Enumerable.Range(0, Items)
                       where random.NextDouble() < 0.4
                       select (
            u, i)).ToArray();
        var stars = Array.ConvertAll(entries, entry => (float)Math.Clamp(
            Math.Round(3.2 + user[entry.u] + item[entry.i] + (5 * user[entry.u] * item[entry.i]) + random.NextDouble() - 0.5), 1, 5));
        var isTest = Array.ConvertAll(entries, _ => random.NextDouble() < 0.1);
        return (Matrix(false), Matrix(true));

        InteractionMatrix Matrix(bool test)
        {
            int[] places = [.. Enumerable.Range(0, entries.Length).Where(place => isTest[place] == test)];
            return InteractionMatrix.FromTriplets(
                Users,
                Items,
                [.. places.Select(place => entries[place].u)],
                [.. places.Select(place => entries[place].i)],
                [.. places.Select(place => origin + (unit * stars[place]))],
                new RatingScale(origin + unit, origin + (5 * unit)));
        }
    }

    private static IRatingPredictor Fit(string model, string settings, InteractionMatrix train)
    {
        var pairs = settings.Split(' ').Select(setting => setting.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1]));
        return (IRatingPredictor)ModelCatalog.Find(model).CreateTrainer(pairs, out _).Fit(train, new FitContext());
    }

    private static float[] Predict(IRatingPredictor model, Histories histories, InteractionMatrix pairs)
    {
        var ratings = new float[pairs.Count];
        model.Predict(histories, pairs, ratings);
        return ratings;
    }
}
