"""The same job beyond one machine, on Ray Data (extra ``ray``).

`summarise_dataset` takes a Ray Dataset of documents and gives one of what became of each; `ClusterJob` is a job from files
to partitioned Parquet. The pace, the budget and the breaker are those of the whole job: one actor holds them.
"""

from importlib.util import find_spec

from summariser.errors import ConfigurationError
from summariser.version import installing

if find_spec("ray") is None:
    raise ConfigurationError(f"jobs on a cluster need Ray Data (the extra 'ray'): {installing('ray')}")


from summariser.cluster.dataset import start_controller, summarise_dataset
from summariser.cluster.files import ClusterJob, ParquetOutput, finished_in, read_files
from summariser.cluster.limits import Standing

__all__ = [
    "ClusterJob",
    "ParquetOutput",
    "Standing",
    "finished_in",
    "read_files",
    "start_controller",
    "summarise_dataset",
]
