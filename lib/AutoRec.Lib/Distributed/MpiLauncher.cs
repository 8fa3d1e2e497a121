using System.Globalization;

namespace AutoRec.Distributed;

/// <summary>The two families of MPI libraries, whose handles differ.</summary>
internal enum MpiFamily
{
    /// <summary>Open MPI 4 and 5.</summary>
    OpenMpi,

    /// <summary>MPICH and what is compatible with it: Intel MPI, MVAPICH.</summary>
    Mpich,
}

/// <summary>What started this process as one of several.</summary>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Family">The family of the library that belongs to it; null if either does.</param>
/// <param name="Rank">The number that it gave this process.</param>
/// <param name="Size">The number of processes that it started.</param>
internal sealed record MpiLauncher(string Name, MpiFamily? Family, int Rank, int Size)
{
    /// <summary>Finds the launcher by the variables that it sets; null if there is none.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <exception cref="NotSupportedException">Several processes were started without the means to find each other.</exception>
    public static MpiLauncher? Find(Func<string, string?> variable)
    {
        if (variable("OMPI_COMM_WORLD_RANK") is not null)
        {
            return new("mpirun of Open MPI", MpiFamily.OpenMpi, Number("OMPI_COMM_WORLD_RANK"), Number("OMPI_COMM_WORLD_SIZE"));
        }

        if (variable("PMI_RANK") is not null)
        {
            return new("the launcher of MPICH", MpiFamily.Mpich, Number("PMI_RANK"), Number("PMI_SIZE"));
        }

        var tasks = Number("SLURM_STEP_NUM_TASKS");
        if (variable("PMIX_RANK") is not null)
        {
            return new("a launcher with PMIx", null, Number("PMIX_RANK"), tasks);
        }

        return tasks <= 1 ? null : throw new NotSupportedException(
            $"srun started {tasks} processes without MPI, and they cannot find each other. Use 'srun --mpi=pmix', "
            + "or --distributed none for independent runs.");

        int Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
