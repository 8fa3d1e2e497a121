using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class DataSetsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_Sample_NeedsNoFile()
    {
        var data = DataSets.Load("sample", folder["nowhere"]);

        Assert.Equal((5200, 252), (data.Interactions.Users.Count, data.Interactions.Items.Count));
        Assert.Equal(("Fatima Ruiz", "Classic Beginner Violin"), (data.UserNames[0], data.ItemTitles[0]));
        Assert.Equal(["Music"], data.ItemCategories[0]);
        Assert.Equal(["age", "gender", "occupation"], data.UserAttributes.Keys);
        Assert.Equal(
            ("48", "F", "nurse"), (data.UserAttributes["age"][0], data.UserAttributes["gender"][0], data.UserAttributes["occupation"][0]));
        Assert.NotNull(data.Sample);
        Assert.Null(data.Report);
    }

    [Fact]
    public void OfFiles_IdTwiceInATable_OrderOfItsLinesDoesNotMatter()
    {
        var ratings = folder.Write("my.csv", "user,item,rating\nu1,i1,5\nu1,i2,4\n");
        string[] items = ["i1,Alien,horror|space", "i1,Aliens,war", "i1,Alien,space", "i2,Brazil,"];
        string[] users = ["u1,30,F", "u1,31,M"];
        var (first, second) = (Load(), Load());

        Assert.Equal(first.ItemTitles, second.ItemTitles);
        Assert.Equal(first.ItemCategories, second.ItemCategories);
        Assert.Equal(first.UserAttributes["age"], second.UserAttributes["age"]);
        Assert.Equal(
            (first.UserAttributes["age"][0], first.UserAttributes["gender"][0]),
            (second.UserAttributes["age"][0], second.UserAttributes["gender"][0]));
        Assert.Contains((first.UserAttributes["age"][0], first.UserAttributes["gender"][0]), new[] { ("30", "F"), ("31", "M") });

        DataSet Load()
        {
            Array.Reverse(items);
            Array.Reverse(users);
            folder.Write("my.items.csv", "item,title,genres\n" + string.Join('\n', items));
            folder.Write("my.users.csv", "user,age,gender\n" + string.Join('\n', users));
            return DataSets.OfFiles(ratings);
        }
    }

    [Fact]
    public void Load_Sample_IsWhatTheFileHolds()
    {
        var drawn = DataSets.Load("sample").Interactions;
        var read = RatingsReader.Read(
            Path.Combine(Repository.Root, "data", "sample", "ratings.csv"), null, TestContext.Current.CancellationToken).Interactions;

        Assert.Equal(read.Users, drawn.Users);
        Assert.Equal(read.Items, drawn.Items);
        Assert.Equal(read.UserRows, drawn.UserRows);
        Assert.Equal(read.ItemRows, drawn.ItemRows);
        Assert.Equal(read.Values, drawn.Values);
        Assert.Equal(read.Timestamps, drawn.Timestamps);
        Assert.Equal(read.Scale, drawn.Scale);
    }

    [Fact]
    public void Write_SetWithItemsAndUsers_LoadReadsItAllBack()
    {
        folder.Write("given/my.csv", "user,item,rating\nanna,a-1,5\nbert,a-2,3\n");
        folder.Write("given/my.items.csv", "id,title,category,item_id,Price\na-1,\"A lamp, small\",Light|Home,7,9.50\nb-9,Unrated,,8,1\n");
        folder.Write("given/my.users.csv", "id,name,age\nbert,Bert,40\n");
        DataSets.Write(DataSets.Load(folder["given/my.csv"]), folder["kept.csv"]);
        var data = DataSets.Load(folder["kept.csv"]);

        Assert.Equal(["A lamp, small", "a-2"], data.ItemTitles);
        Assert.Equal([["Light", "Home"], []], data.ItemCategories);
        Assert.Equal(["item_id", "price"], data.ItemAttributes.Keys);
        Assert.Equal(["9.50", ""], data.ItemAttributes["price"]);
        Assert.Equal(["anna", "Bert"], data.UserNames);
        Assert.Equal(["", "40"], Assert.Single(data.UserAttributes).Value);

        // What is there is not replaced, and not deleted where there is nothing to put in its place.
        folder.Write("plain.csv", "user,item,rating\nanna,a-1,5\n");
        var plain = DataSets.Load(folder["plain.csv"]);
        File.Delete(folder["kept.csv"]);
        Assert.Contains(
            "kept.items.csv: The file exists", Assert.Throws<DataFileException>(() => DataSets.Write(plain, folder["kept.csv"])).Message);
        Assert.False(File.Exists(folder["kept.csv"]));
        Assert.True(File.Exists(folder["kept.items.csv"]));
        Assert.True(File.Exists(folder["kept.users.csv"]));
    }

    [Fact]
    public void Load_WhatValuesSayBesideTheFile_IsNotGuessedAt()
    {
        const string Plays = "user,item,rating\nanna,a,900\nanna,b,2\nbert,a,7\n";
        folder.Write("guessed.csv", Plays);
        var guessed = DataSets.Load(folder["guessed.csv"]).Report!.Notes;
        Assert.Contains(guessed, note => note.Contains("--feedback counts", StringComparison.Ordinal));
        folder.Write("my.csv", Plays);
        folder.Write("my.feedback.csv", "feedback,min,max,positive_from\ncounts,2,900,1\n");
        var data = DataSets.Load(folder["my.csv"]);
        Assert.Equal(FeedbackKind.Counts, data.Interactions.Feedback.Kind);
        Assert.DoesNotContain(data.Report!.Notes, note => note.Contains("--feedback", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_MovieLens100KAsUnpacked_TitlesGenresProfiles()
    {
        folder.Write("ml-100k/u.data", "1\t10\t5\t100\n2\t30\t4\t101\n3\t10\t3\t102\n");
        File.WriteAllText(
            Path.Combine(folder.Path, "ml-100k", "u.item"),
            "10|Café (1995)|01-Jan-1995||http://x|0|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n20|Unrated|||x|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|1\n",
            System.Text.Encoding.Latin1);
        folder.Write("ml-100k/u.user", "1|24|M|technician|85711\n3|53|F|other|94043\n");
        var data = DataSets.Load("ml-100k", folder.Path);

        Assert.Equal(["Café (1995)", "30"], data.ItemTitles);
        Assert.Equal([["Action", "Adventure"], []], data.ItemCategories);
        Assert.Equal(["1995", ""], data.ItemAttributes["year"]);
        Assert.Equal(["1", "2", "3"], data.UserNames);
        Assert.Equal(["24", "", "53"], data.UserAttributes["age"]);
        Assert.Equal(["M", "", "F"], data.UserAttributes["gender"]);
        Assert.Equal(["technician", "", "other"], data.UserAttributes["occupation"]);
        Assert.Equal(3, data.Report!.Lines);
    }

    // 20 is in the table alone, and sorts between the items of the ratings.
    [Fact]
    public void WithOtherItems_ItemsOfTheTableAlone_AreItemsWithoutInteractions()
    {
        folder.Write("my.csv", "user,item,rating\nu1,10,5\nu1,30,4\nu2,30,3\n");
        folder.Write("my.items.csv", "item,title,genres,price\n10,Ten,war,1\n20,Twenty,drama|war,2\n20,Twenty,drama|war,2\n");
        var data = DataSets.OfFiles(folder["my.csv"]);
        var more = DataSets.WithOtherItems(data);

        Assert.Equal(["10", "30"], data.Interactions.Items);
        Assert.Equal(["10", "20", "30"], more.Interactions.Items);
        Assert.Equal([0, 2, 2], more.Interactions.ItemRows);
        Assert.Equal([5, 4, 3], more.Interactions.Values);
        Assert.Equal(["Ten", "Twenty", "30"], more.ItemTitles);
        Assert.Equal([["war"], ["drama", "war"], []], more.ItemCategories);
        Assert.Equal(["1", "2", ""], more.ItemAttributes["price"]);
        Assert.Same(more, DataSets.WithOtherItems(more));
    }

    [Fact]
    public void Load_MovieLens1MAsUnpacked_TitlesGenresProfiles()
    {
        folder.Write("ml-1m/ratings.dat", "1::10::5::100\n2::20::4::101\n");
        File.WriteAllText(
            Path.Combine(folder.Path, "ml-1m", "movies.dat"),
            "10::Misérables, Les: a \"film\"::Drama|Musical\n",
            System.Text.Encoding.Latin1);
        folder.Write("ml-1m/users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n");
        var data = DataSets.Load("ml-1m", folder.Path);

        Assert.True(data.Interactions.HasTimestamps);
        Assert.Equal(["Misérables, Les: a \"film\"", "20"], data.ItemTitles);
        Assert.Equal([["Drama", "Musical"], []], data.ItemCategories);
        Assert.Equal(["under 18", "56 and over"], data.UserAttributes["age"]);
        Assert.Equal(["K-12 student", "self-employed"], data.UserAttributes["occupation"]);
    }

    [Fact]
    public void Load_MovieLensLatestSmall_QuotedTitles()
    {
        folder.Write("ml-latest-small/ratings.csv", "userId,movieId,rating,timestamp\n1,11,4.0,964982703\n1,12,0.5,964982704\n");
        folder.Write(
            "ml-latest-small/movies.csv",
            "movieId,title,genres\n11,\"American President, The (1995)\",Comedy|Drama\n12,Nothing,(no genres listed)\n");
        var data = DataSets.Load("ml-latest-small", folder.Path);

        Assert.Equal(["American President, The (1995)", "Nothing"], data.ItemTitles);
        Assert.Equal([["Comedy", "Drama"], []], data.ItemCategories);
        Assert.Empty(data.UserAttributes);
    }

    [Fact]
    public void Load_AmazonFromTheWholeFile_KeepsUsersWith50ThenProductsWith5()
    {
        // Five users rate 45 products that are theirs alone and 5 that all of them rate: 50 each. A sixth stops at 49.
        var lines = from user in Enumerable.Range(0, 6)
                    from item in Enumerable.Range(0, user < 5 ? 50 : 49)
                    select $"u{user},{(item < 5 ? $"p{item}" : $"p{user}-{item}")},4.0,100\n";
        folder.Write("amazon-electronics/ratings_Electronics.csv", string.Concat(lines));
        var log = DataSets.Load("amazon-electronics", folder.Path).Interactions;

        Assert.Equal(["u0", "u1", "u2", "u3", "u4"], log.Users);
        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], log.Items);
        Assert.Equal(25, log.Count);
    }

    [Theory]
    [InlineData("ml-100k", 100_000, 943, 1_682)]
    [InlineData("ml-1m", 1_000_209, 6_040, 3_706)]
    [InlineData("ml-latest-small", 100_836, 610, 9_724)]
    [InlineData("amazon-electronics", 65_290, 1_540, 5_689)]
    public void Load_RealData_CountsAreThose(string name, int count, int users, int items)
    {
        var data = DataSets.Load(name, Path.GetDirectoryName(RealData.Path(name)));

        Assert.Equal((count, users, items), (data.Interactions.Count, data.Interactions.Users.Count, data.Interactions.Items.Count));
        Assert.Equal((users, items, items), (data.UserNames.Count, data.ItemTitles.Count, data.ItemCategories.Count));
        Assert.All(data.UserAttributes.Values, column => Assert.DoesNotContain("", column));
        if (name.StartsWith("ml-", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(Enumerable.Range(0, items), item => data.ItemTitles[item] == data.Interactions.Items[item]);
            Assert.Contains(data.ItemTitles, title => title.Contains('é'));
            Assert.DoesNotContain(data.ItemTitles, title => title.Contains('\uFFFD'));
        }
    }

    [Fact]
    public void Load_PathOfAFile_IdsAreTheTitles()
    {
        var data = DataSets.Load(folder.Write("mine.csv", "user,item,rating\nu1,i1,5\n"));

        Assert.Equal(("mine.csv", "i1", "u1"), (data.Title, data.ItemTitles[0], data.UserNames[0]));
        Assert.Empty(data.ItemCategories[0]);
    }

    [Fact]
    public void Load_UnknownName_ErrorListsTheNames()
    {
        var error = Assert.Throws<ArgumentException>(() => DataSets.Load("ml-2m"));

        Assert.Contains("'ml-2m'", error.Message, StringComparison.Ordinal);
        Assert.All(DataSets.Names, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_DataSetThatIsNotThere_ErrorSaysWhatWhereAndHow()
    {
        var error = Assert.Throws<FileNotFoundException>(() => DataSets.Load("ml-1m", folder.Path));

        Assert.Contains("ml-1m", error.Message, StringComparison.Ordinal);
        Assert.Contains("ratings.dat", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder.Path, "ml-1m"), error.Message, StringComparison.Ordinal);
        Assert.Contains("https://grouplens.org/datasets/movielens/", error.Message, StringComparison.Ordinal);
        Assert.Contains("AUTOREC_DATA", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_PathThatIsNotThere_ErrorNamesIt() =>
        Assert.Contains(
            "./nothing.csv", Assert.Throws<FileNotFoundException>(() => DataSets.Load("./nothing.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_MovieFileWithTooFewFields_ErrorNamesTheLine()
    {
        folder.Write("ml-1m/ratings.dat", "1::10::5::100\n");
        folder.Write("ml-1m/movies.dat", "10::Title::Drama\n11::Title\n");

        Assert.Contains(
            "movies.dat, line 2:",
            Assert.Throws<DataFileException>(() => DataSets.Load("ml-1m", folder.Path)).Message,
            StringComparison.Ordinal);
    }
}
