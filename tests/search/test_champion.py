from tests import genomes
from wann import envs
from wann.core.network import express
from wann.search.champion import Champion


def test_a_champion_survives_a_checkpoint():
    champion = Champion(genomes.grown(3, 40, 4, 2), 123.4, 56)
    restored = Champion.from_arrays(champion.to_arrays(), ())
    assert restored.genome == champion.genome
    assert (restored.fitness, restored.generation) == (123.4, 56)


def test_a_champion_as_a_network_of_its_task():
    genome = genomes.grown(3, 40, 4, 2)
    model = Champion(genome, 123.4, 56).to_model(envs.make("cartpole"), 7, {"peak": 200.0})
    assert (model.genome, model.task, model.outputs) == (genome, "cartpole", ("left", "right"))
    assert model.scores == {"peak": 200.0, "confirmed_fitness": 123.4}
    complexity = express(genome).complexity
    assert model.search == {"seed": 7, "generation": 56, "connections": complexity}
