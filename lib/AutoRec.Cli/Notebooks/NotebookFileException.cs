
namespace AutoRec.Cli.Notebooks;

/// <summary>A file is not a notebook that can be read. The message names the file and what is wrong.</summary>
internal sealed class NotebookFileException(string path, string problem, Exception? inner = null)
    : IOException($"{path}: {problem}", inner);
