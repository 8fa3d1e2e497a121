using System.Globalization;
using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>Splitters by name.</summary>
public static class Splitter
{
    private const double ValidationShare = 0.1;

    /// <summary>Makes a splitter from its name.</summary>
    /// <param name="text"><c>random:0.9</c>, <c>leave-one-out</c>, <c>time:0.8</c>, <c>time:2019-01-01</c> (also with a time:
    /// <c>time:2019-01-01T18:30</c>), <c>time-users:0.8</c>, <c>kfold:5</c>, <c>cold-items:0.1</c> or <c>strong:600</c>
    /// (<c>strong:600:0.75</c> to fold in another share of a held-out user than 0.8).</param>
    /// <exception cref="ArgumentException">The text is none of them, or its number is out of range.</exception>
    public static ISplitter Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return text.Split(':') switch
        {
            ["random", var share] => new RandomSplitter(Share(share)),
            ["time", ..] when TimeSplitter.ReadTime(text["time:".Length..]) is { } start => new TimeSplitter(start),
            ["time", var share] => new TimeSplitter(Share(share)),
            ["time-users", var share] => new UserTimeSplitter(Share(share)),
            ["kfold", var folds] => new KFoldSplitter(Number(folds, least: 2)),
            ["cold-items", var share] => new ColdItemsSplitter(Share(share)),
            ["leave-one-out"] => new LeaveOneOutSplitter(),
            ["strong", var users] => new StrongGeneralizationSplitter(Number(users, least: 1)),
            ["strong", var users, var share] => new StrongGeneralizationSplitter(Number(users, least: 1), Share(share)),
            _ => throw Unknown(),
        };

        double Share(string share)
        {
            var isNumber = double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value);
            return isNumber && value is > 0 and < 1 ? value : throw Unknown();
        }

        int Number(string number, int least)
        {
            var isNumber = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
            return isNumber && value >= least ? value : throw Unknown();
        }

        ArgumentException Unknown() => new(
            $"The split '{text}' is unknown. Splits: random:SHARE, time:SHARE and time-users:SHARE with the share of training data between "
            + "0 and 1 (random:0.9), time:DATE with the start of the test part (time:2019-01-01, time:2019-01-01T18:30), leave-one-out, "
            + "kfold:FOLDS (kfold:5), cold-items:SHARE with the share of the items that is held out (cold-items:0.1), "
            + "strong:USERS[:SHARE] with the number of users held out and the share of their interactions that is folded in (strong:600, "
            + "strong:600:0.8).");
    }

    /// <summary>
    /// How validation data are held out of a training part: in the way the test part was, so that the epoch which is best
    /// for one is good for the other. A tenth of the interactions at random or by time (of each user, if the test part was), one more of
    /// each user, a tenth of the items, or as many users as are tested but at most a tenth of those left.
    /// </summary>
    /// <param name="test">The splitter that held the test part out.</param>
    /// <param name="train">What it left to train on.</param>
    public static ISplitter ForValidation(ISplitter test, Interactions train)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(train);
        return test switch
        {
            TimeSplitter => new TimeSplitter(1 - ValidationShare),
            UserTimeSplitter => new UserTimeSplitter(1 - ValidationShare),
            LeaveOneOutSplitter => new LeaveOneOutSplitter(),
            ColdItemsSplitter => new ColdItemsSplitter(ValidationShare),
            StrongGeneralizationSplitter strong => new StrongGeneralizationSplitter(
                Math.Clamp((int)(train.UserRows.Distinct().Count() * ValidationShare), 1, strong.HeldOutUsers), strong.FoldInShare),
            _ => new RandomSplitter(1 - ValidationShare),
        };
    }
}
