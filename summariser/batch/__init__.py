"""Batch jobs: any number of documents in, briefs and failures out, in memory bounded by the concurrency.

`Job` runs documents through dialogues, many at a time, over the job's ledger: killed at any moment, the same call goes on
and asks again only for what was under way. `JobFolder` is what a job leaves behind.
"""

from summariser.batch.folder import JobFolder
from summariser.batch.job import Job, Options, Progress, Result
from summariser.batch.provider import BatchApi
from summariser.batch.threaded import threaded

__all__ = ["BatchApi", "Job", "JobFolder", "Options", "Progress", "Result", "threaded"]
