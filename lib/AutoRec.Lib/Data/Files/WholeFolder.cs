namespace AutoRec.Data;

/// <summary>Writes folders that appear when all of them is written; until then they have a name of their own beside it.</summary>
internal static class WholeFolder
{
    /// <summary>Writes a folder.</summary>
    /// <param name="folder">The folder, which is not there when <paramref name="fill"/> ends.</param>
    /// <param name="fill">Writes the files to the folder that is renamed then. After an error that is gone.</param>
    public static void Write(string folder, Action<string> fill)
    {
        var beside = $"{folder}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(beside);
            fill(beside);
            WholeFile.Rename(folder, () => Directory.Move(beside, folder));
        }
        finally
        {
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }
        }
    }

    /// <summary>Deletes what killed processes left half-made. Only for who keeps others from writing the folder.</summary>
    public static void RemoveLeftovers(string folder)
    {
        var name = Path.GetFileName(folder);
        foreach (var path in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!)
            .Where(path => WholeFile.IsPartial(path, whole => whole == name)))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
