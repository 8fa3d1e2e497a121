using AutoRec.Distributed;

namespace AutoRec.Tests.Distributed;

public sealed class MpiLauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=3", nameof(MpiFamily.OpenMpi), 3, 4)]
    [InlineData("PMI_RANK=1 PMI_SIZE=2", nameof(MpiFamily.Mpich), 1, 2)]
    [InlineData("PMIX_RANK=5 SLURM_STEP_NUM_TASKS=8", null, 5, 8)]
    public void Find_VariablesOfALauncher_SaysWhichRankOfHowMany(string variables, string? family, int rank, int size)
    {
        var launcher = MpiLauncher.Find(Of(variables))!;
        Assert.Equal((family, rank, size), (launcher.Family?.ToString(), launcher.Rank, launcher.Size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SLURM_STEP_NUM_TASKS=1")]
    [InlineData("SLURM_NTASKS=4")] // A batch script, which starts once.
    public void Find_NoLauncher_IsNull(string variables) => Assert.Null(MpiLauncher.Find(Of(variables)));

    [Fact]
    public void Find_TasksOfSrunWithoutMpi_AreNotSilentTrainings() => Assert.Contains(
        "srun --mpi=pmix",
        Assert.Throws<NotSupportedException>(() => MpiLauncher.Find(Of("SLURM_STEP_NUM_TASKS=4"))).Message,
        StringComparison.Ordinal);

    private static Func<string, string?> Of(string variables) => name =>
        variables.Split(' ').Select(variable => variable.Split('=')).FirstOrDefault(pair => pair[0] == name)?[1];
}
