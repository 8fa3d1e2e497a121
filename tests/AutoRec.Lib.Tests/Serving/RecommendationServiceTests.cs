using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Tests.Catalog;

namespace AutoRec.Tests.Serving;

public sealed class RecommendationServiceTests
{
    private static readonly Dictionary<string, string> Women = new() { ["gender"] = "F" };

    // a has w and x, b has x and y, c has z.
    private static readonly RecommendationService Popular = new(FittedModels.Fit("popularity", WithoutProfiles()));
    private static readonly RecommendationService Ease = new(FittedModels.Fit("ease", WithoutProfiles(), ("regularization", "1")));

    [Fact]
    public void Recommend_KnownUser_TheModelsOrderWithoutTheHistory()
    {
        var answer = Popular.Recommend(new RecommendationRequest { User = "c", K = 2 });
        Assert.Equal(RecommendationBasis.Model, answer.Basis);

        // Two users have x; w and y have one each, and come in the order in which lists are measured.
        var fitted = Popular.Fitted;
        var measured = fitted.Model.Recommend(Histories.OfTraining(fitted.Interactions).Select([2]), 2)[0];
        Assert.Equal(measured.Select(place => fitted.Data.Interactions.Items[place.Item]), answer.Items.Select(item => item.Item));
        Assert.Equal(("x", "Ex, a \"film\""), (answer.Items[0].Item, answer.Items[0].Title));
        Assert.Contains((answer.Items[1].Item, answer.Items[1].Title), new[] { ("w", "The W"), ("y", "Ünder Y") });
        Assert.Equal(2, answer.Items[0].Score);
        Assert.All(answer.Items, item => Assert.Equal((null, null, 0), (item.Rating, item.Probability, item.Reasons.Count)));
    }

    [Fact]
    public void Recommend_RatingModel_RatingOnTheScale()
    {
        var service = new RecommendationService(FittedModels.Fit("bias", WithoutProfiles()));
        var answer = service.Recommend(new RecommendationRequest { User = "b" });
        Assert.Equal(["w", "z"], answer.Items.Select(item => item.Item));
        var pairs = InteractionMatrix.FromTriplets(1, 4, [0], [0], [0]);
        var expected = new float[1];
        ((IRatingPredictor)service.Fitted.Model).Predict(Histories.OfTraining(service.Fitted.Interactions).Select([1]), pairs, expected);
        Assert.Equal(expected[0], answer.Items[0].Rating);
    }

