using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Serving;
using AutoRec.Tests.Catalog;

namespace AutoRec.Tests.Serving;

public sealed class RecommendationRulesTests
{
    // By users: A has four, B three, C two, D one. B is much like A, C like none.
    private static readonly RecommendationService Shop = new(FittedModels.Fit("popularity", ShopData()));
    private static readonly DataSet Sample = DataSets.Load("sample");

    public static TheoryData<string, RecommendationRules> Lists() => new()
    {
        { "ABCD", new() },
        { "ACD", new() { Exclude = ["B"] } },
        { "CD", new() { Only = ["D", "C"] } },
        { "AB", new() { Where = ["category=Books"] } },
        { "AB", new() { Where = [" Genres = books "] } },
        { "BC", new() { Where = ["category=Games"] } },
        { "AD", new() { Where = ["category!=Games"] } },
        { "AC", new() { Where = ["price<20"] } },
        { "ABC", new() { Where = ["price<=20"] } },
        { "B", new() { Where = ["price>9.5"] } },
        { "BC", new() { Where = ["price>=9.5"] } },
        { "C", new() { Where = ["price=9.5"] } },
        { "AC", new() { Where = ["size<9"] } },
        { "AD", new() { Where = ["weight!=3", "weight!=2 kg"] } },
        { "ABD", new() { Where = ["price!=9.50"] } },
        { "C", new() { Where = ["price<20", "category!=Books"] } },
        { "B", new() { Where = ["category=Books", "category=Games"] } },
        { "B", new() { Where = ["title=Bee <1>"] } },
        { "ABC", new() { MinUsers = 2 } },
        { "A", new() { MinUsers = 4 } },
        { "BCD", new() { MaxUsers = 3 } },
        { "BC", new() { MinUsers = 2, MaxUsers = 3 } },
        { "ACD", new() { AtMost = new Dictionary<string, int> { ["category"] = 1 } } }, // B has a category of A's; D has none
        { "ABCD", new() { AtMost = new Dictionary<string, int> { ["category"] = 2 } } },
        { "BCD", new() { Exclude = ["A"], AtMost = new Dictionary<string, int> { ["Category"] = 2 } } },
        { "BD", new() { Exclude = ["A"], AtMost = new Dictionary<string, int> { ["category"] = 1, ["price"] = 1 } } },

        // r = 1, 2/3, 1/3, 0. cos(A, B) = 3 / sqrt(12), cos(A, D) = 1/2, cos(B, D) = 1 / sqrt(3); C shares no user with another.
        // After A, with d = 0.5: B has 1/3 - 0.433, C 1/6, D -0.25. With d = 0.1: B has 0.6 - 0.087, C 0.3. With d = 1: after A and C,
        // B has -0.866, D -0.5.
        { "ABCD", new() { Diversity = 0.1 } },
        { "ACBD", new() { Diversity = 0.5 } },
        { "ACDB", new() { Diversity = 1 } },
        { "ACD", new() { Diversity = 0.5, AtMost = new Dictionary<string, int> { ["category"] = 1 } } },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Recommend_Rule_ListByHand(string expected, RecommendationRules rules) => Assert.Equal(expected, List(rules));

    [Fact]
    public void Recommend_RulesInAnotherOrder_SameList()
    {
        string[] where = ["price<=20", "category!=Games", "title!=Dee"];
        Assert.Equal("A", List(new() { Where = where }));
        Assert.Equal("A", List(new() { Where = [.. where.Reverse()] }));
    }

    [Fact]
    public void Recommend_SeenIncluded_ButNothingDisliked()
    {
        // Positive from 4: a has w (5) and dislikes x (3).
        var service = new RecommendationService(FittedModels.Fit("ease", FittedModels.Data(positiveFrom: 4)));
        var answer = service.Recommend(new RecommendationRequest { User = "a", Rules = new() { IncludeSeen = true } });
        Assert.Equal(["w", "y", "z"], answer.Items.Select(item => item.Item).Order());
        var nothing = service.Recommend(new RecommendationRequest { User = "a", Rules = new() { IncludeSeen = true, Only = ["x"] } });
        Assert.Equal("The list is empty: of 4 items, 'only (1 item)' leaves 1, and the user dislikes all of these.", nothing.WhyEmpty);
    }

    public static TheoryData<RecommendationRequest, string> EmptyLists() => new()
    {
        {
            new() { Rules = new() { Where = ["category=Books", "price>20"], MinUsers = 2 } },
            "The list is empty: of 4 items, 'category=Books' leaves 2, 'price>20' leaves 0, 'at least 2 users' leaves 0."
        },
        {
            new() { User = "1", Rules = new() { Only = ["A", "B"], Exclude = ["A"] } },
            "The list is empty: of 4 items, 'only (2 items)' leaves 2, 'exclude (1 item)' leaves 1, and the user has all of these."
        },
        {
            new() { History = [new("A"), new("B"), new("C"), new("D")] },
            "The list is empty: the model has 4 items, and the user has all of these."
        },
    };

    [Theory]
    [MemberData(nameof(EmptyLists))]
    public void Recommend_NothingLeft_SaysWhichRuleLeftWhat(RecommendationRequest request, string expected)
    {
        var answer = Shop.Recommend(request);
        Assert.Empty(answer.Items);
        Assert.Equal(expected, answer.WhyEmpty);
    }

    [Fact]
    public void Recommend_NotEmpty_NoReasonWhy() => Assert.Null(Shop.Recommend(new RecommendationRequest()).WhyEmpty);

    public static TheoryData<RecommendationRules, string> Mistakes() => new()
    {
        { new() { Exclude = ["a"] }, "'exclude' names an item that the model does not know: 'a'. Did you mean 'A'?" },
        { new() { Only = ["A", "q1", "q2"] }, "'only' names items that the model does not know: 'q1', 'q2'." },
        { new() { Only = [] }, "'only' names no item" },
        { new() { Where = ["prize<20"] }, "no column 'prize'. Did you mean 'price'? Columns: title, category, price, size, weight." },
        {
            new() { Where = ["category=Bocks"] },
            "No item has the value 'Bocks' in the column 'category'. Did you mean 'Books'? Values: Books, Games."
        },
        { new() { Where = ["category!=Toys"] }, "No item has the value 'Toys' in the column 'category'. Values: Books, Games." },
        { new() { Where = ["price<cheap"] }, "'price<cheap' compares numbers, and 'cheap' is not one" },
        { new() { Where = ["price<1,5"] }, "'1,5' is not one" },
        { new() { Where = ["weight<3"] }, "'weight<3' compares numbers, and the column 'weight' has the value '2 kg'." },
        { new() { Where = ["category<3"] }, "the column 'category' has none. Use = or !=." },
        { new() { Where = ["Books"] }, "'Books' is not a condition. Use COLUMN=VALUE" },
        { new() { Where = ["price<"] }, "'price<' is not a condition" },
        { new() { Where = ["=5"] }, "'=5' is not a condition" },
        { new() { Where = ["price!5"] }, "'price!5' is not a condition" },
        { new() { Where = [new string(' ', 100_000)] }, "is not a condition" },
        { new() { AtMost = new Dictionary<string, int> { ["categry"] = 2 } }, "no column 'categry'. Did you mean 'category'?" },
        { new() { AtMost = new Dictionary<string, int> { ["category"] = 0 } }, "'category' must be at least 1; got 0" },
        { new() { MinUsers = -1 }, "must be at least 0; got -1" },
        { new() { MinUsers = 3, MaxUsers = 2 }, "must be at least 0 and the least number of users, 3; got 2" },
        { new() { Diversity = 1.01 }, "Diversity must be between 0 and 1; got 1.01." },
        { new() { Diversity = double.NaN }, "Diversity must be between 0 and 1; got NaN." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Recommend_Mistake_SaysWhat(RecommendationRules rules, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => List(rules)).Message);
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Shop.Recommend(["1"], 3, rules: rules)).Message);
    }

    [Fact]
    public void Recommend_OnlyIdsKnown_SaysHowToGiveATable()
    {
        var data = ShopData();
        var bare = new DataSet { Name = "bare", Title = "", Source = "", Interactions = data.Interactions };
        var service = new RecommendationService(FittedModels.Fit("popularity", bare));
        var error = Assert.Throws<ArgumentException>(() =>
            service.Recommend(new RecommendationRequest { Rules = new() { Where = ["price<3"] } }));
        Assert.Contains("no column 'price': only their ids are known. Give a table of items (--item-file FILE).", error.Message);
    }

    // The truth is the whole ranking without rules, read from the top: what is not allowed, or is one too many of its category, is passed
    // over.
    [Theory]
    [InlineData("ease")]
    [InlineData("ials")]
    public void Recommend_Sample_WhatIsLeftOfTheWholeRanking(string model)
    {
        var service = new RecommendationService(FittedModels.Fit(model, Sample));
        var (items, categories) = (Sample.Interactions.Items, Sample.ItemCategories);
        var users = items.ToDictionary(id => id, id => Sample.Interactions.ItemRows.ToArray().Count(row => row == items.RowOf(id)));
        var kinds = categories.Select(own => own[0]).Distinct().Order(StringComparer.Ordinal).ToArray();
        var least = users.Values.Order().ElementAt(users.Count / 4);
        var rules = new RecommendationRules
        {
            Exclude = [items[3], items[11]],
            Where = [$"category!={kinds[0]}"],
            MinUsers = least,
            AtMost = new Dictionary<string, int> { ["category"] = 2 },
        };
        string[] people = [.. Sample.Interactions.Users.Take(300)];
        var whole = service.Recommend(people, items.Count).ToArray();
        var lists = service.Recommend(people, 7, rules: rules).ToArray();
        for (var i = 0; i < people.Length; i++)
        {
            var counts = new Dictionary<string, int>();
            var expected = whole[i].Items.Where(item => !rules.Exclude.Contains(item.Item)
                && categories[items.RowOf(item.Item)][0] != kinds[0]
                && users[item.Item] >= least
                && (counts[categories[items.RowOf(item.Item)][0]] = counts.GetValueOrDefault(categories[items.RowOf(item.Item)][0])
                + 1) <= 2);
            Assert.Equal(expected.Take(7).Select(item => item.Item), lists[i].Items.Select(item => item.Item));
        }
    }

    [Fact]
    public void Recommend_DiversityOfAModelWithVectors_ByTheCosinesOfSimilarItems()
    {
        var service = new RecommendationService(FittedModels.Fit("ials", ShopData(), ("latent-factors", "3")));
        Assert.Equal(3, service.Space.Length);
        var list = service.Recommend(new RecommendationRequest { Rules = new() { Diversity = 1 }, K = 2 }).Items;
        Assert.Equal(service.SimilarItems(list[0].Item, 3)[^1].Id, list[1].Item);
    }

    [Fact]
    public void Find_CloseName_ByHand()
    {
        string[] names = ["Books", "Boots", "category"];
        Assert.Equal(
            ["Books", "Boots", "category", null, null],
            new[] { "bokos", "boot", "catgory", "Toys", "" }.Select(name => CloseName.Find(name, names)));
    }

    private static string List(RecommendationRules rules) =>
        string.Concat(Shop.Recommend(new RecommendationRequest { Rules = rules }).Items.Select(item => item.Item));

    private static DataSet ShopData()
    {
        var builder = new InteractionsBuilder();
        foreach (var pair in "1A 2A 3A 4A 1B 2B 3B 5C 6C 1D".Split(' '))
        {
            builder.Add($"{pair[0]}", $"{pair[1]}", 1);
        }

        return new DataSet
        {
            Name = "shop",
            Title = "Shop",
            Source = "made up",
            Interactions = builder.Build(DuplicateRule.KeepLast, null, out _),
            ItemTitles = ["Ay", "Bee <1>", "Cee", "Dee"],
            ItemCategories = [["Books"], ["Books", "Games"], ["Games"], []],
            ItemAttributes = new Dictionary<string, IReadOnlyList<string>>
            {
                ["price"] = ["5", "20", "9.50", ""],
                ["size"] = ["1", "n/a", "3", ""],
                ["weight"] = ["1", "2 kg", "3", ""],
            },
        };
    }
}

