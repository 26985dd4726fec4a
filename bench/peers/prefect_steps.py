"""Steps in Prefect. For each line of standard input, `KIND COUNT`, prints the milliseconds of its tasks as JSON."""

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
    began = time.perf_counter()
    for _ in range(count):
        n = add(n)
    return elapsed_ms(began)


@flow(persist_result=True, task_runner=ProcessPoolTaskRunner(max_workers=1))
def isolated(count):
    """Each task runs in another process."""
    n = 0
    began = time.perf_counter()
    for _ in range(count):
        n = add.submit(n).result()
    return elapsed_ms(began)


def elapsed_ms(began):
    """Within the flow: it ends only when the server has taken all that was sent beside its work, after some seconds."""
    return (time.perf_counter() - began) * 1000


FLOWS = {"light": light, "isolated": isolated}


def main():
    for line in sys.stdin:
        kind, count = line.split()
        print(json.dumps({"ms": FLOWS[kind](int(count))}), flush=True)


if __name__ == "__main__":
    main()
