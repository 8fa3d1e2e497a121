namespace AutoRec.Data;

/// <summary>A data set that can be fetched from where its makers publish it.</summary>
/// <param name="Name">The name that <see cref="DataSets.Load"/> (or, for orders, <see cref="OrderReader.Load"/>) knows.</param>
/// <param name="Title">The name for people.</param>
/// <param name="Address">The official address of the file.</param>
/// <param name="License">The terms of use, in a few lines.</param>
/// <param name="LicenseAddress">Where the terms stand in full.</param>
public sealed record Downloadable(string Name, string Title, Uri Address, string License, Uri LicenseAddress)
{
    private const string GroupLensTerms =
        "MovieLens data, GroupLens, University of Minnesota. For research: state no endorsement by the university, "
        + "cite Harper and Konstan (2015, doi 10.1145/2827872), do not pass the data on without permission, "
        + "no commercial or revenue-bearing use without permission.";

    /// <summary>The data sets that are known.</summary>
    public static IReadOnlyList<Downloadable> All { get; } =
    [
        MovieLens("ml-100k", "MovieLens 100K", "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229", 4_924_029),
        MovieLens("ml-1m", "MovieLens 1M", "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20", 5_917_549),
        MovieLens("ml-latest-small", "MovieLens latest small", "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436", 978_202),
        new(
            "amazon-electronics",
            "Amazon product ratings, Electronics (2014)",
            new Uri("https://snap.stanford.edu/data/amazon/productGraph/categoryFiles/ratings_Electronics.csv"),
            "J. McAuley, UC San Diego. For research: cite McAuley, Targett, Shi, van den Hengel (SIGIR 2015).",
            new Uri("https://jmcauley.ucsd.edu/data/amazon/"))
        {
            Length = 318_766_497,
            FileName = "ratings_Electronics.csv",
        },
        new(
            "online-retail",
            "UCI Online Retail",
            new Uri("https://archive.ics.uci.edu/static/public/352/data.csv"),
            "D. Chen, UCI Machine Learning Repository (2015, doi 10.24432/C5BW33). "
                + "Creative Commons Attribution 4.0 (CC BY 4.0): name the source.",
            new Uri("https://archive.ics.uci.edu/dataset/352/online+retail"))
        {
            FileName = "online-retail.csv",
        },
    ];

    /// <summary>The SHA-256 of the file, lower-case hexadecimal; null where none is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The length of the file in bytes; null where it is not known.</summary>
    public long? Length { get; init; }

    /// <summary>The name that the file is kept under; for an archive the folder in it whose files are kept.</summary>
    public required string FileName { get; init; }

    /// <summary>Whether the file is a zip archive that is unpacked.</summary>
    public bool IsArchive { get; init; }

    /// <summary>Finds a data set by its name.</summary>
    /// <exception cref="ArgumentException">There is no such data set; the message lists the names.</exception>
    public static Downloadable Find(string name) =>
        All.FirstOrDefault(entry => entry.Name == name)
        ?? throw new ArgumentException(
            $"There is no data set '{name}' to get. Data sets: {string.Join(", ", All.Select(entry => entry.Name))}.");

    private static Downloadable MovieLens(string name, string title, string sha256, long length) => new(
        name,
        title,
        new Uri($"https://files.grouplens.org/datasets/movielens/{name}.zip"),
        GroupLensTerms,
        new Uri($"https://files.grouplens.org/datasets/movielens/{name}-README.{(name == "ml-latest-small" ? "html" : "txt")}"))
    {
        Sha256 = sha256,
        Length = length,
        FileName = name,
        IsArchive = true,
    };
}
