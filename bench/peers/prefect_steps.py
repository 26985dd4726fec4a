"""Steps in Prefect. For each line of standard input, `KIND COUNT`, prints the milliseconds of a run as JSON."""

import json
import sys
import time

from prefect import flow, task
from prefect.task_runners import ProcessPoolTaskRunner


@task(persist_result=True)
def add(n):
    return n + 1


@flow(persist_result=True)
def light(count):
    """Each task is called in the flow's process; its state and result are kept."""
    n = 0
    for _ in range(count):
        n = add(n)
    return n


@flow(persist_result=True, task_runner=ProcessPoolTaskRunner(max_workers=1))
def isolated(count):
    """Each task runs in another process."""
    n = 0
    for _ in range(count):
        n = add.submit(n).result()
    return n


FLOWS = {"light": light, "isolated": isolated}


def main():
    for line in sys.stdin:
        kind, count = line.split()
        began = time.perf_counter()
        FLOWS[kind](int(count))
        print(json.dumps({"ms": (time.perf_counter() - began) * 1000}), flush=True)


if __name__ == "__main__":
    main()