    [Fact]
    public void Recommend_MultinomialModel_ProbabilitiesOfAllItemsAddUpToOne()
    {
        var service = new RecommendationService(
            FittedModels.Fit("mult-vae", WithoutProfiles(), ("hidden-units", "4"), ("latent-factors", "2"), ("epochs", "3")));
        var answer = service.Recommend(new RecommendationRequest { History = [new("x")] });
        var scores = new float[4];
        service.Fitted.Model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [0], [1], [5])), scores);
        var sum = scores.Sum(score => Math.Exp(score));
        Assert.Equal(3, answer.Items.Count);
        Assert.All(answer.Items, item => Assert.Equal(Math.Exp(item.Score) / sum, item.Probability!.Value, 1e-6));
    }

    [Theory]
    [InlineData("sigmoid", ProbabilityKind.Interaction)]
    [InlineData("identity", ProbabilityKind.None)]
    public void Recommend_AutoencoderOfRows_ProbabilityIsTheSigmoidOutput(string output, ProbabilityKind kind)
    {
        var service = new RecommendationService(
            FittedModels.Fit("deep-ae-implicit", WithoutProfiles(), ("output-activation", output), ("epochs", "2")));
        Assert.Equal(kind, service.Probabilities);
        Assert.All(
            service.Recommend(new RecommendationRequest { User = "a" }).Items,
            item => Assert.Equal(kind == ProbabilityKind.None ? -1 : 1 / (1 + Math.Exp(-item.Score)), item.Probability ?? -1, 1e-6));
    }

    [Fact]
    public void Recommend_HistoryOfANewUser_FoldedInAndUnknownItemsNamed()
    {
        var answer = Ease.Recommend(new RecommendationRequest { History = [new("y", 4), new("nothing"), new("y", 5)] });
        Assert.Equal(RecommendationBasis.Model, answer.Basis);
        Assert.Equal(["nothing"], answer.UnknownItems);
        Assert.Equal("x", answer.Items[0].Item); // b has both
        Assert.DoesNotContain("y", answer.Items.Select(item => item.Item));
    }

    [Fact]
    public void Recommend_NewUserOfAModelThatDoesNotFoldIn_SimilarItems()
    {
        var service = new RecommendationService(
            FittedModels.Fit("autorec-item", WithoutProfiles(), ("hidden-units", "3"), ("epochs", "5")));
        Assert.False(service.FoldsIn);
        Assert.Equal(RecommendationBasis.Model, service.Recommend(new RecommendationRequest { User = "a" }).Basis);
        var answer = service.Recommend(new RecommendationRequest { History = [new("w", 5)], Reasons = 3 });
        Assert.Equal(RecommendationBasis.SimilarItems, answer.Basis);

        // With one item in the history the order is that of the items most like it.
        Assert.Equal(service.SimilarItems("w", 3).Select(near => near.Id), answer.Items.Select(item => item.Item));
        Assert.All(answer.Items, item => Assert.Equal(["w"], item.Reasons.Select(reason => reason.Item)));
        Assert.Equal(service.SimilarItems("w", 1)[0].Similarity, answer.Items[0].Score, 1e-6f);
    }

    [Fact]
    public void Recommend_DislikedItems_AreSeenAndNotPartOfTheProfile()
    {
        // Positive from 4: only a's w and b's x. What is disliked says nothing, and is not recommended either.
        var service = new RecommendationService(FittedModels.Fit("ease", FittedModels.Data(positiveFrom: 4)));
        var disliked = service.Recommend(new RecommendationRequest { History = [new("w", 3)], Reasons = 3 });
        Assert.Equal(RecommendationBasis.Popularity, disliked.Basis);
        Assert.Equal(["x", "y", "z"], disliked.Items.Select(item => item.Item).Order());
        Assert.All(disliked.Items, item => Assert.Empty(item.Reasons));
        var both = service.Recommend(new RecommendationRequest { History = [new("w", 1), new("x")], Reasons = 3 });
        Assert.Equal(RecommendationBasis.Model, both.Basis);
        Assert.Equal(["y", "z"], both.Items.Select(item => item.Item).Order());
        Assert.All(both.Items, item => Assert.Equal(["x"], item.Reasons.Select(reason => reason.Item)));
        Assert.Equal(RecommendationBasis.Popularity, service.Recommend(new RecommendationRequest { User = "c" }).Basis); // z has 2
    }

    [Fact]
    public void Recommend_HistoryOfAModelOfLikesFromRatings_IsReadByTheThreshold()
    {
        var service = new RecommendationService(FittedModels.Fit("ease", FittedModels.Data().ToPositives(4)));
        Assert.Equal(RecommendationBasis.Model, service.Recommend(new RecommendationRequest { History = [new("w", 5)] }).Basis);
        Assert.Equal(RecommendationBasis.Model, service.Recommend(new RecommendationRequest { History = [new("w")] }).Basis);
        var below = service.Recommend(new RecommendationRequest { History = [new("w", 3)] });
        Assert.Equal((RecommendationBasis.Popularity, "x"), (below.Basis, below.Items.Single().Item));
        var error = Assert.Throws<ArgumentException>(() => service.Recommend(new RecommendationRequest { History = [new("w", 6)] }));
        Assert.Contains("outside the scale 1..5", error.Message);
    }

    [Fact]
    public void Recommend_RatingModelThatDoesNotFoldIn_SimilarToWhatIsLiked()
    {
        var data = FittedModels.Data(positiveFrom: 4);
        var service = new RecommendationService(FittedModels.Fit("autorec-item", data, ("hidden-units", "3"), ("epochs", "5")));
        var answer = service.Recommend(new RecommendationRequest { History = [new("w", 5), new("y", 1)], Reasons = 3 });
        Assert.Equal(RecommendationBasis.SimilarItems, answer.Basis);
        Assert.All(answer.Items, item => Assert.Equal(["w"], item.Reasons.Select(reason => reason.Item)));
        Assert.Equal(RecommendationBasis.Popularity, service.Recommend(new RecommendationRequest { History = [new("y", 1)] }).Basis);
    }

    [Fact]
    public void Recommend_NothingKnown_Popularity()
    {
        var answer = Ease.Recommend(new RecommendationRequest());
        Assert.Equal(RecommendationBasis.Popularity, answer.Basis);
        Assert.Equal("x", answer.Items[0].Item); // two users have x, one each other item
        Assert.Equal(["w", "y", "z"], answer.Items.Skip(1).Select(item => item.Item).Order());
    }

    [Fact]
    public void Recommend_ProfileOnly_NaiveBayesByHand()
    {
        // Women: a alone, who has w and x. p(w) = (1 + 0.5) / 4 = 0.375, p(x) = 0.625.
        // score(w) = ln 0.375 + ln((1 + 50 * 0.375) / (51 * 0.375)).
        var service = new RecommendationService(FittedModels.Fit("ease", new ProfileWeights([1, 0.5, 0, 0, 0, 0, 0, 0])));
        var answer = service.Recommend(new RecommendationRequest { Profile = Women, Reasons = 5 });
        Assert.Equal(RecommendationBasis.Profile, answer.Basis);
        Assert.Equal(["x", "w", "y", "z"], answer.Items.Select(item => item.Item));
        Assert.Equal(Math.Log(0.375) + Math.Log((1 + (50 * 0.375)) / (51 * 0.375)), answer.Items[1].Score, 1e-5);
        Assert.Equal("gender: F", answer.Items[1].Reasons.Single().Title, ignoreCase: true);
        Assert.Equal(Math.Log((50 * 0.375) / (51 * 0.375)), answer.Items[2].Reasons.Single().Contribution, 1e-5);
    }

    [Fact]
    public void Recommend_ProfileWithoutWeight_DoesNotCount()
    {
        var answer = new RecommendationService(FittedModels.Fit("ease"))
            .Recommend(new RecommendationRequest { Profile = Women, History = [new("w")] });
        Assert.Equal(RecommendationBasis.Model, answer.Basis);
        Assert.Equal(
            RecommendationBasis.Popularity,
            new RecommendationService(FittedModels.Fit("ease")).Recommend(new RecommendationRequest { Profile = Women }).Basis);
    }

    [Fact]
    public void Recommend_ProfileAndHistory_WeightOfTheLengthDecides()
    {
        var service = new RecommendationService(FittedModels.Fit("ease", new ProfileWeights([1, 0.5, 0, 0, 0, 0, 0, 0])));
        RecommendationBasis Basis(RecommendationRequest request) => service.Recommend(request).Basis;
        Assert.Equal(RecommendationBasis.Hybrid, Basis(new RecommendationRequest { Profile = Women, History = [new("w")] }));
        Assert.Equal(RecommendationBasis.Model, Basis(new RecommendationRequest { Profile = Women, History = [new("w"), new("y")] }));
        Assert.Equal(RecommendationBasis.Model, Basis(new RecommendationRequest { History = [new("w")] }));
        Assert.Equal(RecommendationBasis.Hybrid, Basis(new RecommendationRequest { User = "c" }));
        Assert.Equal(RecommendationBasis.Model, Basis(new RecommendationRequest { User = "a" }));
    }

    [Fact]
    public void Explain_Hybrid_ReasonsAddUpToTheDifferencesOfScores()
    {
        // The score of an item is linear in both parts of EASE, so that the reasons of two items differ by as much as their scores do, but
        // for popularity, of which both have the same: w and y have one user each.
        var service = new RecommendationService(
            FittedModels.Fit("ease", new ProfileWeights([1, 0.5, 0, 0, 0, 0, 0, 0]), null, ("regularization", "1")));
        var request = new RecommendationRequest { Profile = Women, History = [new("x")], K = 4, Reasons = 5 };
        var items = service.Recommend(request).Items.ToDictionary(item => item.Item);
        Assert.All(
            items.Values, item => Assert.Equal(["gender: F", "x"], item.Reasons.Select(reason => reason.Item ?? reason.Title).Order()));
        float Sum(string item) => items[item].Reasons.Sum(reason => reason.Contribution);
        Assert.Equal(items["w"].Score - items["y"].Score, Sum("w") - Sum("y"), 1e-5f);
        Assert.NotEqual(Sum("w"), Sum("y"));
    }

    [Fact]
    public void Explain_LinearModel_TheWeightsOfTheHistory()
    {
        // EASE is linear: without an item of the history the score lacks just its weight.
        var weights = (EaseModel)Ease.Fitted.Model;
        var reasons = Ease.Explain(new RecommendationRequest { User = "a" }, "y");
        Assert.Equal(["x", "w"], reasons.Select(reason => reason.Item));
        Assert.Equal(weights.Weights(1)[2], reasons[0].Contribution, 1e-6f);
        Assert.Equal(weights.Weights(0)[2], reasons[1].Contribution, 1e-6f);
    }

    [Fact]
    public void Recommend_Reasons_AsExplainSays()
    {
        var item = Ease.Recommend(new RecommendationRequest { User = "a", Reasons = 1 }).Items[0];
        Assert.Equal(Ease.Explain(new RecommendationRequest { User = "a" }, item.Item).Take(1), item.Reasons);
    }

    // A model that ranks, one with probabilities, one with ratings, and one with profiles that count.
    [Theory]
    [InlineData("ease", 0)]
    [InlineData("mult-vae", 0)]
    [InlineData("biased-mf", 2)]
    [InlineData("ease", 2)]
    public void Recommend_ManyUsers_AnswersAreThoseOfEachAlone(string model, int reasons)
    {
        var service = new RecommendationService(FittedModels.Fit(model, new ProfileWeights([.. ProfileWeights.Groups.Select(_ => 0.3)])));
        string[] users = ["c", "a", "b", "a"];
        var alone = users.Select(user => service.Recommend(new RecommendationRequest { User = user, K = 3, Reasons = reasons }));
        Assert.Equal(alone.Select(Text), service.Recommend(users, 3, reasons).Select(Text));
        Assert.Equal("nobody", Assert.Throws<UnknownIdException>(() => service.Recommend(["a", "nobody"], 3)).Id);

        // torch's sums depend on the size of a batch in their last digits.
        static string Text(RecommendationList list) => System.Text.Json.JsonSerializer.Serialize(list with
        {
            Items = [.. list.Items.Select(item => item with { Score = MathF.Round(item.Score, 4), Probability = null })],
        });
    }

    [Fact]
    public void SimilarItems_ModelWithoutVectors_CosineOfRatingsByHand()
    {
        // x = (3, 4, 0), w = (5, 0, 0), y = (0, 1, 0): cos(x, w) = 3/5, cos(x, y) = 4/5.
        Assert.Equal([new Neighbor("y", "Ünder Y", 0.8f), new Neighbor("w", "The W", 0.6f)], Ease.SimilarItems("x", 10));
        Assert.Equal(0, Ease.Space.Length);
        Assert.Equal(["b"], Ease.SimilarUsers("a", 10).Select(near => near.Id));
    }

    [Fact]
    public void SimilarItems_ModelWithVectors_CosineOfCentredVectors()
    {
        var service = new RecommendationService(FittedModels.Fit("ials", WithoutProfiles(), ("latent-factors", "3")));
        var vectors = ((IalsModel)service.Fitted.Model).Save().Floats("item_factors").Chunk(3).ToArray();
        var mean = Enumerable.Range(0, 3).Select(factor => vectors.Average(vector => vector[factor])).ToArray();
        double[] Centred(int item) => [.. vectors[item].Select((value, factor) => (double)value - mean[factor])];
        double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        double Cosine(int i, int j) => Dot(Centred(i), Centred(j)) / Math.Sqrt(Dot(Centred(i), Centred(i)) * Dot(Centred(j), Centred(j)));

        var similar = service.SimilarItems("w", 3);
        Assert.Equal(3, similar.Count);
        Assert.All(similar, near => Assert.Equal(Cosine(0, "wxyz".IndexOf(near.Id[0], StringComparison.Ordinal)), near.Similarity, 1e-4));
        Assert.Equal(similar.OrderByDescending(near => near.Similarity), similar);
        Assert.Equal(["b", "c"], service.SimilarUsers("a", 5).Select(near => near.Id).Order());
    }

    public static TheoryData<RecommendationRequest, string> Mistakes() => new()
    {
        { new RecommendationRequest { User = "nobody" }, "does not know the user 'nobody'" },
        { new RecommendationRequest { User = "a", History = [new("w")] }, "either a user" },
        { new RecommendationRequest { History = [new("w", 6)] }, "outside the scale 1..5" },
        { new RecommendationRequest { K = 0 }, "K" },
        {
            new RecommendationRequest { Profile = new Dictionary<string, string> { ["shoe"] = "44" } },
            "Attributes of profiles: age, gender."
        },
        {
            new RecommendationRequest { Profile = new Dictionary<string, string> { ["gender"] = "Q" } },
            "Attribute 'gender' must be one of F, M; got 'Q'."
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Recommend_Mistake_SaysWhat(RecommendationRequest request, string expected) =>
        Assert.Contains(
            expected,
            Assert.ThrowsAny<ArgumentException>(() => new RecommendationService(FittedModels.Fit("popularity"))
                .Recommend(request)).Message);

    [Fact]
    public void Explain_ItemOfTheHistory_Throws() =>
        Assert.Contains(
            "has the item 'w' already",
            Assert.Throws<ArgumentException>(() => Ease.Explain(new RecommendationRequest { User = "a" }, "w")).Message);

    [Fact]
    public void Profile_NumbersWithManyValues_GroupsOfAboutAsManyUsers()
    {
        var ages = Enumerable.Range(1, 100).Select(age => $"{age}").ToArray();
        int[] users = [.. Enumerable.Range(0, 100)];
        var interactions = InteractionMatrix.FromTriplets(100, 1, users, new int[100], new float[100]);
        var model = new ProfileModel(interactions, new Dictionary<string, IReadOnlyList<string>> { ["age"] = ages });
        Assert.Equal(["below 21", "21 to below 41", "41 to below 61", "61 to below 81", "81 and more"], model.Values("age"));
        Assert.Equal(["below 21", "21 to below 41", null], new[] { "20", "21", "" }.Select(age => model.GroupOf("age", age)));
        float[] byNumber = new float[1], byGroup = new float[1];
        model.Score(new Dictionary<string, string> { ["age"] = "250" }, byNumber);
        model.Score(new Dictionary<string, string> { ["age"] = "81 and more" }, byGroup);
        Assert.Equal(byNumber, byGroup);
        Assert.Contains(
            "Attribute 'age' must be a number; got 'old'.",
            Assert.Throws<ArgumentException>(() => model.Score(new Dictionary<string, string> { ["age"] = "old" }, new float[1])).Message);
    }

    private static DataSet WithoutProfiles()
    {
        var data = FittedModels.Data();
        return new DataSet
        {
            Name = data.Name,
            Title = data.Title,
            Source = data.Source,
            Interactions = data.Interactions,
            ItemTitles = data.ItemTitles,
            ItemCategories = data.ItemCategories
        };
    }
}
