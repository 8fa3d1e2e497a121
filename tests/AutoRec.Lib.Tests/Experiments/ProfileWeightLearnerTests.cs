using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

[Collection(ThreadCount.Name)]
public sealed class ProfileWeightLearnerTests
{
    // Two camps, each with its own half of 60 items; a user has 3 to 27 of them.
    private static readonly InteractionMatrix Camps = MakeCamps();
    private static readonly string[] TrueCamp = [.. Enumerable.Range(0, 400).Select(user => user % 2 == 0 ? "left" : "right")];
    private static readonly string[] Noise = [.. Enumerable.Range(0, 400).Select(user => user % 3 == 0 ? "left" : "right")];

    private static InteractionMatrix MakeCamps()
    {
        var random = new Random(7);
        var (rows, columns) = (new List<int>(), new List<int>());
        for (var user = 0; user < 400; user++)
        {
            int[] items = [.. Enumerable.Range(user % 2 * 30, 30)];
            random.Shuffle(items);
            foreach (var item in items.Take(3 + random.Next(25)))
            {
                rows.Add(user);
                columns.Add(item);
            }
        }

        return InteractionMatrix.FromTriplets(400, 60, [.. rows], [.. columns], [.. rows.Select(_ => 1f)]);
    }

    private static ProfileWeights Learn(string model, IReadOnlyList<string> camp, FitContext? context = null)
    {
        var entry = ModelCatalog.Find(model);
        return ProfileWeightLearner.Learn(entry, entry.CreateTrainer([], out _), Camps, Profiles(camp), context ?? new FitContext());
    }

    private static Dictionary<string, IReadOnlyList<string>> Profiles(IReadOnlyList<string> camp) => new() { ["camp"] = camp };

    [Fact]
    public void Learn_UselessModelAndTellingProfiles_TheProfileCountsForAllLengths()
    {
        var weights = Learn("random", TrueCamp);
        Assert.All(weights.ByGroup.Values, weight => Assert.InRange(weight, 0.5, 1));
    }

    [Fact]
    public void Learn_GoodModelAndProfilesThatSayNothing_NoWeightWithAHistory()
    {
        var weights = Learn("ease", Noise);
        Assert.All(ProfileWeights.Groups.Skip(1), group => Assert.InRange(weights.ByGroup[group], 0, 0.1));
    }

    [Fact]
    public void Learn_RatingModel_ProfilesCountOnlyWithoutAHistoryAndNothingIsFitted()
    {
        var weights = ProfileWeightLearner.Learn(null, new NeverFitted(), Camps, Profiles(TrueCamp), new FitContext());
        Assert.InRange(weights[0], 0.5, 1);
        Assert.All(ProfileWeights.Groups.Skip(1), group => Assert.Equal(0, weights.ByGroup[group]));
    }

    [Fact]
    public void Learn_AnyNumberOfThreads_SameWeights()
    {
        var threads = ComputeThreads.Count;
        try
        {
            ComputeThreads.Count = 1;
            var one = Learn("ease", TrueCamp).ByGroup;
            ComputeThreads.Count = 4;
            Assert.Equal(one, Learn("ease", TrueCamp).ByGroup);
        }
        finally
        {
            ComputeThreads.Count = threads;
        }
    }

    [Fact]
    public void Learn_TheFit_SeesNoNewUserAndHasTheEpochsOfTheContext()
    {
        var trainer = new Watched();
        var limited = new FitContext { EpochLimit = 3, Checkpoint = new Checkpoint("file", "run") };
        ProfileWeightLearner.Learn(null, trainer, Camps, Profiles(TrueCamp), limited);
        var (train, context) = trainer.Fits.Single();
        Assert.Equal(320, Enumerable.Range(0, 400).Count(user => train.RowLength(user) > 0));
        Assert.All(Enumerable.Range(0, 400), user => Assert.True(train.RowLength(user) <= Camps.RowLength(user)));
        var (all, kept) = Enumerable.Range(0, 400).Where(user => train.RowLength(user) > 0)
            .Aggregate((All: 0, Kept: 0), (sum, user) => (sum.All + Camps.RowLength(user), sum.Kept + train.RowLength(user)));
        Assert.InRange(kept / (double)all, 0.88, 0.92);
        Assert.Equal((3, "file.profiles"), (context.EpochLimit, context.Checkpoint!.Path));
        Assert.Null(context.Validation);
    }

    [Theory]
    [InlineData(149, false)]
    [InlineData(150, true)]
    public void CanLearn_UsersWithProfiles_FromThirtyNewOnesOn(int users, bool expected)
    {
        string[] camp = [.. Enumerable.Range(0, 400).Select(user => user < users ? "left" : "")];
        Assert.Equal(expected, ProfileWeightLearner.CanLearn(Camps, Profiles(camp)));
        Assert.Equal(!expected, Learn("random", camp).IsNone);
    }

    [Fact]
    public void CanLearn_NoProfiles_No() =>
        Assert.False(ProfileWeightLearner.CanLearn(Camps, new Dictionary<string, IReadOnlyList<string>>()));

    private sealed class NeverFitted : ITrainer<IRatingPredictor>
    {
        public IRatingPredictor Fit(InteractionMatrix train, FitContext context) => throw new InvalidOperationException();
    }

    private sealed class Watched : ITrainer<IRecommender>
    {
        public List<(InteractionMatrix Train, FitContext Context)> Fits { get; } = [];

        public IRecommender Fit(InteractionMatrix train, FitContext context)
        {
            Fits.Add((train, context));
            return new PopularityTrainer().Fit(train, context);
        }
    }
}
