"""Writes a Metaflow flow of so many steps in a chain to standard output: a flow is a class, so it is generated."""

import sys


def main(count):
    names = [f"add{at}" for at in range(count)]
    print("from metaflow import FlowSpec, step\n\n\nclass Chain(FlowSpec):")
    for at, name in enumerate(["start", *names]):
        after = names[at] if at < count else "end"
        change = "self.n = 0" if at == 0 else "self.n += 1"
        print(f"    @step\n    def {name}(self):\n        {change}\n        self.next(self.{after})\n")
    print("    @step\n    def end(self):\n        pass\n\n\nif __name__ == '__main__':\n    Chain()")


if __name__ == "__main__":
    main(int(sys.argv[1]))
