using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class LayoutTests
{
    // Lines divided by bars; the positions of user, item, rating and time, from 0.
    [Theory]
    [InlineData("user,item,rating,time|u,i,5,1", "0 1 2 3")]
    [InlineData("rating,user,item|5,u,i", "1 2 0 -")]
    [InlineData("rating,user,item,x|5,u,i,3|4,v,i,2", "1 2 0 -")]
    [InlineData("time,user,item|5,u,i", "1 2 - 0")]
    [InlineData("user,item|1,2|3,4", "0 1 - -")] // ids are not ratings
    [InlineData("user,item,time|1,2,3|3,4,5", "0 1 - 2")]
    [InlineData("who,what,stars|ann,tea,good|bob,tea,bad", "0 1 2 -", "who", "what")]
    [InlineData("2,who,stars|i1,u1,5", "1 0 2 -", "who", "2")]
    [InlineData("ann,product|bob,tea", "0 1 - -")] // one usual name alone is not a header
    [InlineData("ann,tea", "0 1 - -")]
    [InlineData("ann,7,x|bob,8,9", "0 1 2 -")]
    [InlineData(",tea|5,milk", "0 1 - -")]
    [InlineData("ann,tea,x|bob,tea,y|cat,tea,4", "0 1 2 -")]
    [InlineData("who,what|u1,i1|u2,i2", null, null, null, "There is no column for the user")]
    [InlineData("Time,RATING,Item ID,user-id|1,5,i,u", "3 2 1 0")]
    [InlineData("asin,parent_asin,user_id|a,p,u", "2 1 - -")]
    [InlineData("item,user,product,customer|i,u,p,c|j,v,q,d", "1 0 - -")]
    [InlineData("userId,movieId|u1,m1", "0 1 - -")]
    [InlineData("who,what,stars|u1,i1,5", "0 1 2 -", "who", "what")]
    [InlineData("who,what,stars|u1,i1,5", "1 0 2 -", "2", "1")] // by position
    [InlineData("1,who,stars|i1,u1,5", "1 0 2 -", "who", "1")]
    [InlineData("who,1,stars|u1,i1,5", "0 1 2 -", "who", "1")] // a name before a position
    [InlineData("a,b,c|u1,i1,5", null, null, null, "There is no column for the user: a usual name was not found.")]
    [InlineData("user,b,rating|u,i1,5", null, null, null, "There is no column for the item")]
    [InlineData("user,b,rating|u,i1,5", null, null, "nobody", "There is no column 'nobody' for the item.")]
    [InlineData("user,b,rating|u,i1,5", null, null, "4", "There is no column '4' for the item.")]
    [InlineData("user,item,b|u,i,5|u,j,4", null, null, null, "the column 'b' holds numbers. Use --columns rating=b")]
    [InlineData("user,item,|u,i,5|u,j,4", null, null, null, "the column '3' holds numbers. Use --columns rating=3")]
    [InlineData("user,item,b|u,i,5|u,j,5", "0 1 - -")] // always the same number
    [InlineData("user,item,b|u,i,1600000000|u,j,1600000001", "0 1 - -")] // times, which nobody asked for
    [InlineData("user,item,b|u,i,5|u,j,x", "0 1 - -")] // not all of them numbers
    [InlineData("user,item,b|u,i|u,j", "0 1 - -")]
    [InlineData("u1,i1,5|u2,i1,4", "0 1 2 -")]
    [InlineData("u1,i1,5,1600000000|u2,i1,4,1600000001", "0 1 2 3")]
    [InlineData("u1,i1,1600000000,5|u2,i1,1600000001,4", "0 1 3 2")]
    [InlineData("u1,i1,1600000000000,5|u2,i1,1600000000001,4", "0 1 3 2")]
    [InlineData("u1,i1,1600000000000000,5|u2,i1,1600000000000001,4", "0 1 3 2")]
    [InlineData("u1,i1,631152000|u2,i1,4102444799", "0 1 - 2")]
    [InlineData("u1,i1,631151999|u2,i1,631151998", "0 1 2 -")] // 1989
    [InlineData("u1,i1,4102444800|u2,i1,4102444800", "0 1 2 -")]
    [InlineData("u1,i1,631152000000|u2,i1,4102444799999", "0 1 - 2")]
    [InlineData("u1,i1,631151999999|u2,i1,4102444800000", "0 1 2 -")]
    [InlineData("u1,i1,4102444800000|u2,i1,4102444800000", "0 1 2 -")]
    [InlineData("u1,i1,631152000000000|u2,i1,4102444799999999", "0 1 - 2")]
    [InlineData("u1,i1,4102444800000000|u2,i1,4102444800000000", "0 1 2 -")]
    [InlineData("1600000000,i1,5|1600000001,i1,4", "0 1 2 -")] // ids may look like times, or like ISBNs without an X
    [InlineData("2021-01-02,u1,i1|2021-01-03,u2,i1", "1 2 - 0")] // dates are nothing else
    [InlineData("u1,i1|u2,i1", "0 1 - -")]
    [InlineData("u1,i1,good|u2,i1,bad", "0 1 2 -")] // bad lines, not likes
    [InlineData("u1,i1,good,new|u2,i1,bad,old", "0 1 - -")]
    [InlineData("u1,i1,5,1|u2,i1,4,2", "0 1 2 3")]
    [InlineData("u1,i1,5,1,x|u2,i1,4,2,x", null, null, null, "Which of the 5 columns holds the rating cannot be told")]
    [InlineData("u1,i1,x,4,y|u2,i1,x,5,z", "0 1 3 -")]
    [InlineData("u1,i1,5|u2,i1,4|u3", "0 1 2 -")] // most lines
    [InlineData("u1|u2", null, null, null, "The lines have 1 column; at least one for the user and one for the item is needed.")]
    [InlineData("5,u1,i1|4,u2,i1", "1 2 - -", "2", "3")] // a rating is not guessed when ids are given
    [InlineData("5,u1,i1|4,u2,i1", "1 0 2 -", "2", null)]
    [InlineData("u1,i1|u2,i1", null, "3", null, "There is no column '3' for the user: the file has no header and 2 columns.")]
    [InlineData("B00006JSUB,A3SZ9TUXFNRJJS,5|0151004714,A1REUF3A1YCPHM,4", "1 0 2 -")]
    [InlineData("B00006JSUB,A3SZ9TUXFNRJJS,5|0151004714,A1REUF3A1YCPHM,4", "0 1 2 -", "1")]
    [InlineData("B00006JSUB,B00006JSUC,5|0151004714,015100471X,4", "0 1 2 -")]
    [InlineData("who,what,how|u1,i1,5|u2,i2,4", null, null, null, "There is no column for the user")] // texts above digits are a header
    [InlineData("u9,what,how|u1,i1,5|u2,i2,4", null, null, null, "There is no column for the user")]
    [InlineData("ann,tea,5|bob,tea,4", "0 1 2 -")]
    [InlineData("ann,tea,x|bob,tea,4", null, null, null, "There is no column for the user")]
    public void Of_Records_ColumnsOrProblem(
        string lines, string? expected, string? user = null, string? item = null, string? problem = null)
    {
        IReadOnlyList<string>[] records = [.. lines.Split('|').Select(line => line.Split(','))];
        var layout = Layout.Of(records, new ColumnNames(user, item), out _, out var said);
        Assert.Equal(
            expected,
            layout is null
                ? null
                : string.Join(
                    ' ', new[] { layout.User, layout.Item, layout.Rating, layout.Time }.Select(place => place < 0 ? "-" : $"{place}")));
        Assert.Equal(expected is null, said is not null);
        Assert.Contains(problem ?? "", said ?? "");
    }

    [Theory]
    [InlineData("nobody", null, "There is no column 'nobody' for the rating.")]
    [InlineData(null, "nobody", "There is no column 'nobody' for the timestamp.")]
    [InlineData("nobody", "nobody", "There is no column 'nobody' for the rating.")]
    [InlineData("-", "nobody", "There is no column 'nobody' for the timestamp.")]
    [InlineData("-", "-", null)]
    public void Of_NamedPartMissing_SaysWhich(string? rating, string? time, string? problem)
    {
        IReadOnlyList<string>[] records = [["user", "item", "x"], ["u", "i", "5"], ["u", "j", "4"]];
        Layout.Of(records, new ColumnNames(Rating: rating, Timestamp: time), out _, out var said);
        Assert.Equal(problem, said?.Split(" The columns are")[0]);
    }

    [Fact]
    public void Of_NineOfTenNumbers_AreNumbers()
    {
        IReadOnlyList<string>[] records = [.. Enumerable.Range(0, 10).Select(i => new[] { "u", "i", "x", i < 9 ? $"{i},5" : "none" })];
        Assert.Equal(3, Layout.Of(records, new ColumnNames(), out _, out _)!.Rating);
        Assert.Equal(-1, Layout.Of(records[1..], new ColumnNames(), out _, out _)!.Rating);
    }

    [Fact]
    public void Columns_OfALayout_SayTheSame()
    {
        IReadOnlyList<string>[] named = [["user", "item", "", "x", "rating"], ["u", "i", "", "y", "5"]];
        var layout = Layout.Of(named, new ColumnNames(), out var data, out _)!;
        Assert.Equal((new ColumnNames("user", "item", "rating", "-"), "rating"), (layout.Columns, layout.RatingName));
        Assert.Equal(["3", "x"], layout.Unread);
        Assert.Single(data);

        IReadOnlyList<string>[] unnamed = [["u", "i", "5", "1600000000"], ["v", "i", "4", "1600000001"]];
        layout = Layout.Of(unnamed, new ColumnNames(Rating: "-"), out data, out _)!;
        Assert.Equal((new ColumnNames("1", "2", "-", "4"), null), (layout.Columns, layout.RatingName));
        Assert.Equal(["3"], layout.Unread);
        Assert.Equal(2, data.Length);

        IReadOnlyList<string>[] reversed = [["time", "rating", "item", "user"], ["1", "5", "i", "u"]];
        Assert.Equal(new ColumnNames("user", "item", "rating", "time"), Layout.Of(reversed, new ColumnNames(), out _, out _)!.Columns);
        IReadOnlyList<string>[] first = [["rating", "item", "user"], ["5", "i", "u"]];
        layout = Layout.Of(first, new ColumnNames(), out _, out _)!;
        Assert.Equal((new ColumnNames("user", "item", "rating", "-"), "rating"), (layout.Columns, layout.RatingName));
        IReadOnlyList<string>[] likes = [["user", "item"], ["u", "i"]];
        Assert.Null(Layout.Of(likes, new ColumnNames(), out _, out _)!.RatingName);
    }
}
