namespace AutoRec.Data;

/// <summary>The folder that holds the data sets.</summary>
public static class DataFolders
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "AUTOREC_DATA";

    /// <summary>
    /// Returns the folder that the environment variable names, or else <c>../shared/data</c> beside the checkout that the current directory
    /// belongs to; null when there is neither.
    /// </summary>
    internal static string? Default()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
        {
            return folder;
        }

        for (var place = new DirectoryInfo(Directory.GetCurrentDirectory()); place is not null; place = place.Parent)
        {
            if (File.Exists(Path.Combine(place.FullName, "AutoRec.Lib.sln")))
            {
                return Path.GetFullPath(Path.Combine(place.FullName, "..", "shared", "data"));
            }
        }

        return null;
    }
}
