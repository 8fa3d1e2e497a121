using AutoRec.Distributed;

namespace AutoRec.Models;

/// <summary>
/// What an epoch of AutoRec takes on several ranks, by a model of computation (entries and updates), of memory, and of communication
/// (latency and bandwidth). An estimate to choose the number of machines by; its constants are measured by
/// <c>autorec-benchmarks distributed</c>, see docs/scale-out.md.
/// </summary>
internal sealed record RankCost
{
    // CPU seconds of one core, measured; see docs/scale-out.md.
    private const double SecondsPerEntry = 5.5e-10; // a rating and a hidden unit, in both directions
    private const double SecondsPerUpdate = 1e-8; // a visible unit and a hidden unit: Adam for W and V

    // The log, its split for validation and the training matrix, which are split where ranks read their parts of a partitioned log; what
    // each rank makes of its part of the matrix; and the permutation that held-out ratings of a partitioned log are drawn by.
    private const double BytesPerRating = 40;
    private const double OwnBytesPerRating = 16;
    private const double DrawBytesPerRating = 4;
    private const double RuntimeBytes = 250e6; // .NET and libtorch

    /// <summary>Visible units, which are split: users of I-AutoRec, items of U-AutoRec.</summary>
    public required double Units { get; init; }

    /// <summary>Rows, which go to all ranks in batches: items of I-AutoRec, users of U-AutoRec.</summary>
    public required double Rows { get; init; }

    /// <summary>Ratings.</summary>
    public required double Ratings { get; init; }

    /// <summary>Hidden units.</summary>
    public required double Hidden { get; init; }

    /// <summary>Whether rows are items, whose hidden layers are part of the model.</summary>
    public required bool IsByItem { get; init; }

    /// <summary>Whether Adam is lazy.</summary>
    public bool IsLazy { get; init; }

    /// <summary>Whether each rank reads its part of a partitioned log.</summary>
    public bool IsPartitioned { get; init; }

    /// <summary>Maximum number of rows in a batch.</summary>
    public double Batch { get; init; } = AutoRecBatches.MostRows;

    /// <summary>Cores of a rank.</summary>
    public double Cores { get; init; } = 16;

    /// <summary>Seconds until a message arrives.</summary>
    public double Latency { get; init; } = 30e-6;

    /// <summary>Bytes that a rank sends in a second.</summary>
    public double Bandwidth { get; init; } = 10e9 / 8;

    /// <summary>Batches of an epoch.</summary>
    public double Batches => Math.Ceiling(Rows / RowsOfBatch);

    private double RowsOfBatch => AutoRecBatches.RowsOf((long)Rows, (long)Batch);

    /// <summary>Bytes of W and V with Adam's moments on a rank.</summary>
    public double WeightBytes(int ranks) => 6 * sizeof(float) * Units * Hidden / ranks;

    /// <summary>Bytes that a rank takes in all.</summary>
    public double Bytes(int ranks)
    {
        var copies = WeightBytes(ranks); // The first weights, those of the best epoch and those that are validated.
        var codes = IsByItem ? 2 * sizeof(float) * Rows * Hidden : 0;
        var sums = 4 * sizeof(float) * RowsOfBatch * Hidden;
        var ratings = Ratings * (IsPartitioned
            ? ((BytesPerRating + OwnBytesPerRating) / ranks) + DrawBytesPerRating
            : BytesPerRating + (OwnBytesPerRating / ranks));
        return WeightBytes(ranks) + copies + codes + sums + ratings + RuntimeBytes;
    }

    /// <summary>Seconds of computation in an epoch.</summary>
    public double ComputeSeconds(int ranks)
    {
        var updates = IsLazy ? Math.Min(Units * Batches, Ratings) : Units * Batches;
        return Hidden * ((Ratings * SecondsPerEntry) + (updates * SecondsPerUpdate)) / (ranks * Cores);
    }

    /// <summary>
    /// Whether communication takes less if a rank exchanges only the rows that it has a rating of, see <see cref="RowExchange"/>.
    /// </summary>
    public bool ExchangesRows(int ranks) =>
        ranks > 1 && CommunicationSeconds(ranks, exchangesRows: true) < CommunicationSeconds(ranks, exchangesRows: false);

    /// <summary>Bytes that a rank sends in an epoch.</summary>
    public double SentBytes(int ranks) => SentBytes(ranks, ExchangesRows(ranks));

    /// <summary>Seconds of communication in an epoch, if none of it is hidden by computation.</summary>
    public double CommunicationSeconds(int ranks) => CommunicationSeconds(ranks, ExchangesRows(ranks));

    // Two sums of [rows x hidden]: all parts to their owners, and the sums back to those that need them.
    private double SentBytes(int ranks, bool exchangesRows)
    {
        var share = exchangesRows ? 1 - Math.Pow(1 - (1.0 / ranks), Ratings / Rows) : 1; // of the ranks, that have a rating of a row
        return 4 * sizeof(float) * Rows * Hidden * share * (ranks - 1) / ranks;
    }

    private double CommunicationSeconds(int ranks, bool exchangesRows)
    {
        // Two for each sum, and one for the error; with rows, who has which, and the bias of the hidden layer, rank after rank.
        var operations = exchangesRows ? 6 + ranks : 5;
        return (SentBytes(ranks, exchangesRows) / Bandwidth) + (Batches * operations * Math.Log2(ranks) * Latency);
    }
}
