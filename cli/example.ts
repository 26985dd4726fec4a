import type { Command } from 'commander';

/** Adds examples to a command's help: the part of a help text that people read. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}\n`);
}
