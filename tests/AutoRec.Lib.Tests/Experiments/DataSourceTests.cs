using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Tests.Experiments;

public sealed class DataSourceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ToArguments_Defaults_DataAlone() => Assert.Equal(["--data", "sample"], new DataSource("sample").ToArguments());

    [Fact]
    public void ToArguments_EverythingSet_EveryOptionOnce()
    {
        var source = new DataSource("my ratings.csv")
        {
            DataFolder = "/data",
            ItemFile = "items.csv",
            UserFile = "users.csv",
            MinRating = 3.5f,
            Reading = new ReadOptions
            {
                Format = RatingsFormat.JsonLines,
                Columns = new ColumnNames("customer", Rating: "-"),
                Scale = new RatingScale(0.5f, 5),
                Feedback = FeedbackKind.Counts,
                PositiveFrom = 2.5f,
                OnBadLine = BadLineAction.Skip,
                Filter = new InteractionFilter
                {
                    UserCore = 10,
                    ItemCore = 5,
                    From = new DateTimeOffset(2014, 7, 23, 0, 0, 0, TimeSpan.Zero),
                    Before = new DateTimeOffset(2015, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    MinRating = 0.1f,
                    SampleUsers = 5_000,
                },
            },
        };
        Assert.Equal(
            [
                "--data", "my ratings.csv", "--data-dir", "/data", "--item-file", "items.csv", "--user-file", "users.csv",
                "--min-rating", "3.5", "--format", "json-lines", "--columns", "user=customer,rating=-", "--scale", "0.5..5",
                "--feedback", "counts", "--positive-from", "2.5", "--on-bad-line", "skip", "--core", "10,5", "--from", "2014-07-23",
                "--before", "2015-01-01",
                "--keep-rating", "0.1", "--sample-users", "5000",
            ],
            source.ToArguments());
    }

    [Fact]
    public void ToArguments_AllPositive_SaysAll() => Assert.Equal(
        ["--data", "a", "--positive-from", "all"],
        new DataSource("a") { Reading = new ReadOptions { PositiveFrom = float.NegativeInfinity } }.ToArguments());

    [Fact]
    public void Load_NamedDataSet_TakesOtherFeedback()
    {
        var all = new DataSource("sample") { Reading = new ReadOptions { PositiveFrom = float.NegativeInfinity } };
        Assert.Equal("stars 1..5, positive from 4", new DataSource("sample").Load().Data.Interactions.Feedback.ToString());
        Assert.Equal("stars 1..5, positive from 1", all.Load().Data.Interactions.Feedback.ToString());
    }

    [Fact]
    public void ToArguments_Files_TrainTestAndValidation() =>
        Assert.Equal(["--train", "a", "--test", "b", "--validation", "c"], new DataSource("a", "b", "c").ToArguments());

    [Fact]
    public void ToArguments_Database_KeepsTheQueryAndNeverThePassword()
    {
        var source = new DataSource("postgres://joe:secret@db.example/shop?query=SELECT user, item, rating FROM r");
        var text = string.Join(' ', source.ToArguments());
        Assert.DoesNotContain("secret", text);
        Assert.Contains("joe", text);
        Assert.EndsWith("?query=SELECT user, item, rating FROM r", text);
    }

    [Fact]
    public void Load_Files_ShareRowsAndKeepTitlesByIds()
    {
        var train = Write("train.csv", "user,item,rating", "b,y,4", "a,x,5");
        var test = Write("test.csv", "user,item,rating", "b,a-first,3");
        Write("train.items.csv", "id,title", "x,Ex", "a-first,First"); // the latter is in the test part alone
        var loaded = new DataSource(train, test).Load();
        Assert.Same(loaded.Data.Interactions.Items, loaded.Test!.Items);
        Assert.Equal(["a-first", "x", "y"], loaded.Data.Interactions.Items);
        Assert.Equal(["First", "Ex", "y"], loaded.Data.ItemTitles);
        Assert.Equal(2, loaded.Data.Interactions.Count);
        Assert.Equal(1, loaded.Test.Count);
    }

    [Fact]
    public void Load_SkippedLinesDuplicatesAndUnreadColumns_AreNoted()
    {
        var path = Write("r.csv", "user,item,rating,comment", "a,x,5,good", "a,x,4,better", "b,y,many,", "c,z,2,");
        var loaded = new DataSource(path) { Reading = new ReadOptions { OnBadLine = BadLineAction.Skip } }.Load();
        var bad = Assert.Single(loaded.Notes, note => note.Contains("1 of 4 lines were bad and were skipped", StringComparison.Ordinal));
        Assert.Contains("line 4", bad);
        Assert.Contains(loaded.Notes, note => note.Contains("columns not read: comment", StringComparison.Ordinal));
        Assert.Contains(loaded.Notes, note => note.Contains("1 interactions repeat", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("items")]
    [InlineData("users")]
    public void Load_TableThatMatchesNothing_Error(string kind)
    {
        var path = Write("r.csv", "user,item,rating", "a,x,5");
        var table = Write("table.csv", "id,title", "other,Other");
        var source = kind == "items" ? new DataSource(path) { ItemFile = table } : new DataSource(path) { UserFile = table };
        var error = Assert.Throws<DataFileException>(() => source.Load());
        Assert.Contains(kind == "items" ? "an id of the ratings is 'x'" : "an id of the ratings is 'a'", error.Message);
    }

    [Fact]
    public void Load_UnknownName_ErrorListsTheDataSets()
    {
        var error = Assert.Throws<ArgumentException>(() => new DataSource("ml100k").Load());

        Assert.Contains("'ml100k'", error.Message, StringComparison.Ordinal);
        Assert.All(DataSets.Names, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_FilterThatLeavesNothing_Error()
    {
        var path = Write("r.csv", "user,item,rating", "a,x,5");
        var source = new DataSource(path) { Reading = new ReadOptions { Filter = new InteractionFilter { UserCore = 9 } } };
        var error = Assert.Throws<ArgumentException>(() => source.Load());
        Assert.Contains("no interaction is left", error.Message);
    }

    private string Write(string name, params string[] lines)
    {
        File.WriteAllLines(folder[name], lines);
        return folder[name];
    }
}