/// <summary>Rules with many users, by any number of threads.</summary>
[Collection(ThreadCount.Name)]
public sealed class RulesOfManyUsersTests
{
    [Theory]
    [InlineData("ease")]
    [InlineData("ials")]
    public void Recommend_ManyUsers_AnswersAreThoseOfEachAlone(string model)
    {
        var sample = DataSets.Load("sample");
        var service = new RecommendationService(FittedModels.Fit(model, sample));
        var rules = new RecommendationRules
        {
            Exclude = [sample.Interactions.Items[0]],
            MinUsers = 3,
            AtMost = new Dictionary<string, int> { ["category"] = 2 },
            Diversity = 0.4,
        };
        string[] users = [.. sample.Interactions.Users.Take(200)];
        var alone =
            Array.ConvertAll(users, user => Text(service.Recommend(new RecommendationRequest { User = user, K = 8, Rules = rules })));
        var before = ComputeThreads.Count;
        try
        {
            foreach (var threads in new[] { 1, 3 })
            {
                ComputeThreads.Count = threads;
                Assert.Equal(alone, service.Recommend(users, 8, rules: rules).Select(Text));
            }
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        Assert.NotEqual(alone, service.Recommend(users, 8, rules: rules with { Diversity = 0 }).Select(Text));

        static string Text(RecommendationList list) => string.Join(' ', list.Items.Select(item => item.Item));
    }
}
