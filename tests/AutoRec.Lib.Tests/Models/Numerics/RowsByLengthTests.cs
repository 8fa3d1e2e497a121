using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models.Numerics;

public sealed class RowsByLengthTests
{
    // More rows than a part, of very different lengths; every third row is there twice, so that products are equal.
    [Theory]
    [InlineData(5_000, 7, 1)]
    [InlineData(5_000, 7, 40)]
    [InlineData(2_049, 16, 11)]
    [InlineData(30, 3, 11)]
    [InlineData(5, 2, 11)]
    public void MultiplyBest_AnyUsers_HighestProductsAreThoseOfAllRowsAndNoOtherIsWrong(int rows, int width, int count)
    {
        const int Users = 29;
        var random = new Random(rows + count);
        var vectors = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            var length = Math.Exp(6 * random.NextDouble());
            for (var k = 0; k < width; k++)
            {
                vectors[(row * width) + k] = row % 3 == 2
                    ? vectors[((row - 1) * width) + k]
                    : (float)(length * (random.NextDouble() - 0.4));
            }
        }

        float[] users = [.. Enumerable.Range(0, Users * width).Select(i => i < width ? 0 : (float)random.NextDouble() - 0.5f)];
        void Fill(int user, Span<float> vector) => users.AsSpan(user * width, width).CopyTo(vector);
        var (all, best) = (new float[Users * rows], new float[Users * rows]);
        PackedRows.Of(vectors, width).Multiply(Users, Fill, all);
        new RowsByLength(vectors, width).MultiplyBest(Users, Fill, [.. Enumerable.Repeat(count, Users)], best);

        var left = 0;
        for (var user = 0; user < Users; user++)
        {
            var (expected, actual) = (all[(user * rows)..((user + 1) * rows)], best[(user * rows)..((user + 1) * rows)]);
            var least = expected.OrderDescending().ElementAt(Math.Min(count, rows) - 1);
            for (var row = 0; row < rows; row++)
            {
                Assert.True(actual[row] == expected[row] || (actual[row] == float.NegativeInfinity && expected[row] < least));
            }

            left += actual.Count(product => product == float.NegativeInfinity);
        }

        Assert.True(rows <= 2048 || left > Users * rows / 2, "Rows that are too short should be left out.");
    }

    [Fact]
    public void Recommend_ByAModelThatFindsTheBest_AsByAllScores()
    {
        var train = DataSets.Load("sample").Interactions.ToMatrix().Positives();
        var model = new IalsTrainer(new IalsOptions { Epochs = 2, LatentFactors = 8 }).Fit(train, new FitContext());
        var users = Histories.OfTraining(train);
        Assert.IsAssignableFrom<IBestScorer>(model);
        Assert.Equal(new AllScores(model).Recommend(users, 7), model.Recommend(users, 7));
    }

    private sealed class AllScores(IRecommender model) : IRecommender
    {
        public int ItemCount => model.ItemCount;

        public void Score(Histories histories, Memory<float> scores) => model.Score(histories, scores);
    }
}
