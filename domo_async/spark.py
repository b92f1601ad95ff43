"""A data source for Apache Spark 4: ``spark.dataSource.register(DomoDataSource)``, then ``format("domo")``.

Needs ``pip install "domo-async[spark]"`` where the driver runs and on every executor. `DomoDataSource`
lists the options.

How a frame is written
======================

The driver compares the columns, opens one upload and commits it once, when every task of the job has ended well.
**A partition of the frame is exactly one part of that upload, whose number is the partition's plus one.** A task
encodes its partition to a file on the executor's disk and sends it, when it is whole, in a single request.

The reasons:

- Parts must be numbered from 1 without gaps, which no task could know how to do if partitions had as many parts as
  they need. Spark numbers the partitions of a job from 0 without gaps and runs each of them, so part numbers are right
  without anyone closing gaps. A partition without rows sends an empty part. Before it commits, the driver checks that
  it was told of each partition exactly once.
- A task that fails before its request has sent nothing. One that is run again, or beside another as a speculative
  copy, sends the same part number, and a part sent again takes the former one's place. So whatever is sent, late or
  twice, the upload holds one attempt of each partition: never two, and never the beginning of one and the end of
  another, as could happen if a partition were cut into several parts by attempts that see its rows in another order.
  Numbers of their own for each attempt would tell attempts apart, but what a cancelled copy still sends after the
  commit was prepared would then be rows too many; and an upload for each attempt would take more than one commit.
- A job that fails for good commits nothing. The upload stays open and has no effect; there is no request that ends it.

Assumed: the attempts of a partition give the same rows, in whichever order. Where they do not (a function of
chance or of the time), the commit has a whole attempt of each partition, but it may be a slower copy's instead
of the one that Spark chose; if its rows differ in number, the job fails with `RowCountMismatch` after the commit. A
hash of the rows would not help: there is nothing in Domo to compare it with.

Documented: that parts are numbered from 1 without gaps, may be sent at the same time, and can be sent again
one by one. Undocumented, but true of the embedded instance: that a part may be empty, that a part sent again takes
the former one's place, that one that breaks off on its way does not, and that a committed upload takes no more parts.

A frame may not have partitions that come to more than ``partSize`` bytes of CSV: ``df.repartition(n)`` makes them
smaller. No document tells the largest part that Domo takes.

How a dataset is read
=====================

One query, unless ``partitionColumn``, ``lowerBound``, ``upperBound`` and ``numPartitions`` are given, which mean what
they mean to Spark's JDBC source: the partitions are ranges of that column, the first and the last have no outer bound,
and the rows without a value are in the first. So each row is in exactly one of them, whatever the bounds are. Pages by
LIMIT and OFFSET would not do: without a unique order, rows may come twice or never. As several queries may see
different states of a dataset, its data versions are compared after each with what they were when the scan was planned,
and a task fails if there are others. The rows of a version that was committed before, but indexed only meanwhile, are
not noticed.

A task downloads its CSV to the executor's disk before it gives the first row, so that an answer that breaks off can be
asked for again.
"""

from __future__ import annotations

from domo_async.errors import ConfigError

try:
    from domo_async._spark.source import DomoDataSource
except ModuleNotFoundError as _missing:
    if str(_missing.name).partition(".")[0] not in {"pyspark", "pyarrow"}:
        raise
    raise ConfigError('this needs PySpark 4 and PyArrow: pip install "domo-async[spark]"') from _missing

__all__ = ["DomoDataSource"]
