
namespace AutoRec.Tests;

/// <summary>Finds the real data sets, which are not part of the project; a test that needs one is skipped where it is absent.</summary>
internal static class RealData
{
    /// <summary>A file or folder below the data folder: <c>AUTOREC_DATA</c>, or else <c>../shared/data</c> beside the project.</summary>
    public static string Path(string relative)
    {
        var folder = Environment.GetEnvironmentVariable("AUTOREC_DATA") is { Length: > 0 } set
            ? set
            : System.IO.Path.Combine(Repository.Root, "..", "shared", "data");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, relative));
        if (!System.IO.Path.Exists(path))
        {
            Assert.Skip($"The data '{relative}' is not below '{folder}'; data/README.md says where to get it.");
        }

        return path;
    }
}

/// <summary>The tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AutoRec.Lib.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"AutoRec.Lib.sln is not above '{AppContext.BaseDirectory}'.");
    }
}
