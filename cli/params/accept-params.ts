import type { Command } from 'commander';
import { helpParams } from './help-params.js';

/**
 * Lets a command take a pipeline's params: as flags, which only the pipeline tells, as JSON and from a file. Its first
 * argument must name the pipeline or its file; `readParams` then reads the params. `--help` lists them.
 */
export function acceptParams(command: Command): Command {
  const [first, ...more] = command.registeredArguments;
  // Optional, so that --help works without it; the hook asks for it otherwise.
  first?.argOptional();
  const others = more.map((each) => `${each.required ? `<${each.name()}>` : `[${each.name()}]`} `).join('');
  return command
    .option('--params <json>', 'params as a JSON object; flags win over it')
    .option('--params-file <file>', 'params as a JSON file; --params and flags win over it')
    .helpOption(false)
    .option('-h, --help', 'show this help; after a pipeline, with its params')
    .allowUnknownOption()
    .allowExcessArguments()
    .usage(`<${first?.name()}> ${others}[--PARAM value…] [options]`)
    .addHelpText('after', FLAGS_HELP)
    .hook('preAction', helpOrTarget);
}

const FLAGS_HELP = `
Params are flags: --month 2001-01, --shuffle, --no-shuffle, --tags a --tags b, --opts.lr 0.1. A list or an object may
be written as JSON. A param that is called as one of the options above, or a value that begins with a dash, is written
--param.NAME=VALUE. What is required and missing is asked for at a terminal.`;

async function helpOrTarget(_: Command, command: Command): Promise<void> {
  const [target] = command.args;
  if (command.opts<{ help?: boolean }>().help) {
    if (target !== undefined) command.addHelpText('after', await helpParams(target, command));
    command.help();
  }
  if (target === undefined) {
    command.error(`error: missing required argument '${command.registeredArguments[0]?.name()}'`);
  }
}
