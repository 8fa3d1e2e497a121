using AutoRec.Cli.Commands;
using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Cli.Tests.Commands;

public sealed class WorkDisplayTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData("reading", 1_500_000, 3_000_000L, "bytes", 0.5, @"^x\.csv: reading: 1\.5 of 3\.0 MB, \d+ s, about \d+ s left$")]
    [InlineData("measuring", 1_200, 6_040L, "users", null, @"^x\.csv: measuring: 1,200 of 6,040 users, \d+ s$")]
    [InlineData("downloading", 2_000_000, null, "bytes", null, @"^x\.csv: downloading: 2\.0 MB, \d+ s$")]
    [InlineData("loading the model", 0, null, "", null, @"^x\.csv: loading the model, \d+ s$")]
    public void Show_NoTerminal_ALineOfTheLastReport(string phase, long done, long? total, string unit, double? share, string expected) =>
        Assert.Matches(expected, LineAfter(new WorkReport(phase, done, total, unit) { Share = share }));

    [Fact]
    public void Show_StepsAfterAnEpoch_TheErrorsOfTheEpochWithTheShareOfTheLastStep() => Assert.Matches(
        @"^x\.csv: choosing epochs: epoch 3 of at most 12: train loss 0\.5000, validation ndcg@100 0\.2500 \(best\), \d+ s, at most \d+ s left$",
        LineAfter(
            Epoch with { Phase = "choosing epochs", Share = 0.25 },
            new WorkReport("choosing epochs, epoch 4", 3, 6, "rows") { Share = 0.3 },
            new WorkReport("choosing epochs, validation", 5, 10, "users") { Share = null }));

    [Fact]
    public void Show_PhaseAfterEpochs_TheirErrorsAreGone() => Assert.Matches(
        @"^x\.csv: measuring: 5 of 10 users, \d+ s, about \d+ s left$",
        LineAfter(Epoch with { Phase = "fitting" }, new WorkReport("measuring", 5, 10, "users")));

    [Fact]
    public void Show_WorkThatFails_ThrowsItsError()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            WorkDisplay.Show<int>(TextWriter.Null, "x", _ => throw new ArgumentException("what happened"), Soon));
        Assert.Equal("what happened", error.Message);
    }

    [Fact]
    public void Show_WorkThatIsDone_NoLine()
    {
        var error = new StringWriter();
        Assert.Equal(7, WorkDisplay.Show(error, "x", _ => 7, TimeSpan.FromMinutes(1)));
        Assert.Equal("", error.ToString());
    }

    private static EpochReport Epoch { get; } =
        new(3, 12, 0.5, "loss", 0.25, "ndcg@100", IsBest: true, IsLast: false, TimeSpan.FromSeconds(1));

    // The first line that is written after the reports.
    private static string LineAfter(params WorkReport[] reports)
    {
        var lines = new Lines();
        WorkDisplay.Show(
            lines,
            "x.csv",
            display =>
            {
                Array.ForEach(reports, display.Report);
                lines.WaitForMore();
                return 0;
            },
            Soon);
        return lines.Last;
    }

    private sealed class Lines : StringWriter
    {
        private readonly SemaphoreSlim written = new(0);

        public string Last { get; private set; } = "";

        public override void WriteLine(string? value)
        {
            Last = value!;
            written.Release();
        }

        // The first one may have been on its way before; the second has seen everything.
        public void WaitForMore()
        {
            Assert.True(written.Wait(TimeSpan.FromMinutes(1)) && written.Wait(TimeSpan.FromMinutes(1)));
        }
    }
}
