import type { Command } from 'commander';

/** Names of the flags that a command, and those above it, take for themselves; a param of such a name needs a prefix. */
export function ownFlags(command: Command): ReadonlySet<string> {
  const names = lineage(command).flatMap(({ options }) => options.map(({ long }) => long?.slice('--'.length) ?? ''));
  // `--no-cache` takes `cache` too, or `--[no-]cache` would mean two things.
  return new Set([...names, ...names.map((name) => name.replace(/^no-/, '')), 'help', 'version']);
}

/** How a command is called, as `pawl schedule apply`. */
export function nameOf(command: Command): string {
  return lineage(command)
    .map((each) => each.name())
    .reverse()
    .join(' ');
}

function lineage(command: Command): readonly Command[] {
  return command.parent ? [command, ...lineage(command.parent)] : [command];
}
